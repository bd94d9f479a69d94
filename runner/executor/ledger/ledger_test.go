package ledger

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/pipelines/task"
)

func open(t *testing.T) *Ledger {
	t.Helper()
	l, err := Open(t.TempDir() + "/root")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func accept(t *testing.T, l *Ledger, id string, created time.Time) Attempt {
	t.Helper()
	a, err := l.Accept(task.Order{ID: id, Target: "t", Created: created})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestNames(t *testing.T) {
	t.Parallel()
	for name, ok := range map[string]bool{
		"a": true, "Deployment-1.web_2": true, "": false, ".x": false, "a/b": false, "..": false, "a b": false, "ü": false, strings.Repeat("a", 201): false, "a\n": false,
	} {
		if err := CheckName("attempt", name); (err == nil) != ok {
			t.Errorf("CheckName(%q) = %v, want ok %v", name, err, ok)
		}
	}
}

func TestOneOfManyBegins(t *testing.T) {
	t.Parallel()
	a := accept(t, open(t), "one", time.Now())
	var all sync.WaitGroup
	begun := make(chan error, 20)
	for range cap(begun) {
		all.Go(func() { begun <- a.Begin(System().Self()) })
	}
	all.Wait()
	close(begun)
	n := 0
	for err := range begun {
		if err == nil {
			n++
		} else if !errors.Is(err, ErrBegun) {
			t.Error(err)
		}
	}
	if n != 1 {
		t.Errorf("%d processes began, want 1", n)
	}
}

func TestPhases(t *testing.T) {
	t.Parallel()
	l := open(t)
	a, err := l.Attempt("one")
	if err != nil {
		t.Fatal(err)
	}
	expect := func(want task.Phase) *task.End {
		t.Helper()
		r, err := a.Report(time.Now())
		if err != nil || r.Phase != want {
			t.Fatalf("Report = %+v, %v, want %s", r, err, want)
		}
		return r.End
	}
	expect(task.Absent)
	accept(t, l, "one", time.Now())
	expect(task.Waiting)
	if err := a.Begin(System().Self()); err != nil {
		t.Fatal(err)
	}
	expect(task.Running)
	for _, end := range []task.End{{Outcome: task.Succeeded}, {Outcome: task.Failed}} {
		if err := a.End(end); err != nil {
			t.Fatal(err)
		}
	}
	if end := expect(task.Ended); end.Outcome != task.Succeeded {
		t.Errorf("end = %+v, want the first one", end)
	}
}

func TestDeadProcessIsUnknown(t *testing.T) {
	t.Parallel()
	self := System().Self()
	for why, p := range map[string]Process{
		"its process was killed": {Boot: self.Boot, PID: self.PID, Started: "1"},
		"the host was restarted": {Boot: "another", PID: self.PID, Started: self.Started},
	} {
		a := accept(t, open(t), "one", time.Now())
		if err := a.Begin(p); err != nil {
			t.Fatal(err)
		}
		r, err := a.Report(time.Now())
		if err != nil || r.End == nil || r.End.Outcome != task.Unknown || !strings.Contains(r.End.Message, why) {
			t.Errorf("Report = %+v, %v, want unknown because %s", r.End, err, why)
		}
	}
}

func TestOutputAndTail(t *testing.T) {
	t.Parallel()
	a := accept(t, open(t), "one", time.Now())
	tail := a.Tail(1)
	defer tail.Close()
	read := func() (found []task.Line) {
		t.Helper()
		texts, err := tail.Next(1 << 20)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range texts {
			var line task.Line
			if err := json.Unmarshal(text, &line); err != nil {
				t.Fatal(err)
			}
			found = append(found, line)
		}
		return found
	}
	if got := read(); got != nil {
		t.Errorf("before any output: %v", got)
	}
	o, err := a.Output(time.Now)
	if err != nil {
		t.Fatal(err)
	}
	o.Add(task.Note, "seen before")
	o.Add(task.Stdout, "a\xffb <&> \u2028")
	o.Add(task.Stdout, strings.Repeat("€", LongestLine))
	o.Flush()
	got := read()
	if len(got) != 5 || got[0].Seq != 2 || got[0].Text != "a\uFFFDb <&> \u2028" {
		t.Fatalf("%d lines, first %+v", len(got), got[0])
	}
	long := ""
	for _, line := range got[1:] {
		if len(line.Text) > LongestLine {
			t.Errorf("a line has %d bytes", len(line.Text))
		}
		long += line.Text
	}
	if long != strings.Repeat("€", LongestLine) {
		t.Error("the long line is not whole")
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	half := `{"seq":7,"at":"2026-01-01T00:00:00Z","stream":"out","text":"late"}` + "\n"
	appendTo(t, a.Path("output"), half[:20])
	if got := read(); got != nil {
		t.Errorf("half a line was shown: %v", got)
	}
	appendTo(t, a.Path("output"), half[20:])
	if got := read(); len(got) != 1 || got[0].Text != "late" {
		t.Errorf("the completed line = %v", got)
	}
	appendTo(t, a.Path("output"), "\x00\x00\x00\n"+half[:10])
	if got := read(); got != nil {
		t.Errorf("damaged lines were shown: %v", got)
	}
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

func TestForgottenOrdersAreRefused(t *testing.T) {
	t.Parallel()
	l := open(t)
	made := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	old := accept(t, l, "old", made)
	young := accept(t, l, "young", made.Add(time.Hour))
	running := accept(t, l, "running", made.Add(-time.Hour))
	for _, a := range []Attempt{old, young} {
		if err := a.End(task.End{Outcome: task.Succeeded}); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(old.Path("end.json"), made, made); err != nil {
		t.Fatal(err)
	}
	for name, used := range map[string]time.Time{"unused": made, "used": time.Now()} {
		if err := os.WriteFile(l.Path("packages", name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(l.Path("packages", name), used, used); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Clean(time.Now()); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(l.Path("packages")); len(left) != 1 || left[0].Name() != "used" {
		t.Errorf("packages = %v, want only the used one", left)
	}
	if old.Known() || !young.Known() || !running.Known() {
		t.Errorf("known: old %v, young %v, running %v; want only the old one forgotten", old.Known(), young.Known(), running.Known())
	}
	for _, id := range []string{"old", "older"} {
		if _, err := l.Accept(task.Order{ID: id, Created: made}); err == nil || !strings.Contains(err.Error(), "forgotten") {
			t.Errorf("Accept(%s) = %v, want it refused", id, err)
		}
	}
	accept(t, l, "running", made.Add(-time.Hour)) // known: not refused whatever the floor
	accept(t, l, "new", made.Add(time.Minute))
}

func TestLockNamesItsHolder(t *testing.T) {
	t.Parallel()
	l := open(t)
	lock, _, err := l.Hold("web", "one")
	if err != nil || lock == nil {
		t.Fatalf("Hold = %v, %v", lock, err)
	}
	if again, holder, err := l.Hold("web", "two"); again != nil || holder != "one" || err != nil {
		t.Errorf("second Hold = %v, %q, %v, want holder one", again, holder, err)
	}
	other, _, err := l.Hold("db", "two")
	if other == nil || err != nil {
		t.Fatalf("Hold of another target = %v, %v", other, err)
	}
	defer other.Close()
	lock.Close()
	again, _, err := l.Hold("web", "two")
	if again == nil || err != nil {
		t.Fatalf("Hold after Close = %v, %v", again, err)
	}
	again.Close()
}
