package scripts

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines/task"
)

// TestAsChild is no test: it is what TestBootstrapByInput starts.
func TestAsChild(t *testing.T) {
	if os.Getenv("SLIPWAY_TEST_CHILD") == "" {
		return
	}
	read, err := io.ReadAll(os.Stdin)
	if err != nil {
		os.Exit(1)
	}
	os.Stdout.Write(bytes.ToUpper(read))
	os.Exit(5)
}

// TestBootstrapByInput is the way in where a child is given no descriptor but
// the three, with more than a pipe holds.
func TestBootstrapByInput(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0], "-test.run=^TestAsChild$")
	cmd.Env = append(os.Environ(), "SLIPWAY_TEST_CHILD=1")
	log := &kept{}
	bootstrap := strings.Repeat("some words\n", 40000) + "done"
	result, err := runProcess(t.Context(), Script{Name: "child", Dir: t.TempDir(), Grace: time.Second}, start{cmd: cmd, bootstrap: bootstrap, stdin: true}, newSpeech(noSecrets(), log, ""))
	if err != nil || result.ExitCode != 5 {
		t.Fatalf("runProcess = %+v, %v, want exit code 5", result, err)
	}
	want := slices.Repeat([]string{string(task.Stdout) + ": SOME WORDS"}, 40000)
	if want = append(want, string(task.Stdout)+": DONE"); !slices.Equal(log.lines, want) {
		t.Errorf("%d lines, want %d; the last is %q", len(log.lines), len(want), log.lines[len(log.lines)-1])
	}
}
