//go:build !windows

package conventions

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/pipelines/task"
)

// pretendPowerShell puts a program named pwsh into PATH that prints the file it
// is told to run and ends with the number in it.
func pretendPowerShell(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	program := `#!/bin/bash
read -r first
cat >/dev/null
file=$(base64 -d <<<"$first" | sed -n "s/^    [.] '\([^']*\)'.*/\1/p")
echo "$(basename "$file"): $(cat "$file")"
exit "$(tr -dc 0-9 <"$file")"
`
	if err := os.WriteFile(filepath.Join(dir, "pwsh"), []byte(program), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
}

func TestPowerShellScripts(t *testing.T) {
	pretendPowerShell(t)
	b := newBench(t, map[string]string{"PreDeploy.ps1": "\uFEFFpackaged pre 0", "Deploy.PS1": "packaged 0 ä", "PostDeploy.ps1": "0", "PostDeploy.sh": "echo bash is preferred here", "DeployFailed.ps1": "never"})
	b.want.Scripts = task.Scripts{Syntax: task.SyntaxPowerShell, PreDeploy: "pre #{Colour} 0", PostDeploy: "post 0"}
	b.set("Colour", "green")
	b.succeed()
	want := "pre-deployment-script.ps1: pre green 0|packaged-PreDeploy.ps1: \uFEFFpackaged pre 0|packaged-Deploy.ps1: \uFEFFpackaged 0 ä|bash is preferred here|post-deployment-script.ps1: post 0"
	if got := b.said(); got != want {
		t.Errorf("scripts said %q, want %q", got, want)
	}
	if left := b.tree(installation); left != "" {
		t.Errorf("left in the package: %s", left)
	}
}

func TestDeployFailedInPowerShell(t *testing.T) {
	pretendPowerShell(t)
	b := newBench(t, map[string]string{"Deploy.ps1": "7", "DeployFailed.ps1": "clean up 0"})
	b.fail("packaged Deploy ended with exit code 7")
	if got := b.said(); !strings.HasSuffix(got, "|packaged-DeployFailed.ps1: clean up 0") {
		t.Errorf("scripts said %q, want the one for failures as the last", got)
	}
}

func TestLanguageIsRefusedBeforeAnythingRuns(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"PreDeploy.sh": "echo never"})
	b.want.Scripts = task.Scripts{Syntax: "perl", PostDeploy: "print"}
	b.fail("the script is written in perl, and this executor runs bash, powershell, python")
	if got := b.said(); got != "" {
		t.Errorf("scripts said %q before the step was refused", got)
	}
	b = newBench(t, map[string]string{"Deploy.csx": "x"})
	b.fail("C# scripts are not run: add a Deploy.sh")
}

func TestSetsVariables(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{
		"set_octopusvariable X 1": true, "Set-OctopusVariable -name X": true, "s\x00e\x00t\x00-\x00O\x00c\x00t\x00o\x00p\x00u\x00s\x00v\x00a\x00r\x00i\x00a\x00b\x00l\x00e\x00": true,
		"echo '##octopus[setVariable]'": true, "echo": false,
	} {
		if got := setsVariables(body); got != want {
			t.Errorf("setsVariables(%q) = %v, want %v", body, got, want)
		}
	}
}
