//go:build !windows

package scripts

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/runner/executor/masking"
)

func runScript(t *testing.T, ctx context.Context, s Script) (Result, []string, error) {
	t.Helper()
	s.Name, s.Temp = "test script", filepath.Join(t.TempDir(), "private")
	if s.Dir == "" {
		s.Dir = t.TempDir()
	}
	log := &kept{}
	result, err := Run(ctx, s, masking.New(), log)
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
		result, lines, err := runScript(t, t.Context(), Script{Body: `[ "$(get_octopusvariable ` + quoteBash(name) + `)" = ` + quoteBash(want) + ` ] || exit 3`, Variables: odd})
		if err != nil || result.ExitCode != 0 {
			t.Errorf("variable %q: exit %d, %v, %q", name, result.ExitCode, err, lines)
		}
	}
	if result, _, _ := runScript(t, t.Context(), Script{Body: `[ -z "$(get_octopusvariable plain)" ]`, Variables: odd}); result.ExitCode != 0 {
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
	_, lines, err := runScript(t, ctx, Script{Dir: dir, Grace: 100 * time.Millisecond,
		Body: "trap 'echo heard' TERM\n(trap '' TERM; while true; do sleep 0.05; done) &\ntouch ready\nwhile true; do sleep 0.05; done"})
	if !errors.Is(err, stopped) || !slices.Contains(lines, "out: heard") {
		t.Errorf("Run = %v with %q, want %v after TERM was heard", err, lines, stopped)
	}
}

func TestScriptKeepsItsNameAndLineNumbers(t *testing.T) {
	t.Parallel()
	_, lines, _ := runScript(t, t.Context(), Script{Body: "\n\necho $LINENO; basename $0"})
	if !slices.Equal(lines, []string{"out: 3", "out: test-script.sh"}) {
		t.Errorf("lines = %q", lines)
	}
}

func TestArguments(t *testing.T) {
	t.Parallel()
	_, lines, err := runScript(t, t.Context(), Script{Body: `printf '<%s>' "$@"; echo " $#"; tr '\0' '\n' </proc/$$/cmdline | grep -c argument`, Args: `--flag 'an argument' ""`})
	if err != nil || !slices.Equal(lines, []string{"out: <--flag><an argument><> 3", "out: 0"}) {
		t.Errorf("lines = %q, %v, want three arguments that are not on the command line", lines, err)
	}
	if _, _, err := runScript(t, t.Context(), Script{Body: "echo never", Args: "'open"}); err == nil {
		t.Error("an open quote: no error")
	}
}

func TestVariablesAreNowhereToBeSeen(t *testing.T) {
	t.Parallel()
	_, lines, err := runScript(t, t.Context(), Script{
		Body:      `env; tr '\0' '\n' </proc/$$/cmdline; tr '\0' '\n' </proc/$$/environ; ls -l /proc/$$/fd; cat "$0"; grep -rs can''ary . "$(dirname "$0")"; true`,
		Variables: map[string]string{"Key": "canary-7531"},
	})
	if err != nil || len(lines) == 0 || strings.Contains(strings.Join(lines, "\n"), "canary-7531") {
		t.Errorf("the value is in %q (%v)", lines, err)
	}
}

func TestArrayOfVariables(t *testing.T) {
	t.Parallel()
	values := map[string]string{"a": "1", "It's [odd] $x @ *": "two\nlines", "": "no name", "@": "at", "*": "star"}
	_, lines, err := runScript(t, t.Context(), Script{Variables: values, Body: `set -eu
for name in "${!octopus_parameters[@]}"; do printf '%s=%s\n' "$name" "${octopus_parameters[$name]}" | tr '\n' '|'; echo; done | sort`})
	slices.Sort(lines)
	if want := []string{"out: *=star|", "out: @=at|", "out: It's [odd] $x @ *=two|lines|", "out: a=1|"}; err != nil || !slices.Equal(lines, want) {
		t.Errorf("lines = %q, %v, want %q", lines, err, want)
	}
}

func TestOutputs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	result, lines, err := runScript(t, t.Context(), Script{Dir: dir, Body: `set -euo pipefail
set_octopusvariable Plain "a
b"
set_octopusvariable Key "open sesame" -sensitive
set_octopusvariable Raw "$(printf 'x\377y')"
echo "open sesame" >sub.txt
new_octopusartifact ./sub.txt
new_octopusartifact "$PWD/sub.txt" "in full"
update_progress 50 "half of open sesame"
echo "the key is $(printf 'open sesame' | base64)"`})
	if err != nil || result.ExitCode != 0 {
		t.Fatalf("Run = %+v, %v, %q", result, err, lines)
	}
	if want := map[string]string{"Plain": "a\nb", "Raw": "x\uFFFDy"}; !maps.Equal(result.Outputs, want) {
		t.Errorf("outputs = %q, want %q", result.Outputs, want)
	}
	if want := map[string]string{"Key": "open sesame"}; !maps.Equal(result.Sensitive, want) {
		t.Errorf("sensitive outputs = %q, want %q", result.Sensitive, want)
	}
	file := filepath.Join(dir, "sub.txt")
	if want := []Artifact{{file, "sub.txt"}, {file, "in full"}}; !slices.Equal(result.Artifacts, want) {
		t.Errorf("artifacts = %q, want %q", result.Artifacts, want)
	}
	if want := []string{"note: 50 %: half of ********", "out: the key is ********"}; !slices.Equal(lines, want) {
		t.Errorf("lines = %q, want %q", lines, want)
	}
}

func TestPython(t *testing.T) {
	t.Parallel()
	if exec.Command("python3", "-c", "").Run() != nil {
		t.Skip("no python3 here")
	}
	values := map[string]string{"Na\"me": "Grüße \\ 'x'\n😀", "raw": "x\xffy", "b": "2"}
	result, lines, err := runScript(t, t.Context(), Script{Syntax: "python", Variables: values, Args: "-x 'two words'", Body: `import sys, os
print(get_octopusvariable("Na\"me") == "Gr\u00fc\u00dfe \\ 'x'\n\U0001f600", octopusvariables["b"], sys.argv[1:], __name__, os.path.basename(__file__))
print(octopusvariables["raw"].encode("utf-8", "surrogateescape"))
set_octopusvariable("Out", "1\n2")
set_octopusvariable("Key", "open sesame", True)
open("a.txt", "w").close()
createartifact("a.txt")
updateprogress(10, "begun")
printverbose("v")
printhighlight("h")
printwait("w")
printwarning("open sesame")
failstep("no luck")`})
	if err != nil || result.ExitCode != 1 || result.Message != "no luck" || result.ErrorOutput {
		t.Errorf("Run = %+v, %v", result, err)
	}
	if result.Outputs["Out"] != "1\n2" || result.Sensitive["Key"] != "open sesame" || len(result.Artifacts) != 1 || result.Artifacts[0].Name != "a.txt" {
		t.Errorf("Run = %+v", result)
	}
	want := []string{"out: True 2 ['-x', 'two words'] __main__ test-script.py", "out: b'x\\xffy'", "note: 10 %: begun", "out: v", "out: h", "out: w", "warning: ********"}
	if !slices.Equal(lines, want) {
		t.Errorf("lines = %q, want %q", lines, want)
	}
}

func TestOtherSyntax(t *testing.T) {
	t.Parallel()
	_, _, err := runScript(t, t.Context(), Script{Syntax: "PowerShell", Body: "Write-Host never"})
	if err == nil || !strings.Contains(err.Error(), "PowerShell") || !strings.Contains(err.Error(), "linux") {
		t.Errorf("Run = %v, want an error that names language and platform", err)
	}
}

func TestErrorOutput(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err  string
		want bool
	}{
		{"", false}, {"oops", true}, {"oops\n", true}, {"\n \n", false}, {"\r\n", false},
		{"##octopus[mask value='aGlkZGVu']\n", false}, {"##octopus[x]\n##octopus anything", false}, {"##octopus[x]\n#", true}, {" ##octopus[x]", true},
	} {
		for _, piece := range []int{1, 4, 1000} {
			s := newSpeech(masking.New(), &kept{}, "")
			for chunk := range slices.Chunk([]byte(tt.err), piece) {
				s.write("err", chunk)
			}
			s.finish()
			if got := s.result(0).ErrorOutput; got != tt.want {
				t.Errorf("ErrorOutput of %q in pieces of %d = %v, want %v", tt.err, piece, got, tt.want)
			}
		}
	}
}

// TestLineIsShownWithoutTheNext: a line that ends like a secret begins must not
// wait for the end of the script.
func TestLineIsShownWithoutTheNext(t *testing.T) {
	t.Parallel()
	log := &kept{}
	s := newSpeech(masking.New("correct horse"), log, "")
	s.write("out", []byte("it is correct\n"))
	for range 1000 {
		s.mu.Lock()
		shown := len(log.lines)
		s.mu.Unlock()
		if shown > 0 {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if s.finish(); !slices.Equal(log.lines, []string{"out: it is correct"}) {
		t.Errorf("lines = %q", log.lines)
	}
}

func BenchmarkThousandVariables(b *testing.B) {
	for _, n := range []int{0, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			values := map[string]string{}
			for i := range n {
				values[fmt.Sprintf("Octopus.Action[Step %d].Some.Variable", i)] = strings.Repeat("value ", 10)
			}
			for b.Loop() {
				_, err := Run(b.Context(), Script{Name: "b", Body: "get_octopusvariable x", Dir: b.TempDir(), Temp: b.TempDir(), Variables: values}, masking.New(), &kept{})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
