// Package hoststest is the suite every adapter of runner/hosts passes.
//
// It tests the promises of the contract, not what an adapter does beyond them.
// Its scripts are written in the few commands that bash and the pretend hosts
// share (echo, seq, sleep, exit, set_octopusvariable), so one suite fits both.
package hoststest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/hosts"
)

// Fixture is one fresh host as the suite needs it.
type Fixture struct {
	Hosts  hosts.Hosts
	Target hosts.Target

	// Payload adds to a script what makes its runs countable; nil leaves it.
	Payload func(attempt, script string) string
	// Payloads counts how often the payload of an attempt ran.
	Payloads func(t *testing.T, attempt string) int
	// Again is another client of the same host, as after a restart of ours;
	// nil if there can be none.
	Again func(t *testing.T) hosts.Hosts
	// Cut breaks every connection to the host; what it returns lets new ones
	// through. nil if the transport has no connection.
	Cut func(t *testing.T) (heal func())
}

// patience is how long a test waits for something that should come at once.
const patience = time.Minute

// Run tries everything the contract promises against fresh fixtures.
func Run(t *testing.T, fresh func(t *testing.T) Fixture) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, h *harness)
	}{
		{"facts", facts},
		{"packages", packages},
		{"wrong package is not kept", wrongPackage},
		{"lines, streams and outputs", linesAndOutputs},
		{"failing script", failingScript},
		{"same order twice is one payload", sameOrderTwice},
		{"same order from many at once is one payload", sameOrderAtOnce},
		{"the list of variables is the caller's again", variablesAreTheCallers},
		{"busy target", busyTarget},
		{"attach from the middle", attachFromTheMiddle},
		{"attach after the end", attachAfterTheEnd},
		{"two attaches at once", twoAttaches},
		{"attach ends with its context", attachEndsWithContext},
		{"attach ends with its reader", attachEndsWithReader},
		{"absent attempt", absentAttempt},
		{"stop", stopRunning},
		{"stop after the end changes nothing", stopAfterEnd},
		{"lost connection", lostConnection},
		{"another client goes on", anotherClient},
		{"big output", bigOutput},
		{"long line", longLine},
		{"expired order", expiredOrder},
		{"unsafe names", unsafeNames},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.test(t, newHarness(t, fresh(t)))
		})
	}
}

// harness is a fixture with the calls the tests repeat.
type harness struct {
	Fixture
	ctx context.Context
}

func newHarness(t *testing.T, f Fixture) *harness {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	h := &harness{Fixture: f, ctx: ctx}
	if _, err := h.Hosts.Ready(ctx, h.Target); err != nil {
		t.Fatalf("Ready: %v", err)
	}
	return h
}

var attempts atomic.Int64

// order is a new attempt that runs script on the fixture's target.
func (h *harness) order(script string) task.Order {
	id := fmt.Sprintf("attempt-%d-%d", time.Now().UnixNano(), attempts.Add(1))
	if h.Payload != nil {
		script = h.Payload(id, script)
	}
	settings, err := json.Marshal(task.Script{Syntax: "bash", Body: script})
	if err != nil {
		panic(err)
	}
	now := time.Now()
	return task.Order{
		Format: task.Format, ID: id, Deployment: "deployment-1",
		Project: "Random Quotes", Environment: "Test", Release: "1.0.7", Step: "Deploy",
		Target: h.Target.ID, Created: now, Expires: now.Add(time.Hour),
		Work: task.Work{Kind: task.KindScript, Settings: settings},
	}
}

// start hands over a new order and returns its id.
func (h *harness) start(t *testing.T, script string) string {
	t.Helper()
	o := h.order(script)
	if err := h.Hosts.Start(h.ctx, h.Target, o); err != nil {
		t.Fatalf("Start: %v", err)
	}
	return o.ID
}

// run is start and read to the end.
func (h *harness) run(t *testing.T, script string) heard {
	t.Helper()
	return h.attach(t, h.start(t, script), 0)
}

// attach reads to the end, checks what holds for every stream of reports, and
// gives back what was heard.
func (h *harness) attach(t *testing.T, id string, since int64) heard {
	t.Helper()
	got, err := h.listen(h.ctx, id, since, nil)
	if err != nil {
		t.Fatalf("Attach(%s, %d): %v", id, since, err)
	}
	if got.end == nil {
		t.Fatalf("Attach(%s, %d) returned nil without an end", id, since)
	}
	return got
}

// heard is what one Attach told.
type heard struct {
	lines []task.Line
	last  task.Phase
	end   *task.End
}

// listen attaches; on may end it early.
func (h *harness) listen(ctx context.Context, id string, since int64, on func(heard) error) (heard, error) {
	var got heard
	var inside atomic.Int32
	err := h.Hosts.Attach(ctx, h.Target, id, since, func(r task.Report) error {
		if inside.Add(1) != 1 {
			return errors.New("reports came at the same time")
		}
		defer inside.Add(-1)
		if r.Attempt != id {
			return fmt.Errorf("report of attempt %q, asked for %q", r.Attempt, id)
		}
		if got.end != nil {
			return fmt.Errorf("report after the end: %+v", r)
		}
		for _, line := range r.Lines {
			if want := since + int64(len(got.lines)) + 1; line.Seq != want {
				return fmt.Errorf("line %d came where %d was due", line.Seq, want)
			}
			got.lines = append(got.lines, line)
		}
		got.last, got.end = r.Phase, r.End
		if (r.Phase == task.Ended) != (r.End != nil) {
			return fmt.Errorf("phase %s and end %v do not fit", r.Phase, r.End)
		}
		if on != nil {
			return on(got)
		}
		return nil
	})
	return got, err
}

// said are the texts of the streams the script itself writes.
func (g heard) said() []string { return g.on(task.Stdout, task.Stderr) }

func (g heard) on(streams ...task.Stream) []string {
	var texts []string
	for _, line := range g.lines {
		if slices.Contains(streams, line.Stream) {
			texts = append(texts, line.Text)
		}
	}
	return texts
}

// mustEnd fails with all that was said, so that the reason is seen.
func (g heard) mustEnd(t *testing.T, want task.Outcome) {
	t.Helper()
	if g.end == nil || g.end.Outcome != want {
		t.Fatalf("ended with %+v, want outcome %s; heard %v", g.end, want, g.lines)
	}
	if g.end.At.IsZero() {
		t.Error("the end has no time")
	}
}

func (h *harness) mustHaveRun(t *testing.T, attempt string, times int) {
	t.Helper()
	if got := h.Payloads(t, attempt); got != times {
		t.Errorf("payload of %s ran %d times, want %d", attempt, got, times)
	}
}
