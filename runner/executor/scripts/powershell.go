package scripts

import (
	_ "embed" // the helper functions
	"encoding/base64"
	"errors"
	"maps"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

//go:embed powershell.ps1
var powershellHelpers string

// startPowerShell is all that stands on the command line: read one line, which
// is the bootstrap in base64, and become it.
//
// Windows gives a child no descriptors but the three, so it comes by standard
// input; who reads it by [Console]::In is let alone by PowerShell, which itself
// reads it only where a command says $input, or for `-Command -`, which would
// take the text line by line as if somebody typed it. It is no -EncodedCommand
// because that turns errors into XML when they are redirected, and because an
// encoded command looks like an attack to programs that watch for one. All that
// comes by the pipe is base64, so that no code page of a console matters. The
// text has neither double quotes nor backslashes: it comes through a command line
// as it is.
//
// The bootstrap never comes back. If it did not come at all, nothing would have
// run and PowerShell would report success: hence the end.
const startPowerShell = `. ([ScriptBlock]::Create([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String([Console]::In.ReadLine()))))` +
	`; [Console]::Error.WriteLine('slipway: the script did not reach PowerShell by its standard input, nothing was run'); exit 90`

// Variables by which people choose among PowerShells, as in Octopus.
const (
	powershellEdition   = "Octopus.Action.PowerShell.Edition" // Desktop or Core
	powershellNoProfile = "Octopus.Action.PowerShell.ExecuteWithoutProfile"
)

func powershellReady() error {
	_, err := findPowerShell("")
	return err
}

func startingPowerShell(s Script, path string) (start, error) {
	args, err := powershellArguments(s.Args)
	if err != nil {
		return start{}, err
	}
	cmd, err := powershellCommand(s)
	return start{cmd: cmd, bootstrap: powershellBootstrap(s, path, args), stdin: true}, err
}

// PowerShellText is for those who check scripts: what stands on the command line,
// and the text that PowerShell is given for a script at path. The values come
// beside it.
func PowerShellText(s Script, path string) (command, text string, err error) {
	args, err := powershellArguments(s.Args)
	return startPowerShell, powershellHelpers + callPowerShell(path, args), err
}

func powershellCommand(s Script) (*exec.Cmd, error) {
	program, err := findPowerShell(setting(s.Variables, powershellEdition))
	if err != nil {
		return nil, err
	}
	// The policy is the one for a process that brings its own scripts: a policy of
	// the domain stays above it.
	args := []string{"-NoLogo", "-NonInteractive", "-ExecutionPolicy", "Bypass"}
	if !strings.EqualFold(setting(s.Variables, powershellNoProfile), "false") {
		args = append(args, "-NoProfile")
	}
	return exec.Command(program, append(args, "-Command", startPowerShell)...), nil
}

// setting finds a variable without regard to case.
func setting(variables map[string]string, name string) string {
	for have, value := range variables {
		if strings.EqualFold(have, name) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// findPowerShell is Windows PowerShell on Windows, and PowerShell 7 elsewhere or
// where it is asked for or alone.
func findPowerShell(edition string) (string, error) {
	core := strings.EqualFold(edition, "core")
	if windows := windowsPowerShell(); windows != "" && !core {
		return windows, nil
	}
	program, err := exec.LookPath("pwsh")
	switch {
	case err == nil:
		return program, nil
	case core:
		return "", errors.New(powershellEdition + " is Core, and this " + runtime.GOOS + " host has no pwsh: install PowerShell 7, or take the variable away")
	}
	return "", errors.New("the script is written in powershell, and this " + runtime.GOOS + " host has neither powershell nor pwsh: install PowerShell 7, or write the script in bash or python")
}

// powershellBootstrap is what goes through the pipe: the helpers and the call of
// the script as the first line, then the values.
func powershellBootstrap(s Script, path string, args []powershellArgument) string {
	var b strings.Builder
	b.WriteString(inBase64(powershellHelpers+callPowerShell(path, args)) + "\n")
	fact := func(fields ...string) {
		for i, field := range fields {
			fields[i] = inBase64(field)
		}
		b.WriteString(strings.Join(fields, " ") + "\n")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Variables)) {
		if module, ok := scriptModule(name); ok {
			if isPowerShellModule(s.Variables, module) {
				fact("module", module, s.Variables[name])
			}
			continue
		}
		fact(append([]string{"variable", name, s.Variables[name]}, plainNames(name)...)...)
	}
	for _, arg := range args {
		for _, value := range arg.values {
			fact("argument", value.text)
		}
	}
	return b.String()
}

// inBase64 encodes text; bytes that are none become what a decoder makes of them.
func inBase64(text string) string {
	return base64.StdEncoding.EncodeToString([]byte(strings.ToValidUTF8(text, "\uFFFD")))
}

const modulePrefix = "Octopus.Script.Module["

// scriptModule is the module whose text a variable holds.
func scriptModule(variable string) (name string, ok bool) {
	if len(variable) <= len(modulePrefix) || !strings.EqualFold(variable[:len(modulePrefix)], modulePrefix) || !strings.HasSuffix(variable, "]") {
		return "", false
	}
	return variable[len(modulePrefix) : len(variable)-1], true
}

func isPowerShellModule(variables map[string]string, module string) bool {
	language := setting(variables, "Octopus.Script.Module.Language["+module+"]")
	return language == "" || strings.EqualFold(language, "powershell")
}

// plainNames are the names of a variable without what cannot stand in a name:
// the old way, without underscores, and the new one, as Octopus has both. A name
// with an index has none.
func plainNames(name string) []string {
	if strings.Contains(name, "[") {
		return nil
	}
	smart := strings.Map(plainRune, name)
	switch old := strings.ReplaceAll(smart, "_", ""); old {
	case smart:
		if smart == "" {
			return nil
		}
		return []string{smart}
	case "":
		return []string{smart}
	default:
		return []string{old, smart}
	}
}

func plainRune(r rune) rune {
	if r == '_' || r < 0x10000 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
		return r
	}
	return -1
}

// callPowerShell runs the script in the same scope and ends with its exit code,
// or with 1 after an error that nobody caught. The script's own `exit` comes
// back here with $LASTEXITCODE set, like the end of a program that it called.
func callPowerShell(path string, args []powershellArgument) string {
	call := ". " + QuotePowerShell(path)
	at := 0
	for _, arg := range args {
		call += " " + arg.code(&at)
	}
	return "try {\n    " + call + `
} catch {
    Write-SlipwayError $_
    exit 1
}
exit $global:LASTEXITCODE
`
}

// powershellFile is a script as both PowerShells read it. Windows PowerShell
// takes a file without a mark for one in the host's own code page, so text that
// is UTF-8 and not only ASCII gets the mark. All else stays as it is, byte for
// byte, because it may be signed.
func powershellFile(body string) []byte {
	marked := strings.HasPrefix(body, "\uFEFF") || strings.HasPrefix(body, "\xFF\xFE") || strings.HasPrefix(body, "\xFE\xFF")
	ascii := !strings.ContainsFunc(body, func(r rune) bool { return r >= utf8.RuneSelf })
	if marked || ascii || !utf8.ValidString(body) {
		return []byte(body)
	}
	return []byte("\uFEFF" + body)
}
