// Package kept is about events that failed for good: what arrived, why it failed, and giving it in again.
//
// It stores nothing: Lambda itself writes the records into the bucket once it gives up on an event. Whoever may look
// at them is decided above.
// A record holds the whole event, so replaying is handing the same bytes to the same handler; as every event may come
// twice, a replay too many does no harm.
package kept

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/runner/blobs"
)

// Folder is where Lambda writes its records in the bucket.
const Folder = "aws/lambda/"

// Most is how many events List returns, the newest: reading each is a request, and nobody goes through more by hand.
const Most = 100

// Store holds the records. Keys are those of the bucket.
type Store interface {
	// List returns the keys below Folder, in any order.
	List(ctx context.Context) ([]string, error)
	// Get returns a record, or blobs.ErrNotFound.
	Get(ctx context.Context, key string) ([]byte, error)
	// Delete removes a record; one that is not there is no error.
	Delete(ctx context.Context, key string) error
}

// Handle takes an event as Lambda would hand it over. It answers with an error, or with what the event's sender would
// get.
type Handle func(ctx context.Context, payload []byte) ([]byte, error)

// Event is one that failed for good.
type Event struct {
	Key         string
	At          time.Time // when Lambda gave up
	What        string    // what arrived, in words
	Deployments []string  // that it is about, as far as it says
	Why         string    // the error message, or why Lambda gave up without one
	Tries       int
	Payload     []byte // what arrived; nil where the record lacks it, so that it cannot be replayed
}

// Events are the kept events.
type Events struct {
	Store Store
	// Handle is who takes an event that is replayed; nil where this process may not.
	Handle Handle
}

// List returns the newest first. A record that cannot be read is listed with the reason, not left out.
func (e *Events) List(ctx context.Context) ([]Event, error) {
	keys, err := e.Store.List(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(keys, func(a, b string) int { return inKey(b).Compare(inKey(a)) })
	var all []Event
	for _, key := range keys[:min(Most, len(keys))] {
		event, err := e.Get(ctx, key)
		if errors.Is(err, errNone) {
			continue // somebody has just dealt with it
		}
		if err != nil {
			return nil, err
		}
		all = append(all, event)
	}
	slices.SortStableFunc(all, func(a, b Event) int { return b.At.Compare(a.At) })
	return all, nil
}

// Get returns one event.
func (e *Events) Get(ctx context.Context, key string) (Event, error) {
	if err := ours(key); err != nil {
		return Event{}, err
	}
	record, err := e.Store.Get(ctx, key)
	if errors.Is(err, blobs.ErrNotFound) {
		return Event{}, errNone
	}
	if err != nil {
		return Event{}, err
	}
	return read(key, record), nil
}

// Replay hands the event to the handler again, and forgets it if that worked.
func (e *Events) Replay(ctx context.Context, key string) error {
	event, err := e.Get(ctx, key)
	if err != nil {
		return err
	}
	if event.Payload == nil {
		return pipelines.Refuse(pipelines.Conflict, "this record does not hold the event itself, so it cannot be replayed: %s", event.Why)
	}
	if e.Handle == nil {
		return errors.New("events cannot be replayed by this process")
	}
	answer, err := e.Handle(ctx, event.Payload)
	if err == nil {
		err = batchError(answer)
	}
	if err != nil {
		text, _, _ := strings.Cut(err.Error(), "\n") // a stack is in the log
		return pipelines.Refuse(pipelines.Conflict, "it failed again, and is still kept: %s", text)
	}
	return e.Store.Delete(ctx, key)
}

// Forget removes the record. The event is gone with it.
func (e *Events) Forget(ctx context.Context, key string) error {
	if err := ours(key); err != nil {
		return err
	}
	return e.Store.Delete(ctx, key)
}

var errNone = pipelines.Refuse(pipelines.NotFound, "there is no such kept event: somebody may have replayed or forgotten it already")

// ours keeps a key that comes from outside within the folder of records: the same bucket holds everything else.
func ours(key string) error {
	if !strings.HasPrefix(key, Folder) || len(key) == len(Folder) {
		return errNone
	}
	return nil
}
