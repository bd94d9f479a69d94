package hoststest

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"slipway/pipelines/task"
	"slipway/runner/hosts"
)

func attachFromTheMiddle(t *testing.T, h *harness) {
	id := h.start(t, "seq 1 5\nsleep 0.3\nseq 6 10\n")
	all := h.attach(t, id, 0)
	all.mustEnd(t, task.Succeeded)
	if len(all.said()) != 10 {
		t.Fatalf("said %q", all.said())
	}
	for since := range all.lines {
		got := h.attach(t, id, int64(since))
		if !sameLines(got.lines, all.lines[since:]) {
			t.Errorf("since %d: got %v, want %v", since, got.lines, all.lines[since:])
		}
	}
}

func attachAfterTheEnd(t *testing.T, h *harness) {
	id := h.start(t, "echo only\n")
	first := h.attach(t, id, 0)
	last := int64(len(first.lines))
	again := h.attach(t, id, last)
	again.mustEnd(t, task.Succeeded)
	if len(again.lines) != 0 {
		t.Errorf("after line %d came %v", last, again.lines)
	}
	r, err := h.Hosts.Ask(h.ctx, h.Target, id)
	if err != nil || r.Phase != task.Ended || r.End == nil || len(r.Lines) != 0 {
		t.Errorf("Ask: got %+v, %v, want the end and no lines", r, err)
	}
}

func twoAttaches(t *testing.T, h *harness) {
	id := h.start(t, "seq 1 50\nsleep 0.5\nseq 51 100\n")
	results := make(chan heard, 2)
	for range 2 {
		go func() {
			got, err := h.listen(h.ctx, id, 0, nil)
			if err != nil {
				t.Errorf("Attach: %v", err)
			}
			results <- got
		}()
	}
	a, b := <-results, <-results
	if !sameLines(a.lines, b.lines) || len(a.said()) != 100 {
		t.Errorf("two readers heard %d and %d lines, of them %d said", len(a.lines), len(b.lines), len(a.said()))
	}
	a.mustEnd(t, task.Succeeded)
	b.mustEnd(t, task.Succeeded)
}

func attachEndsWithContext(t *testing.T, h *harness) {
	id := h.start(t, "echo begun\nsleep 60\n")
	ctx, cancel := context.WithCancel(h.ctx)
	_, err := h.listen(ctx, id, 0, func(heard) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Attach after cancel: got %v, want context.Canceled", err)
	}
	if r, err := h.Hosts.Ask(h.ctx, h.Target, id); err != nil || r.Phase == task.Ended || r.Phase == task.Absent {
		t.Errorf("Ask: got %+v, %v, want the attempt to go on", r, err)
	}
	if err := h.Hosts.Stop(h.ctx, h.Target, id); err != nil {
		t.Fatal(err)
	}
}

func attachEndsWithReader(t *testing.T, h *harness) {
	id := h.start(t, "seq 1 10\n")
	enough := errors.New("enough")
	_, err := h.listen(h.ctx, id, 0, func(heard) error { return enough })
	if !errors.Is(err, enough) {
		t.Errorf("Attach: got %v, want the reader's error", err)
	}
	h.attach(t, id, 0).mustEnd(t, task.Succeeded)
}

func lostConnection(t *testing.T, h *harness) {
	if h.Cut == nil {
		t.Log("this transport has no connection to lose")
		return
	}
	id := h.start(t, "seq 1 20\nsleep 1\nseq 21 40\n")
	heal := func() {}
	first, err := h.listen(h.ctx, id, 0, func(g heard) error {
		if len(g.said()) >= 20 && g.end == nil {
			heal = h.Cut(t)
		}
		return nil
	})
	if !errors.Is(err, hosts.ErrUnreachable) {
		t.Fatalf("Attach over a lost connection: got %v, want ErrUnreachable", err)
	}
	heal()
	rest := h.attach(t, id, int64(len(first.lines)))
	rest.mustEnd(t, task.Succeeded)
	said := append(first.said(), rest.said()...)
	if !slices.Equal(said, numbers(1, 40)) {
		t.Errorf("both together said %q", said)
	}
	h.mustHaveRun(t, id, 1)
}

func anotherClient(t *testing.T, h *harness) {
	if h.Again == nil {
		t.Log("this host lives in one process only")
		return
	}
	o := h.order("seq 1 20\nsleep 1\nseq 21 40\n")
	if err := h.Hosts.Start(h.ctx, h.Target, o); err != nil {
		t.Fatal(err)
	}
	enough := errors.New("enough")
	first, err := h.listen(h.ctx, o.ID, 0, func(g heard) error {
		if len(g.said()) >= 20 {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) {
		t.Fatalf("Attach: %v", err)
	}
	h.Hosts = h.Again(t)
	if err := h.Hosts.Start(h.ctx, h.Target, o); err != nil {
		t.Fatalf("Start by the other client: %v", err)
	}
	rest := h.attach(t, o.ID, int64(len(first.lines)))
	rest.mustEnd(t, task.Succeeded)
	if said := append(first.said(), rest.said()...); !slices.Equal(said, numbers(1, 40)) {
		t.Errorf("both clients together heard %q", said)
	}
	h.mustHaveRun(t, o.ID, 1)
}

func bigOutput(t *testing.T, h *harness) {
	got := h.run(t, "seq 1 30000\n")
	got.mustEnd(t, task.Succeeded)
	if said := got.said(); !slices.Equal(said, numbers(1, 30000)) {
		t.Errorf("heard %d lines of 30000", len(said))
	}
}

// longLine allows a host to break a line that is too long, not to lose a byte.
func longLine(t *testing.T, h *harness) {
	text := strings.Repeat("0123456789abcdef", 12_000)
	got := h.run(t, "echo "+text+"\necho end\n")
	got.mustEnd(t, task.Succeeded)
	if said := strings.Join(got.said(), ""); said != text+"end" {
		t.Errorf("heard %d bytes in %d lines, want %d bytes", len(said), len(got.said()), len(text)+3)
	}
}

func numbers(from, to int) []string {
	var all []string
	for i := from; i <= to; i++ {
		all = append(all, strconv.Itoa(i))
	}
	return all
}

func sameLines(a, b []task.Line) bool {
	return slices.EqualFunc(a, b, func(x, y task.Line) bool {
		return x.Seq == y.Seq && x.Text == y.Text && x.Stream == y.Stream && x.At.Equal(y.At)
	})
}
