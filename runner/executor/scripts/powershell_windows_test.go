package scripts

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFindPowerShell(t *testing.T) {
	root, path := t.TempDir(), t.TempDir()
	own := filepath.Join(root, "System32", "WindowsPowerShell", "v1.0", "powershell.exe")
	t.Setenv("SystemRoot", root)
	t.Setenv("PATH", path)
	find := func(edition, want string) {
		t.Helper()
		got, err := findPowerShell(edition)
		if want == "" && (err == nil || !strings.Contains(err.Error(), "install PowerShell 7")) || !strings.EqualFold(got, want) {
			t.Errorf("findPowerShell(%q) = %q, %v, want %q", edition, got, err, want)
		}
	}
	put := func(file string) string {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, nil, 0o755); err != nil {
			t.Fatal(err)
		}
		return file
	}
	find("", "")
	find("Core", "")
	core := put(filepath.Join(path, "pwsh.exe"))
	find("", core)
	other := put(filepath.Join(path, "powershell.exe"))
	find("", other)
	put(own)
	find("", own)
	find("Desktop", own)
	find("core", core)
	if err := bashReady(); err == nil || !strings.Contains(err.Error(), "script-syntax: powershell") {
		t.Errorf("bashReady = %v, want the way out", err)
	}
}
