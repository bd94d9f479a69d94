package schedulertimers

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"slipway/runner/awscalls"
	"slipway/runner/timers"
	"slipway/runner/timerstest"
	"slipway/test/emulators/scheduler"
	"slipway/test/emulators/wire"
)

func config(t *testing.T, h http.Handler) aws.Config {
	t.Helper()
	account, err := awscalls.Open(func(name string) (string, bool) {
		v, ok := map[string]string{"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}[name]
		return v, ok
	})
	if err != nil {
		t.Fatal(err)
	}
	c := account.For("SCHEDULER")
	c.HTTPClient = wire.Direct{Handler: h}
	return c
}

const target = "arn:aws:lambda:eu-central-1:123456789012:function:slipway-runner"

// world is Scheduler and the function it calls, which may be there or not.
type world struct {
	server *scheduler.Server
	timers *Timers

	mu    sync.Mutex
	ring  timers.Ring // nil: no function
	ctx   context.Context
	rings sync.WaitGroup
	lost  []error
}

func newWorld(t *testing.T) *world {
	w := &world{}
	w.server = scheduler.New(scheduler.Options{Groups: []string{"slipway"}, Invoke: w.invoke})
	w.timers = New(config(t, w.server), Settings{Group: "slipway", RoleARN: "arn:aws:iam::123456789012:role/ring", TargetARN: target, Now: time.Now})
	return w
}

// invoke takes an event as Lambda does: the call is done before the function is.
func (w *world) invoke(_ context.Context, in scheduler.Invocation) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ring == nil {
		return errors.New("there is no function")
	}
	if in.TargetARN != target {
		return errors.New("another function")
	}
	ctx, ring := w.ctx, w.ring
	w.rings.Go(func() {
		if err := w.timers.Ring(ctx, in.Input, ring); err != nil {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.lost = append(w.lost, err)
		}
	})
	return nil
}

func (w *world) start(t *testing.T, ring timers.Ring) (timers.Timers, func()) {
	ctx, cancel := context.WithCancel(t.Context())
	w.mu.Lock()
	w.ctx, w.ring = ctx, ring
	w.mu.Unlock()
	return w.timers, func() {
		w.mu.Lock()
		w.ring = nil
		w.mu.Unlock()
		cancel()
		w.rings.Wait()
	}
}

func inBubble(t *testing.T, check func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.server.Close()
		check(t, w)
		if len(w.lost) > 0 {
			t.Errorf("events that the function gave back: %v", w.lost)
		}
	})
}

func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestTimers(t *testing.T) {
	t.Parallel()
	timerstest.Run(t, func(t *testing.T, check func(*testing.T, timerstest.World)) {
		inBubble(t, func(t *testing.T, w *world) {
			check(t, timerstest.World{Now: time.Now, Start: w.start, Pass: pass})
		})
	})
}

func nothing(context.Context, string, []byte) error { return nil }

func TestAnEntryIsGoneOnceItHasRung(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *world) {
		tm, stop := w.start(t, nothing)
		defer stop()
		at := time.Now().Add(90*time.Minute + time.Millisecond)
		if err := tm.Set(t.Context(), "Deployments-1/deadline", at, []byte("p")); err != nil {
			t.Fatal(err)
		}
		all := w.server.Schedules()
		if len(all) != 1 {
			t.Fatalf("%d entries, want 1", len(all))
		}
		got := all[0]
		if got.Expression != "at(2000-01-01T01:30:01)" || !got.DeleteAfterwards || got.MaximumAge != 24*time.Hour || got.Group != "slipway" {
			t.Errorf("entry %+v, want one for the second after, that is deleted", got)
		}
		if want := `{"slipway":"timer","id":"Deployments-1/deadline","payload":"cA=="}`; string(got.Input) != want {
			t.Errorf("input %s, want %s", got.Input, want)
		}
		if !strings.HasPrefix(got.Name, "Deployments-1-deadline.") || len(got.Name) > 64 {
			t.Errorf("name %q, want one that can be read", got.Name)
		}
		pass(2 * time.Hour)
		if all := w.server.Schedules(); len(all) != 0 {
			t.Errorf("it has rung and is still there: %+v", all)
		}
	})
}

// Scheduler fills in words of its own; none of ours may be taken for one.
func TestNothingIsFilledIn(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *world) {
		const word = "<aws.scheduler.execution-id>"
		var got string
		tm, stop := w.start(t, func(_ context.Context, id string, payload []byte) error { got = id + string(payload); return nil })
		defer stop()
		if err := tm.Set(t.Context(), word, time.Now(), []byte(word)); err != nil {
			t.Fatal(err)
		}
		pass(5 * time.Minute)
		if got != word+word {
			t.Errorf("rang with %q, want %q", got, word+word)
		}
	})
}

func TestNames(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, id := range []string{"a", "A", "a/b", "a-b", "ü", strings.Repeat("x", 512), strings.Repeat("x", 511) + "y", "a.b", "日本語日本語日本語日本語日本語日本語日本語日本語日本語"} {
		n := name(id)
		if other, twice := seen[n]; twice {
			t.Errorf("%q and %q are both %s", id, other, n)
		}
		seen[n] = id
		if len(n) > 64 || strings.Trim(n, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.") != "" {
			t.Errorf("name of %q is %q, which Scheduler refuses", id, n)
		}
	}
}

func TestThrottlingIsWaitedOut(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *world) {
		tm, stop := w.start(t, nothing)
		defer stop()
		refused := 0
		w.server.Before(func(string, string) *wire.Refusal {
			if refused++; refused%3 != 0 {
				return wire.Throttled()
			}
			return nil
		})
		for range 2 { // made, then changed
			if err := tm.Set(t.Context(), "a", time.Now().Add(time.Hour), nil); err != nil {
				t.Errorf("Set while throttled: %v", err)
			}
		}
		if err := tm.Cancel(t.Context(), "a"); err != nil {
			t.Errorf("Cancel while throttled: %v", err)
		}
		if n := len(w.server.Schedules()); n != 0 || refused < 9 {
			t.Errorf("%d entries after %d calls, want 0 after some refusals", n, refused)
		}
	})
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *world) {
		tm, stop := w.start(t, nothing)
		defer stop()
		w.server.Before(func(operation, resource string) *wire.Refusal { return wire.Denied("scheduler:"+operation, resource) })
		err := tm.Set(t.Context(), "a", time.Now(), nil)
		denied, ok := errors.AsType[*awscalls.DeniedError](err)
		if !ok || denied.Action != "scheduler:CreateSchedule" {
			t.Errorf("Set without the permission: %v, want it to be named", err)
		}
		w.server.Before(nil)
		w.timers.settings.Group = "no-such-group"
		if err := tm.Set(t.Context(), "a", time.Now(), nil); err == nil || !strings.Contains(err.Error(), "no-such-group") {
			t.Errorf("Set in a group that is not there: %v, want it to be named", err)
		}
	})
}

// A clock behind AWS's makes "now" a time that has passed there.
func TestAClockThatIsBehind(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *world) {
		w.timers.settings.Now = func() time.Time { return time.Now().Add(-time.Minute) }
		var rang sync.WaitGroup
		rang.Add(1)
		tm, stop := w.start(t, func(context.Context, string, []byte) error { rang.Done(); return nil })
		defer stop()
		if err := tm.Set(t.Context(), "a", time.Now().Add(-time.Hour), nil); err != nil {
			t.Fatal(err)
		}
		rang.Wait()
	})
}

// An entry may ring between two calls of a Set.
func TestSetMeetsARing(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *world) {
		tm, stop := w.start(t, nothing)
		defer stop()
		if err := tm.Set(t.Context(), "a", time.Now().Add(time.Hour), []byte("old")); err != nil {
			t.Fatal(err)
		}
		w.server.Before(func(operation, _ string) *wire.Refusal {
			if operation == "UpdateSchedule" {
				w.server.Before(nil)
				w.server.FireNow(func(scheduler.Schedule) bool { return true })
				pass(time.Second)
			}
			return nil
		})
		if err := tm.Set(t.Context(), "a", time.Now().Add(2*time.Hour), []byte("new")); err != nil {
			t.Fatal(err)
		}
		if all := w.server.Schedules(); len(all) != 1 || !strings.Contains(string(all[0].Input), "bmV3") {
			t.Errorf("entries %+v, want the new one", all)
		}
	})
}

func TestWhatCannotBeWrittenDownGoesBackToLambda(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.server.Close()
		w.server.Before(func(operation, resource string) *wire.Refusal { return wire.Denied("scheduler:"+operation, resource) })
		busy := errors.New("the table is busy")
		fail := func(context.Context, string, []byte) error { return busy }
		if err := w.timers.Ring(t.Context(), []byte(`{"slipway":"timer","id":"a","payload":""}`), fail); !errors.Is(err, busy) {
			t.Errorf("Ring = %v, want both errors", err)
		}
		for _, event := range []string{"", "{}", `{"slipway":"look","id":"a"}`, `{"slipway":"timer"}`} {
			if err := w.timers.Ring(t.Context(), []byte(event), nothing); err == nil {
				t.Errorf("Ring took the event %s", event)
			}
		}
	})
}
