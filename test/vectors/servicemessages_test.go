package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSkippedCasesSayWhy(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "service-messages.jsonl")
	content := `{"id":"other","input":{"kind":"script","shell":"powershell"}}` + "\n" +
		`{"id":"wrong","input":{"kind":"script","shell":"bash","script":"exit 1"},"expected":{"success":true}}` + "\n"
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	sum, err := run([]string{file}, &out)
	if want := (tally{failed: 1, skipped: 1}); err != nil || sum != want {
		t.Errorf("run = %v, %v, want %v", sum, err, want)
	}
	if !strings.Contains(out.String(), "line 1, other: this host does not run PowerShell") {
		t.Errorf("output:\n%s", out.String())
	}
}
