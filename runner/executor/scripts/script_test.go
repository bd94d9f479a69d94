//go:build !windows

package scripts

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func run(t *testing.T, ctx context.Context, s Script) (Result, []string, error) {
	t.Helper()
	s.Name, s.Temp = "test script", filepath.Join(t.TempDir(), "private")
	if s.Dir == "" {
		s.Dir = t.TempDir()
	}
	log := &kept{}
	result, err := Run(ctx, s, NewMask(), log)
	if left, _ := os.ReadDir(s.Temp); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	return result, log.lines, err
}

func TestVariablesReachTheScriptWhole(t *testing.T) {
	t.Parallel()
	odd := map[string]string{
		"Plain": "value", "With space": "a b", "It's": `'"$(echo no)` + "`echo no`" + `\n`, "Lines": "a\nb", "": "no name",
		"Octopus.Action[Deploy web app].Output.X": "*", "-n": "-e x", "*": "star", "[a-z]": "class",
	}
	for name, want := range odd {
		result, lines, err := run(t, t.Context(), Script{Body: `[ "$(get_octopusvariable ` + quote(name) + `)" = ` + quote(want) + ` ] || exit 3`, Variables: odd})
		if err != nil || result.ExitCode != 0 {
			t.Errorf("variable %q: exit %d, %v, %q", name, result.ExitCode, err, lines)
		}
	}
	if result, _, _ := run(t, t.Context(), Script{Body: `[ -z "$(get_octopusvariable plain)" ]`, Variables: odd}); result.ExitCode != 0 {
		t.Error("names should be looked up with regard to case")
	}
}

func TestStubbornScriptIsKilledWithItsGroup(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ctx, cancel := context.WithCancelCause(t.Context())
	stopped := errors.New("enough")
	go func() {
		for {
			if _, err := os.Stat(filepath.Join(dir, "ready")); err == nil {
				cancel(stopped)
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	_, lines, err := run(t, ctx, Script{Dir: dir, Grace: 100 * time.Millisecond,
		Body: "trap 'echo heard' TERM\n(trap '' TERM; while true; do sleep 0.05; done) &\ntouch ready\nwhile true; do sleep 0.05; done"})
	if !errors.Is(err, stopped) || !slices.Contains(lines, "out: heard") {
		t.Errorf("Run = %v with %q, want %v after TERM was heard", err, lines, stopped)
	}
}

func TestScriptKeepsItsNameAndLineNumbers(t *testing.T) {
	t.Parallel()
	_, lines, _ := run(t, t.Context(), Script{Body: "\n\necho $LINENO; basename $0"})
	if !slices.Equal(lines, []string{"out: 3", "out: test-script.sh"}) {
		t.Errorf("lines = %q", lines)
	}
}
