package executor

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/ledger"
)

// asExecutor makes the test binary be the executor, so that tests kill and
// attach to real processes.
const asExecutor = "SLIPWAY_TEST_AS_EXECUTOR"

func TestMain(m *testing.M) {
	if os.Getenv(asExecutor) != "" {
		if steps, ok := stepsOf(os.Args[1:]); ok {
			os.Exit(runSteps(os.Args[1:], steps))
		}
		os.Exit(Main(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.LookupEnv))
	}
	os.Exit(m.Run())
}

// host is one host's folder with an executor.
type host struct {
	t    *testing.T
	home string
	path string // where programs are looked for; "" as everywhere
	// program is the executor; "" is this test binary.
	program string
}

func newHost(t *testing.T) *host {
	t.Helper()
	h := &host{t: t, home: t.TempDir()}
	t.Cleanup(h.endAll)
	return h
}

func (h *host) root(elem ...string) string {
	return filepath.Join(append([]string{h.home, ".slipway"}, elem...)...)
}

// endAll stops what a failed test left running.
func (h *host) endAll() {
	if runtime.GOOS == "windows" { // processes that came too late hold their files until they have seen it
		defer func() {
			logs, _ := filepath.Glob(h.root("attempts", "*", "run.log"))
			for _, log := range logs {
				eventually(h.t, log+" is let go", func() bool { return os.Remove(log) == nil })
			}
		}()
	}
	started, _ := filepath.Glob(h.root("attempts", "*", "started"))
	for _, path := range started {
		if p := processOf(path); ledger.System().Alive(p) {
			h.call(nil, "stop", filepath.Base(filepath.Dir(path)))
			eventually(h.t, "a stopped attempt's process is gone", func() bool { return !ledger.System().Alive(p) })
		}
	}
}

func (h *host) command(stdin io.Reader, args ...string) *exec.Cmd {
	program := os.Args[0]
	if h.program != "" {
		program = h.program
	}
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), asExecutor+"=1", homeNames[0]+"="+h.home)
	if h.path != "" {
		cmd.Env = append(cmd.Env, "PATH="+h.path)
	}
	cmd.Stdin = stdin
	return cmd
}

// call makes one call and returns what it printed and its exit code.
func (h *host) call(stdin io.Reader, args ...string) (stdout, stderr string, code int) {
	h.t.Helper()
	cmd := h.command(stdin, args...)
	var out, words bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &words
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		h.t.Fatal(err)
	}
	return out.String(), words.String(), cmd.ProcessState.ExitCode()
}

// ask makes a call that must work and reads its answer.
func (h *host) ask(into any, stdin io.Reader, args ...string) {
	h.t.Helper()
	out, words, code := h.call(stdin, args...)
	if code != 0 {
		h.t.Fatalf("%v = exit %d: %s", args, code, words)
	}
	if err := json.Unmarshal([]byte(out), into); err != nil {
		h.t.Fatalf("%v = %q: %v", args, out, err)
	}
}

func (h *host) start(o task.Order) Started {
	h.t.Helper()
	var s Started
	h.ask(&s, orderText(h.t, o), "start")
	return s
}

func orderText(t *testing.T, o task.Order) io.Reader {
	t.Helper()
	b, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(b)
}

// follow attaches until the end and returns all lines and the last report.
func (h *host) follow(id string) ([]task.Line, task.Report) {
	h.t.Helper()
	out, words, code := h.call(nil, "attach", id, "0")
	if code != 0 {
		h.t.Fatalf("attach %s = exit %d: %s", id, code, words)
	}
	return readReports(h.t, out)
}

func readReports(t *testing.T, out string) (lines []task.Line, last task.Report) {
	t.Helper()
	for text := range strings.Lines(out) {
		last = task.Report{}
		if err := json.Unmarshal([]byte(text), &last); err != nil {
			t.Fatalf("report %q: %v", text, err)
		}
		lines = append(lines, last.Lines...)
	}
	for i, line := range lines {
		if line.Seq != int64(i+1) {
			t.Fatalf("line %d has seq %d", i+1, line.Seq)
		}
	}
	return lines, last
}

// run starts an order and follows it to its end.
func (h *host) run(o task.Order) ([]task.Line, task.End) {
	h.t.Helper()
	if s := h.start(o); s.Started != o.ID {
		h.t.Fatalf("start = %+v", s)
	}
	lines, last := h.follow(o.ID)
	if last.End == nil {
		h.t.Fatalf("last report = %+v, want an end", last)
	}
	return lines, *last.End
}

// scriptOrder is an order to run a script of bash, which is not run on Windows.
func scriptOrder(t *testing.T, id, body string) task.Order {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the test's scripts are written in bash, which is not run on Windows")
	}
	return unrunOrder(t, id, body)
}

// unrunOrder is one whose script is not reached.
func unrunOrder(t *testing.T, id, body string) task.Order {
	t.Helper()
	settings, err := json.Marshal(task.Script{Syntax: "bash", Body: body})
	if err != nil {
		t.Fatal(err)
	}
	o := bareOrder(id)
	o.Work = task.Work{Kind: task.KindScript, Settings: settings}
	return o
}

// bareOrder is an order without work.
func bareOrder(id string) task.Order {
	return task.Order{
		Format: task.Format, ID: id, Target: "web-1", Step: "Say", Environment: "Dev", Release: "1.0.1",
		Created: time.Now(), Expires: time.Now().Add(time.Hour),
	}
}

func texts(lines []task.Line, stream task.Stream) string {
	var b strings.Builder
	for _, line := range lines {
		if line.Stream == stream {
			b.WriteString(line.Text + "\n")
		}
	}
	return b.String()
}

// kill ends a process at once, as a power cut would.
func kill(pid int) {
	if p, err := os.FindProcess(pid); err == nil {
		p.Kill()
	}
}

// times is how often something is tried: programs begin ten times as slowly
// where Windows is only played.
func times(n int) int {
	if runtime.GOOS == "windows" {
		return n / 4
	}
	return n
}

// pace stretches a moment by as much as programs need longer to begin.
func pace(d time.Duration) time.Duration {
	if runtime.GOOS == "windows" {
		return 20 * d
	}
	return d
}

// eventually waits for a state.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}
