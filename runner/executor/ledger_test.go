package executor

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/ledger"
)

func processOf(path string) (p ledger.Process) {
	b, _ := os.ReadFile(path)
	json.Unmarshal(b, &p)
	return p
}

func count(t *testing.T, path string) int {
	t.Helper()
	b, _ := os.ReadFile(path)
	return strings.Count(string(b), "\n")
}

func TestStartsAtTheSameTime(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	mark := filepath.Join(h.home, "mark")
	var busy sync.WaitGroup
	answers := make([]Started, 16)
	for i := range answers {
		o := stepsOrder(t, "attempt-"+strconv.Itoa(i%4), "mark "+mark, "sleep 60s")
		busy.Go(func() {
			out, words, code := h.call(orderText(t, o), "start")
			if code != 0 {
				t.Errorf("start = exit %d %s", code, words)
			}
			json.Unmarshal([]byte(out), &answers[i])
		})
	}
	busy.Wait()
	winner := ""
	for _, a := range answers {
		if a.Started != "" {
			winner = a.Started
		}
	}
	// On Windows no lock is inherited, so one that lost it again may be named.
	named := func(busy string) bool { return busy == winner || runtime.GOOS == "windows" }
	for i, a := range answers {
		if want := "attempt-" + strconv.Itoa(i%4); a.Started != "" && a.Started != want || a.Busy != "" && !named(a.Busy) || a.Busy == want || a == (Started{}) {
			t.Errorf("start of %s = %+v, where %s has the target", want, a, winner)
		}
	}
	eventually(t, "the payload runs", func() bool { return count(t, mark) > 0 })
	h.call(nil, "stop", winner)
	if n := count(t, mark); n != 1 {
		t.Errorf("payloads ran %d times, want once", n)
	}
}

func TestOrderWhoseStartWasKilledIsRunByTheNextCall(t *testing.T) {
	t.Parallel()
	for _, next := range []string{"start", "attach"} {
		t.Run(next, func(t *testing.T) {
			t.Parallel()
			h := newHost(t)
			l, err := ledger.Open(h.root())
			if err != nil {
				t.Fatal(err)
			}
			o := stepsOrder(t, "one", "say run")
			if _, err := l.Accept(o); err != nil {
				t.Fatal(err)
			}
			var r task.Report
			if h.ask(&r, nil, "ask", "one"); r.Phase != task.Waiting {
				t.Fatalf("ask = %+v, want waiting", r)
			}
			if next == "start" {
				h.start(o)
			}
			if lines, last := h.follow("one"); last.End.Outcome != task.Succeeded || texts(lines, task.Stdout) != "run\n" {
				t.Errorf("after %s: %+v %v", next, last.End, lines)
			}
		})
	}
}

func TestStopOfAnOrderThatNobodyRuns(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	l, err := ledger.Open(h.root())
	if err != nil {
		t.Fatal(err)
	}
	o := stepsOrder(t, "one", "mark "+filepath.Join(h.home, "ran"))
	if _, err := l.Accept(o); err != nil {
		t.Fatal(err)
	}
	var r task.Report
	if h.ask(&r, nil, "stop", "one"); r.End == nil || r.End.Outcome != task.Cancelled {
		t.Errorf("stop = %+v, want cancelled", r)
	}
	h.start(o)
	if _, err := os.Stat(filepath.Join(h.home, "ran")); err == nil {
		t.Error("the payload ran after the stop")
	}
}

func TestKilledInTheMiddleIsUnknownAndNotRepeated(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	mark := filepath.Join(h.home, "mark")
	o := stepsOrder(t, "one", "mark "+mark, "say said", "sleep 60s")
	h.start(o)
	eventually(t, "payload runs", func() bool { return count(t, mark) == 1 })
	kill(processOf(h.root("attempts", "one", "started")).PID)
	_, last := h.follow("one")
	if last.End.Outcome != task.Unknown || !strings.Contains(last.End.Message, "running the script") {
		t.Errorf("end = %+v, want unknown and what was going on", last.End)
	}
	if s := h.start(o); s.Started != "one" {
		t.Errorf("start again = %+v", s)
	}
	if _, again := h.follow("one"); !again.End.At.Equal(last.End.At) || count(t, mark) != 1 {
		t.Errorf("after a second start: %+v, payload ran %d times", again.End, count(t, mark))
	}
	if _, end := h.run(stepsOrder(t, "two")); end.Outcome != task.Succeeded {
		t.Errorf("next attempt = %+v, want the target free", end)
	}
}

// TestNextOrderNeedNotWait starts an order at the very moment the one before
// has ended.
func TestNextOrderNeedNotWait(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	for i := range times(30) {
		if _, end := h.run(stepsOrder(t, fmt.Sprintf("attempt-%d", i))); end.Outcome != task.Succeeded {
			t.Errorf("attempt %d = %+v", i, end)
		}
	}
}

// TestAtMostOnceUnderKills kills the calling and the detached process at random
// moments. Whatever happens, the payload's line is written at most once, and
// exactly once where the ledger says that it succeeded.
func TestAtMostOnceUnderKills(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	outcomes := map[task.Outcome]int{}
	for i := range times(30) {
		id := fmt.Sprintf("attempt-%d", i)
		mark := filepath.Join(h.home, id)
		o := stepsOrder(t, id, "mark "+mark, "sleep "+pace(20*time.Millisecond).String(), "say done")
		for range 3 {
			start := h.command(orderText(t, o), "start")
			if err := start.Start(); err != nil {
				t.Fatal(err)
			}
			if runtime.GOOS != "windows" { // Wine never ends a process whose maker was killed while making it
				time.Sleep(time.Duration(rand.IntN(40)) * time.Millisecond)
				start.Process.Kill()
			}
			start.Wait()
			if p := processOf(h.root("attempts", id, "started")); ledger.System().Alive(p) && rand.IntN(2) == 0 {
				time.Sleep(pace(time.Duration(rand.IntN(30)) * time.Millisecond))
				kill(p.PID)
			}
		}
		h.start(o)
		_, last := h.follow(id)
		outcomes[last.End.Outcome]++
		n := count(t, mark)
		if n > 1 || last.End.Outcome == task.Succeeded && n != 1 {
			t.Errorf("%s ended %s (%s) and ran %d times", id, last.End.Outcome, last.End.Message, n)
		}
	}
	t.Logf("outcomes: %v", outcomes)
	if runtime.GOOS != "windows" && (outcomes[task.Succeeded] == 0 || outcomes[task.Unknown] == 0) { // too few to tell
		t.Errorf("outcomes = %v: the kills did not fall in the middle", outcomes)
	}
}

func TestAttachGoesOnAfterKills(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	const total = 400
	h.start(stepsOrder(t, "one", slices.Repeat([]string{"say line", "sleep 2ms"}, total)...))
	var got []task.Line
	cuts := 0
	for {
		var since int64
		if len(got) > 0 {
			since = got[len(got)-1].Seq
		}
		attach := h.command(nil, "attach", "one", strconv.FormatInt(since, 10))
		var out bytes.Buffer
		attach.Stdout = &out
		if err := attach.Start(); err != nil {
			t.Fatal(err)
		}
		kill := time.AfterFunc(time.Duration(50+rand.IntN(150))*time.Millisecond, func() { attach.Process.Kill() })
		attach.Wait()
		cut := !kill.Stop()
		ended := false
		for text := range strings.Lines(out.String()) {
			var r task.Report
			if json.Unmarshal([]byte(text), &r) != nil {
				continue // cut off in the middle
			}
			got = append(got, r.Lines...)
			ended = r.Phase == task.Ended
		}
		if ended {
			break
		}
		if !cut {
			t.Fatalf("attach ended by itself after %q", out.String())
		}
		cuts++
	}
	for i, line := range got {
		if line.Seq != int64(i+1) {
			t.Fatalf("line %d has seq %d", i+1, line.Seq)
		}
	}
	if out := texts(got, task.Stdout); strings.Count(out, "\n") != total || cuts == 0 {
		t.Errorf("%d lines over %d cuts, want %d", strings.Count(out, "\n"), cuts, total)
	}
}

func TestAttachEndsWithItsListener(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	h.start(stepsOrder(t, "one", "sleep 30s"))
	attach := h.command(nil, "attach", "one", "0")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	attach.Stdout = w
	if err := attach.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	r.Read(make([]byte, 1))
	r.Close()
	done := make(chan error, 1)
	go func() { done <- attach.Wait() }()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		attach.Process.Kill()
		t.Error("attach goes on although nobody listens")
	}
}

// TestMuchOutput checks that memory does not grow with what a script prints.
func TestMuchOutput(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	const megabytes = 100
	peak := filepath.Join(h.home, "peak")
	h.start(scriptOrder(t, "one", fmt.Sprintf(`yes "$(head -c 999 /dev/zero | tr '\0' x)" | head -c %d000000
head -c 100000 /dev/zero | tr '\0' y; printf '\xff\xfe\n'; grep VmHWM /proc/$PPID/status > %s`, megabytes, peak)))
	attach := h.command(nil, "attach", "one", "0")
	var sum counter
	attach.Stdout = &sum
	if err := attach.Run(); err != nil {
		t.Fatal(err)
	}
	if sum.bytes < megabytes*1000*1000 {
		t.Errorf("%d bytes came through, want more than %d MB", sum.bytes, megabytes)
	}
	text, _ := os.ReadFile(peak)
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		t.Fatalf("peak = %q", text)
	}
	kb, _ := strconv.Atoi(fields[1])
	t.Logf("peak of the run process: %d kB, %d lines", kb, sum.lines)
	if kb > 80<<10 { // of 100 MB that went through
		t.Errorf("the run process needed %d kB", kb)
	}
}

// counter reads reports without keeping them.
type counter struct{ bytes, lines int }

func (c *counter) Write(b []byte) (int, error) {
	c.bytes += len(b)
	c.lines += bytes.Count(b, []byte(`{"seq":`))
	return len(b), nil
}

func TestAnAttemptThatWasGivenUpRunsNoMore(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	ran := filepath.Join(h.home, "ran")
	for _, o := range []struct{ id, wants string }{
		{"Deployments-1-x.t1.10", "cancelled"}, // 11 has come, as a number and not as a text
		{"Deployments-1-x.t1.12", "succeeded"},
		{"Deployments-1-x.t2.1", "succeeded"},
		{"Deployments-1-x.t11.2", "succeeded"},
	} {
		if o.id == "Deployments-1-x.t1.10" {
			h.run(stepsOrder(t, "Deployments-1-x.t1.11"))
		}
		_, end := h.run(stepsOrder(t, o.id, "mark "+ran+o.id))
		_, err := os.Stat(ran + o.id)
		if got := string(end.Outcome); !strings.EqualFold(got, o.wants) || (err == nil) != (o.wants == "succeeded") {
			t.Errorf("%s: %s (%s), want %s", o.id, got, end.Message, o.wants)
		}
	}
}
