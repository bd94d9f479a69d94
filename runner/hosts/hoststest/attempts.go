package hoststest

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/hosts"
)

func linesAndOutputs(t *testing.T, h *harness) {
	got := h.run(t, "echo one\necho two >&2\nsleep 0.2\necho 'three  and four'\nset_octopusvariable \"Greeting\" \"hello\"\n")
	got.mustEnd(t, task.Succeeded)
	if out := got.on(task.Stdout); !slices.Equal(out, []string{"one", "three  and four"}) {
		t.Errorf("stdout: got %q", out)
	}
	if err := got.on(task.Stderr); !slices.Equal(err, []string{"two"}) {
		t.Errorf("stderr: got %q", err)
	}
	if got.end.Outputs["Greeting"] != "hello" {
		t.Errorf("outputs: got %v", got.end.Outputs)
	}
	for i, line := range got.lines {
		if line.At.IsZero() || i > 0 && line.At.Before(got.lines[i-1].At) {
			t.Errorf("line %d has the time %s", line.Seq, line.At)
		}
	}
}

func failingScript(t *testing.T, h *harness) {
	got := h.run(t, "echo before\nexit 3\necho after\n")
	got.mustEnd(t, task.Failed)
	if got.end.ExitCode != 3 || got.end.Message == "" {
		t.Errorf("end: got %+v, want exit code 3 and a message", got.end)
	}
	if said := got.said(); !slices.Equal(said, []string{"before"}) {
		t.Errorf("said %q", said)
	}
}

func sameOrderTwice(t *testing.T, h *harness) {
	o := h.order("echo once\n")
	for range 2 {
		if err := h.Hosts.Start(h.ctx, h.Target, o); err != nil {
			t.Fatal(err)
		}
	}
	h.attach(t, o.ID, 0).mustEnd(t, task.Succeeded)
	if err := h.Hosts.Start(h.ctx, h.Target, o); err != nil {
		t.Fatalf("Start after the end: %v", err)
	}
	got := h.attach(t, o.ID, 0)
	if said := got.said(); !slices.Equal(said, []string{"once"}) {
		t.Errorf("said %q", said)
	}
	h.mustHaveRun(t, o.ID, 1)
}

func sameOrderAtOnce(t *testing.T, h *harness) {
	o := h.order("sleep 0.3\necho once\n")
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			if err := h.Hosts.Start(h.ctx, h.Target, o); err != nil {
				t.Errorf("Start: %v", err)
			}
		})
	}
	all.Wait()
	h.attach(t, o.ID, 0).mustEnd(t, task.Succeeded)
	h.mustHaveRun(t, o.ID, 1)
}

// Whoever starts attempts uses one list again and again: what it says later is
// said to nobody.
func variablesAreTheCallers(t *testing.T, h *harness) {
	o := h.order("sleep 0.2\necho #{Greeting}\n")
	o.Variables = []task.Variable{{Name: "Greeting", Value: "hello"}}
	if err := h.Hosts.Start(h.ctx, h.Target, o); err != nil {
		t.Fatal(err)
	}
	o.Variables[0] = task.Variable{Name: "Other", Value: "of another order"}
	got := h.attach(t, o.ID, 0)
	got.mustEnd(t, task.Succeeded)
	if said := got.said(); !slices.Equal(said, []string{"hello"}) {
		t.Errorf("said %q, want what the list said when the attempt was started", said)
	}
}

func busyTarget(t *testing.T, h *harness) {
	first := h.start(t, "sleep 60\n")
	second := h.order("echo second\n")
	for range 2 {
		err := h.Hosts.Start(h.ctx, h.Target, second)
		busy, ok := errors.AsType[*hosts.BusyError](err)
		if !ok {
			t.Fatalf("Start of a second order: got %v, want a BusyError", err)
		}
		if busy.Attempt != first {
			t.Errorf("busy with %q, want %q", busy.Attempt, first)
		}
	}
	h.mustHaveRun(t, second.ID, 0)
	if err := h.Hosts.Stop(h.ctx, h.Target, first); err != nil {
		t.Fatal(err)
	}
	h.attach(t, first, 0).mustEnd(t, task.Cancelled)
	if err := h.Hosts.Start(h.ctx, h.Target, second); err != nil {
		t.Fatalf("Start once the first has ended: %v", err)
	}
	h.attach(t, second.ID, 0).mustEnd(t, task.Succeeded)
	h.mustHaveRun(t, second.ID, 1)
}

func absentAttempt(t *testing.T, h *harness) {
	const id = "never-seen"
	if r, err := h.Hosts.Ask(h.ctx, h.Target, id); err != nil || r.Phase != task.Absent {
		t.Errorf("Ask: got %+v, %v, want absent", r, err)
	}
	got, err := h.listen(h.ctx, id, 0, nil)
	if err != nil || got.last != task.Absent {
		t.Errorf("Attach: got %+v, %v, want absent", got, err)
	}
	if err := h.Hosts.Stop(h.ctx, h.Target, id); err != nil {
		t.Errorf("Stop: %v", err)
	}
	if r, err := h.Hosts.Ask(h.ctx, h.Target, id); err != nil || r.Phase != task.Absent {
		t.Errorf("Ask after Stop: got %+v, %v, want absent", r, err)
	}
}

func stopRunning(t *testing.T, h *harness) {
	id := h.start(t, "echo begun\nsleep 60\necho never\n")
	begun := time.Now()
	got, err := h.listen(h.ctx, id, 0, func(g heard) error {
		if slices.Contains(g.said(), "begun") && g.end == nil {
			return h.Hosts.Stop(h.ctx, h.Target, id)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	got.mustEnd(t, task.Cancelled)
	if took := time.Since(begun); took > 30*time.Second {
		t.Errorf("stopping took %s", took)
	}
	if said := got.said(); !slices.Equal(said, []string{"begun"}) {
		t.Errorf("said %q", said)
	}
	if err := h.Hosts.Stop(h.ctx, h.Target, id); err != nil {
		t.Errorf("second Stop: %v", err)
	}
	if r, err := h.Hosts.Ask(h.ctx, h.Target, id); err != nil || r.Phase != task.Ended || r.End.Outcome != task.Cancelled {
		t.Errorf("Ask after Stop: got %+v, %v", r, err)
	}
	h.mustHaveRun(t, id, 1)
}

func stopAfterEnd(t *testing.T, h *harness) {
	id := h.start(t, "echo done\n")
	h.attach(t, id, 0).mustEnd(t, task.Succeeded)
	if err := h.Hosts.Stop(h.ctx, h.Target, id); err != nil {
		t.Fatal(err)
	}
	h.attach(t, id, 0).mustEnd(t, task.Succeeded)
}

// expiredOrder is taken, so that its end can be read like any other.
func expiredOrder(t *testing.T, h *harness) {
	o := h.order("echo late\n")
	o.Expires = time.Now().Add(-time.Minute)
	if err := h.Hosts.Start(h.ctx, h.Target, o); err != nil {
		t.Fatalf("Start: %v", err)
	}
	got := h.attach(t, o.ID, 0)
	got.mustEnd(t, task.Failed)
	if got.end.Message == "" || len(got.said()) > 0 {
		t.Errorf("ended with %+v and said %q", got.end, got.said())
	}
	h.mustHaveRun(t, o.ID, 0)
}
