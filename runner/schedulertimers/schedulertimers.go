// Package schedulertimers keeps timers as one-time entries of Amazon EventBridge
// Scheduler, which calls the runner function when one is due.
//
// It runs nothing and costs nothing while it waits. A timer rings within the
// minute after its time, never before. What a newcomer would miss: Scheduler
// forgets an entry once it has called the function, so a ring that fails writes
// itself a new entry (Ring), unless somebody has set the timer anew meanwhile.
package schedulertimers

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"slipway/runner/timers"
)

// Settings say where the entries live and whom they call.
type Settings struct {
	Group     string // schedule group
	RoleARN   string // what Scheduler becomes to call the function
	TargetARN string // the runner function
	Now       func() time.Time
}

// Timers is a timers.Timers on EventBridge Scheduler.
type Timers struct {
	client   *scheduler.Client
	settings Settings
}

var _ timers.Timers = (*Timers)(nil)

// New makes timers; it calls nobody.
func New(cfg aws.Config, s Settings) *Timers {
	return &Timers{scheduler.NewFromConfig(cfg), s}
}

// Set implements timers.Timers.
func (t *Timers) Set(ctx context.Context, id string, at time.Time, payload []byte) error {
	if err := timers.Check(id, payload); err != nil {
		return err
	}
	if err := t.write(ctx, Event{ID: id, Payload: payload}, at, t.replace); err != nil {
		return fmt.Errorf("set the timer %s: %w", id, err)
	}
	return nil
}

// Cancel implements timers.Timers.
func (t *Timers) Cancel(ctx context.Context, id string) error {
	if err := timers.Check(id, nil); err != nil {
		return err
	}
	err := t.untilQuiet(ctx, func() error {
		_, err := t.client.DeleteSchedule(ctx, &scheduler.DeleteScheduleInput{Name: aws.String(name(id)), GroupName: &t.settings.Group})
		return err
	})
	if err != nil && !is[*types.ResourceNotFoundException](err) {
		return fmt.Errorf("cancel the timer %s: %w", id, err)
	}
	return nil
}
