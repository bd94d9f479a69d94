package ssmhosts

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"slipway/pipelines/task"
	"slipway/runner/awscalls"
	"slipway/runner/executor"
	"slipway/runner/hosts"
	"slipway/runner/hosts/hoststest"
	"slipway/runner/hosts/sshhosts"
	"slipway/runner/hosts/wire"
	"slipway/runner/tasklog"
	"slipway/test/emulators/ssm"
)

// The test binary serves as executor, as the server's binary does.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "executor" {
		os.Exit(executor.Main(context.Background(), os.Args[2:], os.Stdin, os.Stdout, os.Stderr, os.LookupEnv))
	}
	os.Exit(m.Run())
}

const instance = "i-0123456789abcdef0"

// world is one instance, the API and the bucket.
type world struct {
	t      testing.TB
	home   string
	store  *store
	api    *ssm.Fake
	cfg    aws.Config
	hosts  *Hosts
	target hosts.Target
	events chan []byte
}

func newWorld(t testing.TB, extra ...string) *world {
	t.Helper()
	w := &world{t: t, home: t.TempDir(), store: newStore(t), events: make(chan []byte, 1000)}
	w.api = ssm.New(ssm.Options{Run: ssm.Shell(t.TempDir(), extra...), Events: func(e []byte) { w.events <- e }})
	w.api.Instance(instance, "linux", ssm.Online)
	door := httptest.NewServer(w.api)
	t.Cleanup(door.Close)
	account, err := awscalls.Open(func(name string) (string, bool) {
		v, ok := map[string]string{"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_ENDPOINT_URL_SSM": door.URL}[name]
		return v, ok
	})
	if err != nil {
		t.Fatal(err)
	}
	w.cfg = account.For("SSM")
	w.cfg.RetryMaxAttempts = 2
	w.hosts = w.client()
	if missing, err := w.hosts.Publish(t.Context()); err != nil || len(missing) > 0 {
		t.Fatal(missing, err)
	}
	w.target = hosts.Target{ID: "Machines-1", Name: "web-1", Transport: "ssm", Address: instance, Platform: "linux"}
	t.Cleanup(func() { w.endAll(); w.api.Wait() })
	return w
}

func (w *world) client() *Hosts {
	return New(w.cfg, Settings{
		Store: w.store, Random: rand.Reader, Home: w.home, Poll: 20 * time.Millisecond,
		Programs: calling(w.t), CallTimeout: 20 * time.Second, Lease: 40 * time.Second,
	})
}

// calling are programs that call this test binary: a small file in place of a
// large one.
func calling(t testing.TB) sshhosts.Programs {
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text := []byte(fmt.Sprintf("#!/bin/sh\nexec %s executor \"$@\"\n", wire.Quote(own)))
	return func(string, string) (sshhosts.Program, error) {
		return sshhosts.Program{Hash: hashOf(text), Content: func(context.Context) ([]byte, error) { return text, nil }}, nil
	}
}

// known asks for the host's key, as a check of the target does.
func (w *world) known() *world {
	w.t.Helper()
	facts, err := w.hosts.Ready(w.t.Context(), w.target)
	if err != nil {
		w.t.Fatalf("Ready: %v", err)
	}
	w.target.ExecutorKey = facts.ExecutorKey
	return w
}

func (w *world) root(elem ...string) string {
	return filepath.Join(append([]string{w.home, ".slipway"}, elem...)...)
}

// processes are those of our executor that carry out one verb, by number.
func (w *world) processes(words ...string) []int {
	all, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	want := "\x00" + strings.Join(append([]string{"--root", w.root()}, words...), "\x00") + "\x00"
	var found []int
	for _, path := range all {
		text, _ := os.ReadFile(path)
		var pid int
		if bytes.Contains(text, []byte(want)) {
			fmt.Sscanf(path, "/proc/%d/cmdline", &pid)
			found = append(found, pid)
		}
	}
	return found
}

func (w *world) kill(words ...string) {
	w.t.Helper()
	w.eventually(fmt.Sprintf("a process %v to kill", words), func() bool { return len(w.processes(words...)) > 0 })
	for _, pid := range w.processes(words...) {
		if p, err := os.FindProcess(pid); err == nil {
			p.Kill()
		}
	}
	w.eventually(fmt.Sprintf("process %v gone", words), func() bool { return len(w.processes(words...)) == 0 })
}

// endAll stops what a test left running.
func (w *world) endAll() {
	all, _ := filepath.Glob(w.root("attempts", "*"))
	for _, dir := range all {
		id := filepath.Base(dir)
		os.WriteFile(filepath.Join(dir, "stop"), []byte("true"), 0o600)
		for deadline := time.Now().Add(2 * time.Minute); len(w.processes("run", id)) > 0 && time.Now().Before(deadline); {
			time.Sleep(10 * time.Millisecond)
		}
		for _, pid := range append(w.processes("report", id), w.processes("stream")...) {
			if p, err := os.FindProcess(pid); err == nil {
				p.Kill()
			}
		}
	}
}

func (w *world) eventually(what string, is func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatalf("waited in vain: %s\n%s", what, w.logs())
		}
	}
}

// logs are what the host's processes said, for failures.
func (w *world) logs() string {
	var all strings.Builder
	logs, _ := filepath.Glob(w.root("attempts", "*", "*.log"))
	for _, path := range logs {
		text, _ := os.ReadFile(path)
		fmt.Fprintf(&all, "%s: %s\n", path, text)
	}
	for _, c := range w.api.History() {
		fmt.Fprintf(&all, "%s %s: %s%s\n", c.Comment, c.Status, c.Stdout, c.Stderr)
	}
	return all.String()
}

var numbers atomic.Int64

// attemptID is like those of the server.
func attemptID() string { return fmt.Sprintf("Deployments-12-m3x9q2.t3.%d", numbers.Add(1)) }

// order is a script for the target whose runs can be counted.
func (w *world) order(script string) task.Order {
	id := attemptID()
	settings, err := json.Marshal(task.Script{Syntax: "bash", Body: hoststest.Appending(w.mark())(id, script)})
	if err != nil {
		w.t.Fatal(err)
	}
	return task.Order{
		Format: task.Format, ID: id, Deployment: "Deployments-12", Target: w.target.ID, Step: "Say", Environment: "Dev", Release: "1.0.1",
		Created: time.Now(), Expires: time.Now().Add(time.Hour), Work: task.Work{Kind: task.KindScript, Settings: settings},
	}
}

func (w *world) mark() string { return filepath.Join(w.home, "payload.log") }

func (w *world) ran(id string) int { return hoststest.Appended(w.mark())(w.t.(*testing.T), id) }

// errand brings an order and fresh leave to report it.
func (w *world) errand(o task.Order, since int64) task.Errand {
	w.t.Helper()
	lines, err := w.store.SignForm(w.t.Context(), "logs/Deployments-12/t3/"+o.ID+"/", 1<<20, time.Hour)
	if err != nil {
		w.t.Fatal(err)
	}
	reports, err := w.store.SignForm(w.t.Context(), "reports/"+o.ID+"/", 1<<20, time.Hour)
	if err != nil {
		w.t.Fatal(err)
	}
	e := task.Errand{Format: task.ErrandFormat, Order: o, Lines: lines, Reports: reports, Nonce: nonce(), Since: since}
	if o.Package != nil {
		get, err := w.store.SignGet(w.t.Context(), "packages/"+o.Package.SHA256, time.Hour)
		if err != nil {
			w.t.Fatal(err)
		}
		e.Fetch = &get
	}
	return e
}

func nonce() string {
	b := make([]byte, 8)
	rand.Read(b)
	return hex.EncodeToString(b)
}

func (w *world) dispatch(e task.Errand) {
	w.t.Helper()
	if err := w.hosts.Dispatch(w.t.Context(), w.target, e); err != nil {
		w.t.Fatalf("Dispatch: %v", err)
	}
}

// stop sends the same order as one to be stopped.
func (w *world) stop(o task.Order) task.Errand {
	w.t.Helper()
	e := w.errand(o, 0)
	e.Stop = true
	w.dispatch(e)
	return e
}

// end waits for the report of the attempt's end.
func (w *world) end(id string) task.End {
	w.t.Helper()
	return *w.report(id).End
}

func (w *world) report(id string) task.Report {
	w.t.Helper()
	name := "reports/" + id + "/end"
	w.eventually("the end of "+id, func() bool { return w.store.read(name) != nil })
	var r task.Report
	if err := json.Unmarshal(w.store.read(name), &r); err != nil || r.Attempt != id || r.Phase != task.Ended || r.End == nil || len(r.Lines) > 0 {
		w.t.Fatalf("end of %s = %s, %v", id, w.store.read(name), err)
	}
	return r
}

// settled waits until all commands have ended and nobody reports the attempt any
// more; then no secret of it is left on the host.
func (w *world) settled(id string) {
	w.t.Helper()
	w.api.Wait()
	w.eventually("reporter of "+id+" gone", func() bool { return len(w.processes("report", id)) == 0 })
	if _, err := os.Stat(w.root("attempts", id, "grant")); err == nil {
		w.t.Errorf("the grant of %s is still on the host", id)
	}
}

// said is the attempt's output as the log reads it.
func (w *world) said(id string) []string {
	w.t.Helper()
	entries, _, err := tasklog.New(w.store).Read(w.t.Context(), tasklog.Output{Deployment: "Deployments-12"}, "", 1_000_000)
	if err != nil {
		w.t.Fatal(err)
	}
	var texts []string
	next := int64(1)
	for _, e := range entries {
		if e.Attempt != id {
			continue
		}
		if e.Seq != next {
			w.t.Fatalf("line %d of %s came where %d was due", e.Seq, id, next)
		}
		next++
		if e.Stream == task.Stdout {
			texts = append(texts, e.Text)
		}
	}
	return texts
}

func (w *world) answerTo(e task.Errand) task.Answer {
	w.t.Helper()
	name := "reports/" + e.Order.ID + "/answer-" + e.Nonce
	w.eventually("an answer", func() bool { return w.store.read(name) != nil })
	var a task.Answer
	if err := json.Unmarshal(w.store.read(name), &a); err != nil || a.Attempt != e.Order.ID {
		w.t.Fatalf("answer = %s, %v", w.store.read(name), err)
	}
	return a
}

// outcome waits for the last command's end and looks it up.
func (w *world) outcome() Outcome {
	w.t.Helper()
	all := w.api.History()
	last := all[len(all)-1]
	var o Outcome
	w.eventually("the command has ended", func() bool {
		var err error
		if o, err = w.hosts.Ended(w.t.Context(), last.ID, last.Instances[0]); err != nil {
			return false
		}
		all := w.api.History()
		return all[len(all)-1].Status != "Pending" && all[len(all)-1].Status != "InProgress"
	})
	o, err := w.hosts.Ended(w.t.Context(), last.ID, last.Instances[0])
	if err != nil {
		w.t.Fatal(err)
	}
	return o
}
