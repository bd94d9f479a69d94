package schedulertimers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
)

// soon are the leads of a timer whose time has come: an entry must lie in the
// future when it arrives. The second serves a clock that is behind.
var soon = []time.Duration{10 * time.Second, 90 * time.Second}

// write makes an entry with put, at its time or as soon as may be.
func (t *Timers) write(ctx context.Context, e Event, at time.Time, put func(context.Context, *scheduler.CreateScheduleInput) error) error {
	e.Slipway = kind
	// Scheduler fills in words like `<aws.scheduler.execution-id>`. JSON as Go writes
	// it holds no `<`, so that nothing of ours is such a word.
	input, err := json.Marshal(e)
	if err != nil {
		return err
	}
	for _, lead := range soon {
		earliest := t.settings.Now().Add(lead)
		when := at
		if when.Before(earliest) {
			when = earliest
		}
		err = put(ctx, t.entry(e.ID, string(input), when))
		if at.After(earliest) || !is[*types.ValidationException](err) {
			return err
		}
	}
	return err
}

// entry is the request for a one-time schedule that is gone once it has rung. A
// call that does not get through is repeated for a day; what the function itself
// does not manage is its own business (Ring), so there is no dead-letter queue.
func (t *Timers) entry(id, input string, at time.Time) *scheduler.CreateScheduleInput {
	return &scheduler.CreateScheduleInput{
		Name: aws.String(name(id)), GroupName: &t.settings.Group,
		ScheduleExpression: aws.String(expression(at)), ScheduleExpressionTimezone: aws.String("UTC"),
		FlexibleTimeWindow:    &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff},
		ActionAfterCompletion: types.ActionAfterCompletionDelete,
		Target: &types.Target{
			Arn: &t.settings.TargetARN, RoleArn: &t.settings.RoleARN, Input: &input,
			RetryPolicy: &types.RetryPolicy{MaximumEventAgeInSeconds: aws.Int32(86400), MaximumRetryAttempts: aws.Int32(185)},
		},
	}
}

// expression counts in whole seconds, and rather rings late than early.
func expression(at time.Time) string {
	whole := at.UTC().Truncate(time.Second)
	if whole.Before(at) {
		whole = whole.Add(time.Second)
	}
	return whole.Format("at(2006-01-02T15:04:05)")
}

// name is an id in the letters and the length that Scheduler allows: what can be
// read of it for people who look into the console, and a hash that tells ids apart.
func name(id string) string {
	sum := sha256.Sum256([]byte(id))
	readable := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
			return r
		}
		return '-'
	}, id)
	if len(readable) > 23 {
		readable = readable[:23]
	}
	return readable + "." + hex.EncodeToString(sum[:20])
}

// add makes the entry, unless there is one.
func (t *Timers) add(ctx context.Context, e *scheduler.CreateScheduleInput) error {
	// The SDK makes the token that makes its own repetitions harmless, and keeps
	// it in what it is given: a later call must not carry the same.
	fresh := *e
	_, err := t.client.CreateSchedule(ctx, &fresh)
	return err
}

// replace makes the entry, or changes the one that is there. Between the two it
// may ring and be gone, or somebody else may make it; then it starts over.
func (t *Timers) replace(ctx context.Context, e *scheduler.CreateScheduleInput) error {
	var err error
	for range turns {
		if err = t.add(ctx, e); !is[*types.ConflictException](err) {
			return err
		}
		err = t.untilQuiet(ctx, func() error {
			_, err := t.client.UpdateSchedule(ctx, &scheduler.UpdateScheduleInput{
				Name: e.Name, GroupName: e.GroupName, ScheduleExpression: e.ScheduleExpression, ScheduleExpressionTimezone: e.ScheduleExpressionTimezone,
				FlexibleTimeWindow: e.FlexibleTimeWindow, ActionAfterCompletion: e.ActionAfterCompletion, Target: e.Target,
			})
			return err
		})
		if !is[*types.ResourceNotFoundException](err) {
			return err
		}
	}
	return err
}

const (
	// turns bounds how often something starts over because others change the
	// same entry, and pause is what it waits.
	turns = 8
	pause = 50 * time.Millisecond
)

// untilQuiet repeats a change that meets another one of the same entry.
func (t *Timers) untilQuiet(ctx context.Context, change func() error) error {
	for turn := 1; ; turn++ {
		err := change()
		if turn == turns || !is[*types.ConflictException](err) {
			return err
		}
		timer := time.NewTimer(pause << turn)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}
