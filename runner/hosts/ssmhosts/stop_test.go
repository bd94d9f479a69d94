package ssmhosts

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"slipway/pipelines/task"
	"slipway/runner/executor/ledger"
)

// ledger is that of the host, as a process on it sees it.
func (w *world) ledger() *ledger.Ledger {
	w.t.Helper()
	l, err := ledger.Open(w.root())
	if err != nil {
		w.t.Fatal(err)
	}
	return l
}

// again waits until the end was told once more, after what the store holds now.
func (w *world) again(id string, told []byte) {
	w.t.Helper()
	w.settled(id)
	if got := w.store.read("reports/" + id + "/end"); !bytes.Equal(got, told) {
		w.t.Errorf("the end told again is %s, before it was %s", got, told)
	}
}

func (w *world) ends(id string) (n int) {
	w.store.set(func(s *store) {
		for _, p := range s.puts {
			if p.name == "reports/"+id+"/end" {
				n++
			}
		}
	})
	return n
}

func TestStopOfARunningOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t).known()
	o := w.order("echo begun; sleep 600")
	w.dispatch(w.errand(o, 0))
	w.eventually("it runs", func() bool { return w.ran(o.ID) == 1 })
	w.kill("report", o.ID) // only the stop's own leave reports the end
	w.stop(o)
	if end := w.end(o.ID); end.Outcome != task.Cancelled {
		t.Errorf("end = %+v", end)
	}
	w.settled(o.ID)
	if got := w.said(o.ID); !slices.Equal(got, []string{"begun"}) || len(w.processes("run", o.ID)) > 0 {
		t.Errorf("said %q", got)
	}
	if c := w.outcome(); c.Attempt != o.ID {
		t.Errorf("the stop's command is not known as one for the attempt: %+v", c)
	}
}

func TestStopOfAWaitingOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t).known()
	o := w.order("echo never")
	if _, err := w.ledger().Accept(o); err != nil { // and whoever did it died
		t.Fatal(err)
	}
	w.stop(o)
	if end := w.end(o.ID); end.Outcome != task.Cancelled {
		t.Errorf("end = %+v", end)
	}
	w.settled(o.ID)
	w.dispatch(w.errand(o, 0))
	w.settled(o.ID)
	if w.ran(o.ID) != 0 || w.ends(o.ID) != 2 {
		t.Errorf("ran %d times, end told %d times", w.ran(o.ID), w.ends(o.ID))
	}
}

// TestStopComesBeforeTheOrder: messages may overtake each other, and one that was
// sent long ago may still arrive.
func TestStopComesBeforeTheOrder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		packaged bool
		busy     bool // another attempt holds the target meanwhile
	}{{"plain", false, false}, {"with a package", true, false}, {"target is busy", false, true}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t).known()
			o := w.order("echo never")
			if c.packaged {
				w.packaged(&o, 1600)
			}
			late := w.errand(o, 0)
			other := w.order("echo begun; sleep 600")
			if c.busy {
				w.dispatch(w.errand(other, 0))
				w.eventually("the other runs", func() bool { return w.ran(other.ID) == 1 })
			}
			w.stop(o)
			r := w.report(o.ID)
			if r.End.Outcome != task.Cancelled || !strings.Contains(r.End.Message, "never began") || r.Puts != 1 {
				t.Errorf("end = %+v, %d objects", r.End, r.Puts)
			}
			w.settled(o.ID)
			told := w.store.read("reports/" + o.ID + "/end")
			w.dispatch(late)
			w.again(o.ID, told)
			w.stop(o)
			w.again(o.ID, told)
			if w.ran(o.ID) != 0 || w.ends(o.ID) != 3 {
				t.Errorf("ran %d times, end told %d times", w.ran(o.ID), w.ends(o.ID))
			}
			if c.packaged {
				if _, err := os.Stat(w.root("packages", o.Package.SHA256)); err == nil {
					t.Error("the package was fetched for nothing")
				}
			}
			if c.busy {
				w.stop(other)
				w.end(other.ID)
			}
		})
	}
}

// TestStopWhileThePackageIsFetched: the order's errand is on the host, but the
// ledger does not hold it yet.
func TestStopWhileThePackageIsFetched(t *testing.T) {
	t.Parallel()
	w := newWorld(t).known()
	fetching, _, err := w.ledger().Hold(".fetch", "another")
	if err != nil || fetching == nil {
		t.Fatal(err)
	}
	defer fetching.Close()
	o := w.order("echo never")
	w.packaged(&o, 1600)
	w.dispatch(w.errand(o, 0))
	w.eventually("the errand waits for its package", func() bool {
		_, err := os.Stat(w.root("attempts", o.ID))
		return err == nil
	})
	w.stop(o)
	if end := w.end(o.ID); end.Outcome != task.Cancelled || !strings.Contains(end.Message, "never began") {
		t.Errorf("end = %+v", end)
	}
	told := w.store.read("reports/" + o.ID + "/end")
	fetching.Close()
	w.again(o.ID, told)
	if w.ran(o.ID) != 0 {
		t.Errorf("ran %d times", w.ran(o.ID))
	}
}

func TestStopOfAnEndedOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t).known()
	o := w.order("echo done")
	w.dispatch(w.errand(o, 0))
	if end := w.end(o.ID); end.Outcome != task.Succeeded {
		t.Fatalf("end = %+v", end)
	}
	w.settled(o.ID)
	told := w.store.read("reports/" + o.ID + "/end")
	w.store.Delete(t.Context(), "reports/"+o.ID+"/end")
	w.stop(o)
	w.again(o.ID, told)
	if w.ran(o.ID) != 1 || len(w.store.changed) > 0 {
		t.Errorf("ran %d times, changed %q", w.ran(o.ID), w.store.changed)
	}
}

// TestTheReporterEndsAStoppedOneThatNobodyRuns: whoever was to run it died, and so
// did whoever was to stop it.
func TestTheReporterEndsAStoppedOneThatNobodyRuns(t *testing.T) {
	t.Parallel()
	w := newWorld(t).known()
	o := w.order("echo never")
	l := w.ledger()
	a, err := l.Accept(o)
	if err != nil {
		t.Fatal(err)
	}
	starting, _, err := l.Hold(o.Target, o.ID) // as its process would
	if err != nil || starting == nil {
		t.Fatal(err)
	}
	w.stop(o)
	w.eventually("the reporter waits", func() bool { return len(w.processes("report", o.ID)) == 1 })
	if r, err := a.Report(w.hosts.settings.Now()); err != nil || r.Phase != task.Waiting {
		t.Fatalf("%+v, %v", r, err)
	}
	starting.Close()
	if end := w.end(o.ID); end.Outcome != task.Cancelled || w.ran(o.ID) != 0 {
		t.Errorf("end = %+v", end)
	}
}

// TestStopOfAForgottenOne: nobody can say whether it ran, so nobody says so.
func TestStopOfAForgottenOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t).known()
	o := w.order("echo never")
	if err := os.WriteFile(w.root("floor"), []byte(o.Created.UTC().Format("2006-01-02T15:04:05.999999999Z07:00")), 0o600); err != nil {
		t.Fatal(err)
	}
	e := w.stop(o)
	if a := w.answerTo(e); !strings.Contains(a.Refused, "it may have run already") {
		t.Errorf("answer = %+v", a)
	}
	w.api.Wait()
	if w.store.read("reports/"+o.ID+"/end") != nil {
		t.Error("an end was told")
	}
}
