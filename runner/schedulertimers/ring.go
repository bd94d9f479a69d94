package schedulertimers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"slipway/runner/spend"
	"slipway/runner/timers"
)

// kind is how the runner function knows a timer among its events.
const kind = "timer"

// Event is what Scheduler hands to the function.
type Event struct {
	Slipway  string `json:"slipway"`
	ID       string `json:"id"`
	Payload  []byte `json:"payload"`
	Failures int    `json:"failures,omitempty"` // rings in a row that went wrong
}

const (
	// The pauses before an unsuccessful ring is repeated double from the first to the longest.
	firstPause   = time.Minute
	longestPause = 6 * time.Hour

	// noteTime is what writing the next entry may take when the ring has used up its time.
	noteTime = 10 * time.Second
)

// Ring rings for an event that Scheduler has sent. A ring that goes wrong is
// repeated after a pause, for ever, unless the timer is set anew or cancelled
// before: then Ring says nil. An error means that not even that could be
// written down; Lambda repeats the event and keeps it in the end.
//
// One thing the contract asks for cannot be known here: a timer that is cancelled
// while its ring runs and fails is repeated, since Scheduler has forgotten it either way.
func (t *Timers) Ring(ctx context.Context, event []byte, ring timers.Ring) error {
	var e Event
	if err := json.Unmarshal(event, &e); err != nil || e.Slipway != kind || e.ID == "" {
		return fmt.Errorf("the event %.200q is no timer of ours", event)
	}
	spend.Add(ctx, spend.TimerCall, 1)
	failure := ring(ctx, e.ID, e.Payload)
	if failure == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer cancel()
	wait := min(firstPause<<min(e.Failures, 20), longestPause)
	e.Failures++
	err := t.write(ctx, e, t.settings.Now().Add(wait), t.add)
	if err != nil && !is[*types.ConflictException](err) { // a conflict: it was set anew
		return fmt.Errorf("the timer %s went wrong and cannot be set again: %w", e.ID, errors.Join(failure, err))
	}
	return nil
}
