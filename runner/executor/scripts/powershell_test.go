package scripts

import (
	"encoding/base64"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// facts are what a bootstrap says after its first line, decoded.
func facts(t *testing.T, bootstrap string) (program string, rest [][]string) {
	t.Helper()
	for i, line := range strings.Split(strings.TrimSuffix(bootstrap, "\n"), "\n") {
		var fields []string
		for field := range strings.SplitSeq(line, " ") {
			text, err := base64.StdEncoding.DecodeString(field)
			if err != nil {
				t.Fatalf("line %d of the bootstrap is no base64: %v", i+1, err)
			}
			fields = append(fields, string(text))
		}
		if i == 0 {
			program = fields[0]
			continue
		}
		rest = append(rest, fields)
	}
	return program, rest
}

func TestPowerShellBootstrap(t *testing.T) {
	t.Parallel()
	begin := Script{Variables: map[string]string{
		"Octopus.Project.Name": "It's ’my’ \"$(shop)\"\r\n`n", "Key_1": "canary-7531", "": "no name", "Octopus.Action[A].Output.X": "7", "Empty": "",
		"bytes": "\xff", "Octopus.Script.Module[Tools]": "function Get-Tool { 'x' }",
		"Octopus.Script.Module[Snake]": "print()", "Octopus.Script.Module.Language[Snake]": "Python",
		"octopus.script.module[Ours]": "'y'", "Octopus.Script.Module.Language[Ours]": "powershell",
	}}
	args, err := powershellArguments(`-Name 'canary-8642' -Count 3 -Force`)
	if err != nil {
		t.Fatal(err)
	}
	program, got := facts(t, powershellBootstrap(begin, `C:\It's\script.ps1`, args))
	want := [][]string{
		{"variable", "", "no name"},
		{"variable", "Empty", "", "Empty"},
		{"variable", "Key_1", "canary-7531", "Key1", "Key_1"},
		{"variable", "Octopus.Action[A].Output.X", "7"},
		{"variable", "Octopus.Project.Name", "It's ’my’ \"$(shop)\"\r\n`n", "OctopusProjectName"},
		{"variable", "Octopus.Script.Module.Language[Ours]", "powershell"},
		{"variable", "Octopus.Script.Module.Language[Snake]", "Python"},
		{"module", "Tools", "function Get-Tool { 'x' }"},
		{"variable", "bytes", "\uFFFD", "bytes"},
		{"module", "Ours", "'y'"},
		{"argument", "canary-8642"},
		{"argument", "3"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("facts =\n%q\nwant\n%q", got, want)
	}
	if want := `    . 'C:\It''s\script.ps1' -Name ($SlipwayArguments[0]) -Count (([int] $SlipwayArguments[1])) -Force` + "\n"; !strings.Contains(program, want) {
		t.Errorf("the program does not call %q:\n%s", want, program[len(powershellHelpers):])
	}
	if strings.Contains(program, "canary") {
		t.Error("a value stands in the text of the program, which Windows may log")
	}
}

func TestPowerShellTextIsForEveryCodePage(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"bootstrap": powershellHelpers, "command": startPowerShell} {
		for _, r := range text {
			if r >= 0x80 {
				t.Errorf("the %s holds %q, which a code page may read otherwise", name, r)
			}
		}
	}
	if strings.ContainsAny(startPowerShell, "\"\\%^&|<>$`\n") || !strings.HasSuffix(startPowerShell, "; exit 90") {
		t.Errorf("%s holds what a command line could take for its own, or could end well without a script", startPowerShell)
	}
	if regexp.MustCompile(`(?i)\$input\b`).MatchString(startPowerShell + powershellHelpers) {
		t.Error("with $input, PowerShell itself would read what is meant for the bootstrap")
	}
}

func TestPlainNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"A": {"A"}, "Octopus.Release.Number": {"OctopusReleaseNumber"}, "Foo_Bar.x": {"FooBarx", "Foo_Barx"}, "A[b]": nil, "": nil, "*-?": nil,
		"_": {"_"}, "Größe": {"Größe"}, "x\U0001F600\U00010400y": {"xy"}, "connection string": {"connectionstring"}, "٣²": {"٣"}, "\xff": nil,
	} {
		if got := plainNames(name); !slices.Equal(got, want) {
			t.Errorf("plainNames(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestPowerShellFile(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"Write-Host 'a'\r\n": "Write-Host 'a'\r\n", "'ä'": "\uFEFF'ä'", "\uFEFF'ä'": "\uFEFF'ä'", "'\xe4'": "'\xe4'", "\xff\xfea\x00": "\xff\xfea\x00", "\xfe\xff\x00a": "\xfe\xff\x00a", "": "",
	} {
		if got := string(powershellFile(body)); got != want {
			t.Errorf("powershellFile(%q) = %q, want %q", body, got, want)
		}
	}
}
