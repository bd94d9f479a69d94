package simhost

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/hosts"
)

var web = hosts.Target{ID: "web-1", Name: "Web 1"}

// script is an order that runs a script on web.
func script(w *world, id, body string) task.Order {
	settings, err := json.Marshal(task.Script{Syntax: "bash", Body: body})
	if err != nil {
		panic(err)
	}
	return task.Order{
		Format: task.Format, ID: id, Deployment: "Deployments-1", Project: "Quotes", Environment: "Test", Release: "1.0.7", Step: "Deploy",
		Target: web.ID, Created: w.now, Expires: w.now.Add(time.Hour), Work: task.Work{Kind: task.KindScript, Settings: settings},
	}
}

// follow attaches until the attempt has ended, over as many connections as it takes.
func follow(ctx context.Context, w *world, h *Hosts, id string) (lines []string, end *task.End, err error) {
	for last := int64(0); ; {
		err := h.Attach(ctx, web, id, last, func(r task.Report) error {
			for _, line := range r.Lines {
				lines, last = append(lines, line.Text), line.Seq
			}
			if r.Phase == task.Absent {
				return errors.New("absent")
			}
			end = r.End
			return nil
		})
		if end != nil || err != nil && !errors.Is(err, hosts.ErrUnreachable) {
			return lines, end, err
		}
		w.Sleep(ctx, time.Second)
	}
}

func TestALongPayloadTakesTimeAndFewLooks(t *testing.T) {
	t.Parallel()
	w := newWorld()
	h := New(Settings{Env: w.env()})
	w.run(t, func() {
		begun := w.now
		o := script(w, "one", "echo before\nsleep 24h\necho after\nset_octopusvariable Answer 42\n")
		o.Expires = time.Time{}
		if err := h.Start(t.Context(), web, o); err != nil {
			t.Error(err)
		}
		lines, end, err := follow(t.Context(), w, h, "one")
		if err != nil || fmt.Sprint(lines) != "[before after]" || end.Outcome != task.Succeeded || end.Outputs["Answer"] != "42" {
			t.Errorf("heard %q, %+v, %v", lines, end, err)
		}
		if took := w.now.Sub(begun); took < 24*time.Hour || took > 24*time.Hour+time.Minute {
			t.Errorf("it took %s", took)
		}
	})
	if w.turns > 5000 {
		t.Errorf("it took %d turns", w.turns)
	}
	if all := h.Payloads(); len(all) != 1 || all[0].Ended.Sub(all[0].Began) != 24*time.Hour {
		t.Errorf("seen: %+v", all)
	}
}

func TestPowerLossInTheMiddleIsUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld()
	h := New(Settings{Env: w.env()})
	w.run(t, func() {
		if err := h.Start(t.Context(), web, script(w, "one", "echo before\nsleep 10\ndie\n")); err != nil {
			t.Error(err)
		}
		_, end, err := follow(t.Context(), w, h, "one")
		if err != nil || end.Outcome != task.Unknown {
			t.Errorf("end %+v, %v", end, err)
		}
		if err := h.Start(t.Context(), web, script(w, "two", "echo again\n")); err != nil {
			t.Errorf("the next order: %v", err)
		}
		if _, end, err := follow(t.Context(), w, h, "two"); err != nil || end.Outcome != task.Succeeded {
			t.Errorf("the next: %+v, %v", end, err)
		}
	})
	if h.Ran("one") != 1 || h.Ran("two") != 1 {
		t.Errorf("payloads: %+v", h.Payloads())
	}
}

// TestWhatIsStoppedUnseenBeginsNoMore stops an attempt of which the host has never
// heard, loses power, and sends its order late.
func TestWhatIsStoppedUnseenBeginsNoMore(t *testing.T) {
	t.Parallel()
	w := newWorld()
	h := New(Settings{Env: w.env()})
	w.run(t, func() {
		if err := h.Stop(t.Context(), web, "late"); err != nil {
			t.Error(err)
		}
		if r, err := h.Ask(t.Context(), web, "late"); err != nil || r.Phase != task.Absent {
			t.Errorf("Ask after Stop: got %+v, %v, want absent", r, err)
		}
		h.PowerLoss(web.ID, time.Second)
		w.Sleep(t.Context(), time.Minute)
		if err := h.Start(t.Context(), web, script(w, "late", "echo hello\n")); err != nil {
			t.Error(err)
		}
		_, end, err := follow(t.Context(), w, h, "late")
		if err != nil || end == nil || end.Outcome != task.Cancelled || h.Ran("late") != 0 {
			t.Errorf("the late order ended with %+v, %v, and ran %d times; want cancelled, and never", end, err, h.Ran("late"))
		}
	})
}
