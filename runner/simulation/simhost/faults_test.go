package simhost

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/hosts"
)

// one lets one call go as it says, and one errand.
type one struct {
	Calm
	verb   string
	call   Call
	errand *Delivery
}

func (f *one) Call(_, verb string) Call {
	if verb != f.verb {
		return Call{}
	}
	f.verb = ""
	return f.call
}

func (f *one) Errand(target, attempt string) Delivery {
	if f.errand == nil {
		return f.Calm.Errand(target, attempt)
	}
	fate := *f.errand
	f.errand = nil
	return fate
}

// TestCallsGoWrong: what a fault does to the call, and whether the host has it.
func TestCallsGoWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		call     Call
		busy     bool
		lost     bool
		accepted bool
		took     time.Duration
	}{
		"nothing":      {accepted: true},
		"lost before":  {call: Call{Lost: true}, lost: true},
		"lost after":   {call: Call{Muted: true}, lost: true, accepted: true},
		"late":         {call: Call{Wait: time.Hour / 2, Back: time.Hour}, accepted: true, took: 90 * time.Minute},
		"busy":         {call: Call{Busy: true}, busy: true},
		"late and mum": {call: Call{Back: time.Hour, Muted: true}, accepted: true, lost: true, took: time.Hour},
	} {
		w := newWorld()
		h := New(Settings{Env: w.env(), Faults: &one{verb: "start", call: c.call}})
		w.run(t, func() {
			begun := w.now
			err := h.Start(t.Context(), web, script(w, "one", "echo hello\n"))
			_, busy := errors.AsType[*hosts.BusyError](err)
			if errors.Is(err, hosts.ErrUnreachable) != c.lost || busy != c.busy || err != nil && !c.lost && !c.busy {
				t.Errorf("%s: Start = %v", name, err)
			}
			if took := w.now.Sub(begun); took < c.took || took > c.took+time.Second {
				t.Errorf("%s: it took %s, want %s", name, took, c.took)
			}
			r, err := h.Ask(t.Context(), web, "one")
			if err != nil || (r.Phase != task.Absent) != c.accepted {
				t.Errorf("%s: Ask = %+v, %v, want accepted %v", name, r, err, c.accepted)
			}
		})
	}
}

func TestConnectionsBreakInTheMiddle(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]func(h *Hosts){
		"cut":        func(h *Hosts) { h.Cut(web.ID) },
		"power loss": func(h *Hosts) { h.PowerLoss(web.ID, time.Minute) },
		"dropped":    func(*Hosts) {},
	} {
		w := newWorld()
		f := &one{verb: "attach", call: Call{Drop: 2}}
		if name != "dropped" {
			f.verb = ""
		}
		h := New(Settings{Env: w.env(), Faults: f})
		w.run(t, func() {
			if err := h.Start(t.Context(), web, script(w, "one", "echo a\nsleep 10\necho b\nsleep 10\necho c\n")); err != nil {
				t.Error(err)
			}
			w.Go(func() {
				w.Sleep(context.Background(), 5*time.Second)
				trouble(h)
			})
			err := h.Attach(t.Context(), web, "one", 0, func(task.Report) error { return nil })
			if !errors.Is(err, hosts.ErrUnreachable) {
				t.Errorf("%s: Attach = %v", name, err)
			}
			if _, err := h.Ask(t.Context(), web, "one"); (err == nil) != (name == "dropped") {
				t.Errorf("%s: Ask = %v", name, err)
			}
			w.Sleep(context.Background(), 2*time.Minute)
			h.Heal(web.ID)
			want := task.Succeeded
			if name == "power loss" {
				want = task.Unknown
			}
			if r, err := h.Ask(t.Context(), web, "one"); err != nil || r.End == nil || r.End.Outcome != want {
				t.Errorf("%s: Ask later = %+v, %v", name, r, err)
			}
		})
	}
}

func TestErrandsGoWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fate Delivery
		lost bool // Dispatch says that it was not taken
		ends bool
		told []Kind
	}{
		"nothing":     {fate: Delivery{Arrives: []time.Duration{0}}, ends: true},
		"twice":       {fate: Delivery{Arrives: []time.Duration{time.Second, time.Minute}}, ends: true},
		"late":        {fate: Delivery{Arrives: []time.Duration{50 * time.Minute}}, ends: true},
		"throttled":   {fate: Delivery{Throttled: true}, lost: true},
		"no answer":   {fate: Delivery{Muted: true, Arrives: []time.Duration{0}}, lost: true, ends: true},
		"undelivered": {told: []Kind{Undelivered}},
	} {
		w := newWorld()
		posted, told := map[string]string{}, []Kind(nil)
		h := New(Settings{
			Env: w.env(), Faults: &one{errand: &c.fate},
			Post: func(_ context.Context, form task.Form, name string, body []byte) error {
				posted[form.Prefix+name] = string(body)
				return nil
			},
			Ended: func(e Ended) { told = append(told, e.Kind) },
		})
		w.run(t, func() {
			x := &trial{world: w}
			err := Courier{h}.Dispatch(t.Context(), web, x.errand(script(w, "one", "echo hello\n"), 1))
			if errors.Is(err, hosts.ErrUnreachable) != c.lost || err != nil && !c.lost {
				t.Errorf("%s: Dispatch = %v", name, err)
			}
		})
		if ended := strings.Contains(posted["reports/one/end"], "succeeded"); ended != c.ends || h.Ran("one") > 1 || !reflect.DeepEqual(told, c.told) {
			t.Errorf("%s: posted %q, told %v, ran %d times", name, posted, told, h.Ran("one"))
		}
	}
}

// TestReportsWaitUntilTheyCanCome: a reporter goes on while nothing gets through,
// and ends when it is refused.
func TestReportsWaitUntilTheyCanCome(t *testing.T) {
	t.Parallel()
	w := newWorld()
	tries := 0
	h := New(Settings{Env: w.env(), Post: func(_ context.Context, form task.Form, _ string, _ []byte) error {
		if tries++; tries < 10 {
			return errors.New("no way out")
		}
		return ErrOver
	}})
	w.run(t, func() {
		x := &trial{world: w}
		if err := (Courier{h}).Dispatch(t.Context(), web, x.errand(script(w, "one", "echo hello\n"), 1)); err != nil {
			t.Error(err)
		}
	})
	if tries != 10 {
		t.Errorf("%d tries", tries)
	}
}

// TestTheSameTroubleIsTheSameRun compares all steps of two runs.
func TestTheSameTroubleIsTheSameRun(t *testing.T) {
	t.Parallel()
	for _, s := range all() {
		var traces [2][]Step
		for i := range traces {
			x := newTrial(s, map[int]Fate{20: noPower, 45: killed}, lossy(false)["chance"]())
			x.run(t, func() { s.do(x) })
			traces[i] = x.faults.trace
		}
		if !reflect.DeepEqual(traces[0], traces[1]) {
			t.Errorf("%s: two runs of %d and %d steps differ", s.name, len(traces[0]), len(traces[1]))
		}
	}
}
