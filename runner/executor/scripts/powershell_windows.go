package scripts

import (
	"os"
	"os/exec"
	"path/filepath"
)

// windowsPowerShell is the one that comes with Windows, looked for where it
// belongs before PATH, which others may have written.
func windowsPowerShell() string {
	own := filepath.Join(os.Getenv("SystemRoot"), "System32", "WindowsPowerShell", "v1.0", "powershell.exe")
	if _, err := os.Stat(own); err == nil {
		return own
	}
	program, err := exec.LookPath("powershell.exe")
	if err != nil {
		return ""
	}
	return program
}
