package ssmhosts

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/blobs"
	"slipway/runner/executor/ledger"
	"slipway/runner/hosts"
	"slipway/test/emulators/ssm"
)

func TestShortAttemptIsOnePieceAndItsEndAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t).known()
	o := w.order("echo one; echo two; set_octopusvariable Greeting hello")
	w.dispatch(w.errand(o, 0))
	begun := time.Now()
	if end := w.end(o.ID); end.Outcome != task.Succeeded || end.Outputs["Greeting"] != "hello" {
		t.Errorf("end = %+v", end)
	}
	t.Logf("dispatch to end: %s", time.Since(begun))
	if r, came := w.report(o.ID), append(w.store.names("logs/"), w.store.names("reports/")...); r.Puts != 2 || len(came) != 2 {
		t.Errorf("the host says it wrote %d objects, and these came: %q; want 2", r.Puts, came)
	}
	if got := w.said(o.ID); !slices.Equal(got, []string{"one", "two"}) {
		t.Errorf("said %q", got)
	}
	if pieces := w.store.names("logs/"); len(pieces) != 1 {
		t.Errorf("pieces: %q, want one", pieces)
	}
	w.settled(o.ID)
}

func TestBegunOnceThoughDispatchedByMany(t *testing.T) {
	t.Parallel()
	w := newWorld(t).known()
	o := w.order("echo once; sleep 1; echo done")
	var all sync.WaitGroup
	for range 6 {
		e := w.errand(o, 0)
		all.Go(func() {
			if err := w.client().Dispatch(t.Context(), w.target, e); err != nil {
				t.Errorf("Dispatch: %v", err)
			}
		})
	}
	all.Wait()
	if end := w.end(o.ID); end.Outcome != task.Succeeded {
		t.Errorf("end = %+v", end)
	}
	w.settled(o.ID)
	w.api.Wait()
	w.dispatch(w.errand(o, 0))
	w.settled(o.ID)
	if n := w.ran(o.ID); n != 1 {
		t.Errorf("the payload ran %d times", n)
	}
	if got := w.said(o.ID); !slices.Equal(got, []string{"once", "done"}) {
		t.Errorf("said %q", got)
	}
	if len(w.store.changed) > 0 {
		t.Errorf("blobs that got other bytes: %q", w.store.changed)
	}
	for _, c := range w.api.History() {
		if c.Status != "Success" {
			t.Errorf("command %s ended %s: %s", c.Comment, c.Status, c.Stderr)
		}
	}
}

func TestLinesComeWhileItRuns(t *testing.T) {
	t.Parallel()
	w := newWorld(t).known()
	o := w.order("for i in $(seq 1 45); do echo line $i; sleep 0.2; done")
	w.dispatch(w.errand(o, 0))
	w.eventually("a first piece before the end", func() bool { return len(w.store.names("logs/")) > 0 })
	if w.store.read("reports/"+o.ID+"/end") != nil {
		t.Error("the first piece came only with the end")
	}
	w.end(o.ID)
	if got := w.said(o.ID); len(got) != 45 {
		t.Errorf("%d lines", len(got))
	}
	var before time.Time
	for i, p := range w.store.puts[:len(w.store.puts)-2] { // what comes with the end comes at once
		if i > 0 && p.at.Sub(before) < 2900*time.Millisecond {
			t.Errorf("piece %s came %s after the one before", p.name, p.at.Sub(before))
		}
		before = p.at
	}
	if n := len(w.store.puts); n < 4 || n > 6 {
		t.Errorf("%d posts for 9 s: %+v", n, w.store.puts)
	}
}

func TestReporterKilledAndResumedByTheNextErrand(t *testing.T) {
	t.Parallel()
	w := newWorld(t).known()
	o := w.order("echo early; sleep 4; echo middle; while [ ! -e " + w.home + "/go ]; do sleep 0.05; done; echo late")
	w.dispatch(w.errand(o, 0))
	w.eventually("a piece", func() bool { return len(w.store.names("logs/")) > 0 })
	w.kill("report", o.ID)
	first := w.store.names("logs/")
	os.WriteFile(w.home+"/go", nil, 0o600)
	w.eventually("the attempt ends unreported", func() bool { return len(w.processes("run", o.ID)) == 0 })
	if w.store.read("reports/"+o.ID+"/end") != nil {
		t.Fatal("somebody reported the end")
	}
	w.dispatch(w.errand(o, 1)) // the server has the first piece's first line
	if end := w.end(o.ID); end.Outcome != task.Succeeded {
		t.Errorf("end = %+v", end)
	}
	w.settled(o.ID)
	if got := w.said(o.ID); !slices.Equal(got, []string{"early", "middle", "late"}) {
		t.Errorf("said %q", got)
	}
	if len(w.store.changed) > 0 || w.ran(o.ID) != 1 {
		t.Errorf("changed %q, ran %d times", w.store.changed, w.ran(o.ID))
	}
	for _, name := range first {
		if !slices.Contains(w.store.names("logs/"), name) {
			t.Errorf("piece %s is gone", name)
		}
	}
	if r := w.report(o.ID); r.Puts != len(w.store.names("logs/"))+1 {
		t.Errorf("%d objects, but the host says %d", len(w.store.names("logs/"))+1, r.Puts)
	}
}

func TestNetworkAwayForAWhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t).known()
	o := w.order("echo one; while [ ! -e " + w.home + "/go ]; do sleep 0.05; done; echo two")
	w.dispatch(w.errand(o, 0))
	w.eventually("it runs", func() bool { return w.ran(o.ID) == 1 })
	w.store.set(func(s *store) { s.away = true })
	os.WriteFile(w.home+"/go", nil, 0o600)
	w.eventually("it ended", func() bool { return len(w.processes("run", o.ID)) == 0 })
	w.eventually("the reporter has met the silence", func() bool {
		text, _ := os.ReadFile(w.root("attempts", o.ID, "report.log"))
		return strings.Count(string(text), "\n") >= 2
	})
	w.store.set(func(s *store) { s.away = false })
	if end := w.end(o.ID); end.Outcome != task.Succeeded {
		t.Errorf("end = %+v", end)
	}
	if got := w.said(o.ID); !slices.Equal(got, []string{"one", "two"}) {
		t.Errorf("said %q", got)
	}
	w.settled(o.ID)
	text, _ := os.ReadFile(w.root("attempts", o.ID, "report.log"))
	if strings.Contains(string(text), "signature") || strings.Contains(string(text), "X-Amz") {
		t.Errorf("the log holds an address: %s", text)
	}
}

func TestGrantOverThenANewerErrand(t *testing.T) {
	t.Parallel()
	w := newWorld(t).known()
	o := w.order("echo one; while [ ! -e " + w.home + "/go ]; do sleep 0.05; done; echo two")
	w.dispatch(w.errand(o, 0))
	w.eventually("it runs", func() bool { return w.ran(o.ID) == 1 })
	w.store.expire()
	os.WriteFile(w.home+"/go", nil, 0o600)
	w.settled(o.ID) // it gave up
	if w.store.read("reports/"+o.ID+"/end") != nil {
		t.Fatal("an end was taken without leave")
	}
	w.dispatch(w.errand(o, 0))
	if end := w.end(o.ID); end.Outcome != task.Succeeded {
		t.Errorf("end = %+v", end)
	}
	w.settled(o.ID)
	if got := w.said(o.ID); !slices.Equal(got, []string{"one", "two"}) || w.ran(o.ID) != 1 {
		t.Errorf("said %q, ran %d times", got, w.ran(o.ID))
	}
}

func TestRunningReporterTakesTheNewerGrant(t *testing.T) {
	t.Parallel()
	w := newWorld(t).known()
	o := w.order("echo one; while [ ! -e " + w.home + "/go ]; do sleep 0.05; done; echo two")
	w.dispatch(w.errand(o, 0))
	one := func() bool { return len(w.processes("report", o.ID)) == 1 }
	w.eventually("the reporter runs", one)
	w.store.expire()
	newer := w.errand(o, 0)
	w.dispatch(newer)
	w.eventually("the newer grant is there", func() bool {
		text, _ := os.ReadFile(w.root("attempts", o.ID, "grant"))
		return strings.Contains(string(text), newer.Nonce)
	})
	w.api.Wait()
	w.eventually("one reporter", one) // the same, unless it had found its grant to be over by then
	os.WriteFile(w.home+"/go", nil, 0o600)
	if end := w.end(o.ID); end.Outcome != task.Succeeded {
		t.Errorf("end = %+v", end)
	}
	w.settled(o.ID)
}

func TestHostRestart(t *testing.T) {
	t.Parallel()
	w := newWorld(t).known()
	o := w.order("echo before; sleep 600")
	w.dispatch(w.errand(o, 0))
	w.eventually("it runs", func() bool { return w.ran(o.ID) == 1 })
	w.kill("report", o.ID)
	w.kill("run", o.ID)
	var p ledger.Process // as it would be known after the restart
	text, _ := os.ReadFile(w.root("attempts", o.ID, "started"))
	if err := json.Unmarshal(text, &p); err != nil {
		t.Fatal(err)
	}
	p.Boot = "another"
	text, _ = json.Marshal(p)
	if err := os.WriteFile(w.root("attempts", o.ID, "started"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	w.dispatch(w.errand(o, 0))
	if end := w.end(o.ID); end.Outcome != task.Unknown || !strings.Contains(end.Message, "the host was restarted") {
		t.Errorf("end = %+v", end)
	}
	w.settled(o.ID)
	if w.ran(o.ID) != 1 {
		t.Errorf("ran %d times", w.ran(o.ID))
	}
}

func TestBusyAndLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t).known()
	first := w.order("echo begun; sleep 600")
	w.dispatch(w.errand(first, 0))
	w.eventually("it runs", func() bool { return w.ran(first.ID) == 1 })
	second := w.order("echo second")
	e := w.errand(second, 0)
	w.dispatch(e)
	if a := w.answerTo(e); a.Busy != first.ID || a.Refused != "" {
		t.Errorf("answer = %+v", a)
	}
	if o := w.outcome(); o.Kind != Busy || o.Attempt != second.ID || !strings.Contains(o.Message, first.ID) {
		t.Errorf("outcome = %+v", o)
	}
	w.stop(first)
	w.end(first.ID)
	w.dispatch(w.errand(second, 0))
	if end := w.end(second.ID); end.Outcome != task.Succeeded || w.ran(second.ID) != 1 {
		t.Errorf("end = %+v, ran %d times", end, w.ran(second.ID))
	}
}

func TestExpiredOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t).known()
	o := w.order("echo never")
	o.Expires = time.Now().Add(-time.Minute)
	w.dispatch(w.errand(o, 0))
	if end := w.end(o.ID); end.Outcome != task.Failed || !strings.Contains(end.Message, "nothing ran") || w.ran(o.ID) != 0 {
		t.Errorf("end = %+v", end)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*task.Errand)
		want   string
	}{
		{"newer errand", func(e *task.Errand) { e.Format++ }, "format"},
		{"odd target", func(e *task.Errand) { e.Order.Target = "../x" }, "target"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t).known()
			e := w.errand(w.order("echo never"), 0)
			c.change(&e)
			w.dispatch(e)
			if a := w.answerTo(e); !strings.Contains(a.Refused, c.want) || a.Busy != "" {
				t.Errorf("answer = %+v", a)
			}
			if o := w.outcome(); o.Kind != Refused || o.Attempt != e.Order.ID || !strings.Contains(o.Message, c.want) || strings.Contains(o.Message, "exit status") {
				t.Errorf("outcome = %+v", o)
			}
			if _, err := os.Stat(w.root("attempts", e.Order.ID)); err == nil {
				t.Error("the attempt has a place in the ledger")
			}
		})
	}
}

// What is refused for what the order says stays refused: its end is kept.
func TestOrdersThatCannotBeBegun(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*task.Errand)
		want   string
	}{
		{"newer order", func(e *task.Errand) { e.Order.Format++ }, "format"},
		{"no leave to fetch", func(e *task.Errand) {
			e.Order.Package = &task.Package{FileName: "x.1.0.zip", SHA256: hashOf(nil), Size: 3}
		}, "x.1.0.zip"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t).known()
			e := w.errand(w.order("echo never"), 0)
			c.change(&e)
			w.dispatch(e)
			if end := w.end(e.Order.ID); end.Outcome != task.Failed || !strings.Contains(end.Message, c.want) || w.ran(e.Order.ID) != 0 {
				t.Errorf("end = %+v", end)
			}
		})
	}
}

func TestSealedToAnotherKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t).known()
	w.target.ExecutorKey = bytes.Repeat([]byte{9}, 32)
	e := w.errand(w.order("echo never"), 0)
	w.dispatch(e)
	if o := w.outcome(); o.Kind != Refused || !strings.Contains(o.Message, "another key") {
		t.Errorf("outcome = %+v", o)
	}
	if err := w.hosts.Dispatch(t.Context(), hosts.Target{Name: "web-1", Address: instance}, e); err == nil || !strings.Contains(err.Error(), "not known yet") {
		t.Errorf("without a key: %v", err)
	}
}

// packaged gives an order a package, which is in the store.
func (w *world) packaged(o *task.Order, size int) []byte {
	content := bytes.Repeat([]byte("0123456789abcdef"), size/16)
	o.Package = &task.Package{ID: "P", Version: "1.0", FileName: "P.1.0.zip", SHA256: hashOf(content), Size: int64(len(content))}
	w.store.Put(w.t.Context(), "packages/"+o.Package.SHA256, bytes.NewReader(content))
	return content
}

func TestPackageIsFetchedThoughTheLineBreaks(t *testing.T) {
	t.Parallel()
	w := newWorld(t).known()
	o := w.order("echo done")
	content := w.packaged(&o, 4<<20)
	w.store.set(func(s *store) { s.break_ = 3 })
	w.dispatch(w.errand(o, 0))
	w.end(o.ID)
	got, err := os.ReadFile(w.root("packages", o.Package.SHA256))
	if err != nil || !bytes.Equal(got, content) {
		t.Fatalf("package on the host: %d bytes, %v", len(got), err)
	}
	resumed := 0
	w.store.set(func(s *store) {
		for _, r := range s.ranges {
			if r != "" {
				resumed++
			}
		}
	})
	if resumed != 3 {
		t.Errorf("gone on %d times, want 3: %q", resumed, w.store.ranges)
	}
	reads := w.store.reads
	next := w.order("echo again")
	next.Package = o.Package
	w.dispatch(w.errand(next, 0))
	w.end(next.ID)
	if w.store.reads != reads {
		t.Errorf("a package that is held was fetched again")
	}
}

func TestPackageThatCannotBeFetched(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*world, *task.Errand)
		want   string
	}{
		{"leave is over", func(w *world, e *task.Errand) { w.store.set(func(s *store) { s.leaves = forms(s.leaves) }) }, "AccessDenied"},
		{"other bytes", func(w *world, e *task.Errand) {
			w.store.set(func(s *store) { s.blobs["packages/"+e.Order.Package.SHA256] = []byte("something else!!") })
		}, "SHA-256"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t).known()
			w.api.Wait()
			o := w.order("echo never")
			w.packaged(&o, 16)
			e := w.errand(o, 0)
			c.change(w, &e)
			w.dispatch(e)
			if end := w.end(o.ID); end.Outcome != task.Failed || !strings.Contains(end.Message, c.want) || strings.Contains(end.Message, "http") {
				t.Errorf("end = %+v", end)
			}
			again := w.errand(o, 0)
			w.dispatch(again) // with everything it needs
			w.settled(o.ID)
			if w.ran(o.ID) != 0 {
				t.Error("what was refused ran")
			}
		})
	}
}

func forms(all map[string]leave) map[string]leave {
	left := map[string]leave{}
	for secret, l := range all {
		if l.prefix != "" || strings.HasPrefix(l.name, "executors/") {
			left[secret] = l
		}
	}
	return left
}

func TestLargeErrandGoesThroughTheStore(t *testing.T) {
	t.Parallel()
	w := newWorld(t).known()
	o := w.order("echo begun")
	for i := range 3000 {
		o.Variables = append(o.Variables, task.Variable{Name: fmt.Sprintf("Name%d", i), Value: strings.Repeat("v", 30)})
	}
	w.dispatch(w.errand(o, 0))
	if end := w.end(o.ID); end.Outcome != task.Succeeded {
		t.Errorf("end = %+v", end)
	}
	if kept := w.store.names("errands/"); len(kept) != 1 || bytes.Contains(w.store.read(kept[0]), []byte("vvvv")) {
		t.Errorf("in the store: %q", kept)
	}
	if got := w.said(o.ID); !slices.Equal(got, []string{"begun"}) {
		t.Errorf("said %q", got)
	}
}

func TestMuchOutput(t *testing.T) {
	t.Parallel()
	w := newWorld(t).known()
	o := w.order("seq 1 40000; head -c 70000 /dev/zero | tr '\\0' x")
	w.dispatch(w.errand(o, 0))
	w.end(o.ID)
	if got := w.said(o.ID); len(got) < 40000 || got[39999] != "40000" || len(strings.Join(got[40000:], "")) != 70000 {
		t.Errorf("%d lines", len(got))
	}
	for _, name := range w.store.names("logs/") {
		if n := len(w.store.read(name)); n > 64<<10 {
			t.Errorf("piece %s has %d bytes", name, n)
		}
	}
}

// TestNothingReadableInTheHistory looks at all that stands in the account after a
// check, an errand, a large errand and a call.
func TestNothingReadableInTheHistory(t *testing.T) {
	t.Parallel()
	w := newWorld(t).known()
	o := w.order("echo speaks-the-script; set_octopusvariable Greeting spoken-output")
	o.Variables = []task.Variable{{Name: "Open", Value: "plain-value"}}
	w.packaged(&o, 1600)
	small := w.errand(o, 0)
	w.dispatch(small)
	w.end(o.ID)
	if _, err := w.hosts.Ask(t.Context(), w.target, o.ID); err != nil {
		t.Fatal(err)
	}
	big := w.order("echo " + strings.Repeat("speaks-the-script ", 5000))
	large := w.errand(big, 0)
	w.dispatch(large)
	w.end(big.ID)
	stopping := w.stop(o)
	w.api.Wait()
	history, err := json.Marshal(w.api.History())
	if err != nil {
		t.Fatal(err)
	}
	close(w.events)
	for e := range w.events {
		history = append(history, e...)
	}
	secrets := []string{"speaks-the-script", "plain-value", "spoken-output", "packages/", "logs/Deployments", "reports/Deployments", "policy"}
	for _, e := range []task.Errand{small, large, stopping} {
		secrets = append(secrets, e.Lines.Fields["x-amz-signature"], e.Reports.Fields["x-amz-signature"], e.Lines.Fields["policy"])
	}
	secrets = append(secrets, small.Fetch.URL)
	for _, secret := range secrets {
		if secret != "" && bytes.Contains(history, []byte(secret)) {
			t.Errorf("the history holds %q", secret)
		}
	}
	for _, c := range w.api.History() {
		if c.Comment != "slipway: hello" && c.Stdout != "" {
			t.Errorf("command %q printed %q", c.Comment, c.Stdout)
		}
		if c.Stderr != "" {
			t.Errorf("command %q said %q", c.Comment, c.Stderr)
		}
		text := strings.Join(c.Parameters["commands"], "\n")
		for _, line := range strings.Split(text, "\n") {
			if strings.Contains(line, "X-Amz-Signature") && !strings.Contains(line, "/executors/") && !strings.Contains(line, "/errands/") {
				t.Errorf("command %q holds an address: %s", c.Comment, line)
			}
		}
	}
}

// TestAForgedAnswerIsNotPinned: who reads the history at first contact knows the
// form for the answer.
func TestAForgedAnswerIsNotPinned(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	forged, _ := json.Marshal(part{Out: []byte(`{"os":"linux","executorKey":"` + strings.Repeat("A", 43) + `="}`), Last: true})
	w.hosts.settings.Store = &forging{store: w.store, answer: forged}
	if facts, err := w.hosts.Ready(t.Context(), w.target); err == nil || !strings.Contains(err.Error(), "not what the host printed") {
		t.Errorf("Ready = %+v, %v", facts, err)
	}
}

// forging shows another answer than the host's.
type forging struct {
	*store
	answer []byte
}

func (f *forging) Get(ctx context.Context, name string) (io.ReadCloser, blobs.Info, error) {
	r, info, err := f.store.Get(ctx, name)
	if err != nil || !strings.HasPrefix(name, "replies/") {
		return r, info, err
	}
	return io.NopCloser(bytes.NewReader(f.answer)), info, nil
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	w := newWorld(t).known()
	e := w.errand(w.order("echo never"), 0)
	w.api.Instance(instance, "linux", ssm.Gone)
	err := w.hosts.Dispatch(t.Context(), w.target, e)
	if !errors.Is(err, hosts.ErrUnreachable) || !strings.Contains(err.Error(), "not online in Systems Manager") || !strings.Contains(err.Error(), "AmazonSSMManagedInstanceCore") {
		t.Errorf("not registered: %v", err)
	}
	w.api.Instance(instance, "linux", ssm.Online)
	w.api.Throttle(1000)
	if err := w.hosts.Dispatch(t.Context(), w.target, e); !errors.Is(err, hosts.ErrUnreachable) || !strings.Contains(err.Error(), "Throttl") {
		t.Errorf("throttled: %v", err)
	}
	w.api.Throttle(1) // one refusal is waited out
	if err := w.hosts.Dispatch(t.Context(), w.target, e); err != nil {
		t.Errorf("throttled once: %v", err)
	}
	w.end(e.Order.ID)
	w.target.Address = "web-1.example"
	if err := w.hosts.Dispatch(t.Context(), w.target, e); err == nil || errors.Is(err, hosts.ErrUnreachable) {
		t.Errorf("no instance id: %v", err)
	}
}

func TestHybridInstance(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.target.Address = "mi-0123456789abcdef0"
	w.api.Instance(w.target.Address, "linux", ssm.Online)
	w.known()
	o := w.order("echo here")
	w.dispatch(w.errand(o, 0))
	w.end(o.ID)
}

func TestWhatAWSSaysOfACommand(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		reach  ssm.Reach
		happen func(*world)
		want   Kind
		words  string
	}{
		{"delivery timed out", ssm.Silent, func(w *world) { w.api.Expire() }, Undelivered, "DeliveryTimedOut"},
		{"undeliverable", ssm.Silent, func(w *world) { w.api.Undeliverable() }, Undelivered, "Undeliverable"},
		{"delivered, and its end never told", ssm.Online, func(w *world) { w.api.Expire() }, Unsure, "DeliveryTimedOut"},
		{"executor gone from the bucket", ssm.Online, nil, Refused, "did not give executors/"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t).known()
			w.api.Wait()
			w.api.Instance(instance, "linux", c.reach)
			e := w.errand(w.order("sleep 1"), 0)
			if c.happen == nil {
				os.RemoveAll(w.root("bin"))
				for _, name := range w.store.names("executors/") {
					w.store.Delete(t.Context(), name)
				}
			}
			w.dispatch(e)
			if c.happen != nil {
				c.happen(w)
			}
			o := w.outcome()
			if o.Kind != c.want || o.Attempt != e.Order.ID || !strings.Contains(o.Message, c.words) {
				t.Errorf("outcome = %+v, want %s with %q", o, c.want, c.words)
			}
			if c.happen == nil {
				w.api.Wait()
				os.MkdirAll(w.root("attempts", e.Order.ID), 0o700)
				w.dispatch(e)
				if o := w.outcome(); o.Kind != Unsure {
					t.Errorf("of an attempt that the host knows: %+v, want unsure", o)
				}
			}
		})
	}
}
