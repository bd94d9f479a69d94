// Package timers is the contract for being called at a time: deadlines, retries, reminders, scheduled deployments.
// It does not know what a timer is for, and there are no recurring ones: who wants to be called again sets again.
// A timer is a durable promise, not a running clock: it outlives the process and rings late rather than never.
package timers

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Timers are set and cancelled by id. All methods may be called from many goroutines at once, from inside a Ring too.
type Timers interface {
	// Set makes the timer ring at or soon after at, with payload, at least once. A time that has passed means now.
	// The same id again replaces time and payload, also while the former setting rings: then it rings once more.
	// The payload may be reused by the caller afterwards.
	Set(ctx context.Context, id string, at time.Time, payload []byte) error
	// Cancel forgets the timer. That there is none is fine. A ring that has begun goes on,
	// but if it fails it is not repeated.
	Cancel(ctx context.Context, id string) error
}

// Ring is called for a timer whose time has come: once as a rule, again after a pause if it returns an error,
// and perhaps again after a crash. Those missed while no process ran ring once when one does. Rings of different ids
// may run at the same time and in any order. The payload belongs to the callee.
type Ring func(ctx context.Context, id string, payload []byte) error

// Limits every adapter is held to, in bytes.
const (
	MaxID      = 512
	MaxPayload = 64 << 10
)

// ErrInvalid is what all breaches of the limits are. Asking again cannot help.
var ErrInvalid = errors.New("not a legal timer")

// Check says what is wrong with a timer, as an ErrInvalid. An id is non-empty UTF-8 without NUL.
func Check(id string, payload []byte) error {
	switch {
	case id == "":
		return fmt.Errorf("%w: the id is empty", ErrInvalid)
	case len(id) > MaxID:
		return fmt.Errorf("%w: the id %.40q… has %d bytes, the most is %d", ErrInvalid, id, len(id), MaxID)
	case strings.IndexByte(id, 0) >= 0 || !utf8.ValidString(id):
		return fmt.Errorf("%w: the id %q is not UTF-8 without NUL", ErrInvalid, id)
	case len(payload) > MaxPayload:
		return fmt.Errorf("%w: the payload of %s has %d bytes, the most is %d", ErrInvalid, id, len(payload), MaxPayload)
	}
	return nil
}
