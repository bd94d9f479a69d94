package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestOurCases(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	sum, err := run([]string{"data"}, &out)
	if err != nil {
		t.Fatal(err)
	}
	skipped := sum.skipped
	if runtime.GOOS == "windows" { // bash is not run there
		skipped -= strings.Count(out.String(), "script-bash-")
	}
	if sum.failed > 0 || skipped > 0 || sum.passed < 400 {
		t.Errorf("run(data) = %v, want everything passed\n%s", sum, out.String())
	}
}

func TestRunTellsCasesApart(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write := func(name, content string) {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("octostache.jsonl", `{"id":"good","category":"a","variables":{"x":"1"},"template":"#{x}","expected":"1"}
{"id":"wrong","category":"b","variables":{"x":"1"},"template":"#{x}","expected":"2"}

{"id":"unreported","category":"b","variables":{},"template":"#{x}","expected":"#{x}"}
`)
	write("of-tomorrow.jsonl", `{"id":"unknown"}`+"\n")
	write("README.md", "no cases")
	var out strings.Builder
	sum, err := run([]string{folder}, &out)
	if err != nil {
		t.Fatal(err)
	}
	if want := (tally{passed: 1, failed: 2, skipped: 1}); sum != want {
		t.Errorf("run = %v, want %v\n%s", sum, want, out.String())
	}
	if !strings.HasSuffix(out.String(), "1 passed, 2 failed, 1 skipped\n") || !strings.Contains(out.String(), "line 2, wrong") {
		t.Errorf("output:\n%s", out.String())
	}
}

func TestRunRefusesWhatIsNoCase(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "octostache.jsonl")
	if err := os.WriteFile(file, []byte("not JSON\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if _, err := run([]string{file}, &out); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("run = %v, want an error naming line 1", err)
	}
	if _, err := run([]string{file + ".missing"}, &out); err == nil {
		t.Error("run of a missing file: no error")
	}
}

func TestUnknownExpectationsFail(t *testing.T) {
	t.Parallel()
	for subject, content := range map[string]string{
		"octostache":          `{"id":"x","variables":{},"template":"a","expected":"a","shown_as":"a"}`,
		"version-parse":       `{"id":"x","input":{"version":"1","scheme":"semver"},"expected":{"valid":true,"build":"1"}}`,
		"version-compare":     `{"id":"x","input":{"a":"1","b":"1","scheme":"semver"},"expected":{"sign":0}}`,
		"package-filename":    `{"id":"x","input":{"kind":"escape","text":"a"},"expected":{"text":"a","length":1}}`,
		"install-path":        `{"id":"x","input":{"package":"A.1.zip"},"variables":{"env:HOME":"/h"},"expected":{"path_begins_with":"/h"}}`,
		"retention":           `{"id":"x","input":{"journal":[]},"expected":{"kept":[]}}`,
		"service-messages":    `{"id":"x","input":{"kind":"parse","chunks":["a"]},"expected":{"messages":[],"rest":"a"}}`,
		"packaged-scripts":    `{"id":"x","input":{"files":[]},"expected":{"order":[]}}`,
		"substitute-in-files": `{"id":"x","input":{"bytes_base64":"YQ=="},"expected":{"text":"a","lines":1}}`,
		"nginx":               `{"id":"x","input":{},"expected":{"error":true,"warnings":1}}`,
		"structured-dispatch": `{"id":"x","input":{"files":{}},"expected":{"success":true,"order":[]}}`,
	} {
		file := filepath.Join(t.TempDir(), subject+".jsonl")
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		if sum, err := run([]string{file}, &out); err != nil || sum.failed != 1 || !strings.Contains(out.String(), "does not know") {
			t.Errorf("%s with an unknown expectation: %v, %v\n%s", subject, sum, err, out.String())
		}
	}
}
