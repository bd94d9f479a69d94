//go:build !windows

package scripts

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// pretendPowerShell puts a program of the name pwsh into PATH and returns its
// folder. There is no PowerShell where these tests are written.
func pretendPowerShell(t *testing.T, body string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "pwsh"), []byte("#!/bin/bash\n"+body+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	return dir
}

func TestPowerShellCommand(t *testing.T) {
	dir := pretendPowerShell(t, "true")
	for _, c := range []struct {
		variables map[string]string
		want      string
	}{
		{nil, "-NoLogo -NonInteractive -ExecutionPolicy Bypass -NoProfile -Command"},
		{map[string]string{"octopus.action.powershell.executewithoutprofile": " false "}, "-NoLogo -NonInteractive -ExecutionPolicy Bypass -Command"},
		{map[string]string{"Octopus.Action.PowerShell.ExecuteWithoutProfile": "True", "Octopus.Action.PowerShell.Edition": "Core"}, "-NoLogo -NonInteractive -ExecutionPolicy Bypass -NoProfile -Command"},
	} {
		cmd, err := powershellCommand(Script{Variables: c.variables})
		if err != nil || cmd.Path != dir+"/pwsh" {
			t.Fatalf("powershellCommand(%v) = %v, %v", c.variables, cmd, err)
		}
		if got := strings.Join(cmd.Args[1:len(cmd.Args)-1], " "); got != c.want || cmd.Args[len(cmd.Args)-1] != startPowerShell {
			t.Errorf("powershellCommand(%v) = %q, want %q and the loader", c.variables, cmd.Args[1:], c.want)
		}
	}
	t.Setenv("PATH", t.TempDir())
	for _, edition := range []string{"", "Core", "Desktop"} {
		_, err := powershellCommand(Script{Variables: map[string]string{"Octopus.Action.PowerShell.Edition": edition}})
		if err == nil || !strings.Contains(err.Error(), "install PowerShell 7") {
			t.Errorf("edition %q without any PowerShell: %v", edition, err)
		}
	}
	if err := CanRun("PowerShell"); err == nil {
		t.Error("CanRun without any PowerShell: no error")
	}
}

func TestPowerShellIsRun(t *testing.T) {
	dir := pretendPowerShell(t, `
read -r first
base64 -d <<<"$first" | grep -o "^    [.] '.*"
while read -r kind name value rest; do echo "$(base64 -d <<<"$kind") $(base64 -d <<<"$name") = $(base64 -d <<<"$value")"; done
read -r nothing || echo 'input is over'
tr '\0' '\n' </proc/$$/cmdline | grep -c canary
printf '\357\273\277marked\n' >&2
cat "$(base64 -d <<<"$first" | sed -n "s/^    [.] '\(.*\)' .*/\1/p")"
echo "##octopus[setVariable name='$(printf Out | base64)' value='$(printf 5 | base64)']"
exit 9`)
	temp := dir + "/private"
	log := &kept{}
	result, err := Run(t.Context(), Script{Name: "test script", Syntax: "PowerShell", Body: "Write-Host 'ä'\r\n", Dir: dir, Temp: temp, Args: "-Name 'canary 1'",
		Variables: map[string]string{"Key": "canary 2"}}, noSecrets(), log)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"out: 0", "out:     . '" + temp + "/test-script.ps1' -Name ($SlipwayArguments[0])", "out: \uFEFFWrite-Host 'ä'",
		"out: argument canary 1 = ", "out: input is over", "out: variable Key = canary 2", "err: marked"}
	slices.Sort(want)
	slices.Sort(log.lines)
	if !slices.Equal(log.lines, want) || result.ExitCode != 9 || !maps.Equal(result.Outputs, map[string]string{"Out": "5"}) {
		t.Errorf("lines = %q\nwant %q\nresult %+v", log.lines, want, result)
	}
	if _, err := Run(t.Context(), Script{Name: "x", Syntax: "powershell", Args: "$(Get-Date)", Temp: temp}, noSecrets(), log); err == nil {
		t.Error("an expression as parameter: no error")
	}
}
