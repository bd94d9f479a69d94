package executor

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
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
		os.Exit(Main(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.LookupEnv))
	}
	os.Exit(m.Run())
}

// host is one host's folder with an executor.
type host struct {
	t    *testing.T
	home string
	path string // where programs are looked for; "" as everywhere
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
	started, _ := filepath.Glob(h.root("attempts", "*", "started"))
	for _, path := range started {
		if p := processOf(path); ledger.System().Alive(p) {
			h.call(nil, "stop", filepath.Base(filepath.Dir(path)))
		}
	}
}

func (h *host) command(stdin io.Reader, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asExecutor+"=1", "HOME="+h.home)
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

func scriptOrder(t *testing.T, id, body string) task.Order {
	t.Helper()
	settings, err := json.Marshal(task.Script{Syntax: "bash", Body: body})
	if err != nil {
		t.Fatal(err)
	}
	return task.Order{
		Format: task.Format, ID: id, Target: "web-1", Step: "Say", Environment: "Dev", Release: "1.0.1",
		Created: time.Now(), Expires: time.Now().Add(time.Hour),
		Work: task.Work{Kind: task.KindScript, Settings: settings},
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

// eventually waits for a state.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}
