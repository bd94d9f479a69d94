// Package lambda is how AWS reaches Slipway: it recognises an event, hands it to the door it is meant for, and
// translates the answer back.
//
// It decides nothing about deployments and makes no AWS call; what stands behind a door is chosen by whoever opens it.
// The idea to know is that every event may come twice, late, or out of order, so a door may be used any number of
// times too many; and that an event nobody expects is an error that names it, because Lambda takes silence for success.
package lambda

import (
	"context"
	"net/http"

	"slipway/pipelines"
	"slipway/runner/requests"
)

// Doors are the ways into Slipway that an event can take. A door left nil is one that this function does not have: an
// event for it is refused. An error means "give it to me again"; Lambda does so, and keeps what fails for good.
type Doors struct {
	// HTTP makes the pages and the API for an address without a slash at the end. It is called once for each address,
	// when the first request comes.
	HTTP func(base string) http.Handler
	// Aside is where downloads go that are larger than a function may answer; nil refuses them.
	Aside Aside
	// Turned is told that a deployment has a new turn.
	Turned func(ctx context.Context, deployment string, revision int64) error
	// Freed is told that somebody waits for a place, or that it became free.
	Freed func(ctx context.Context, projectID, environmentID string) error
	// Reported is told the name of a blob below reports/ that a host has put.
	Reported func(ctx context.Context, blob string) error
	// Arrived is told of an object that somebody put below packages/.
	Arrived func(ctx context.Context, what requests.Arrival) error
	// CommandEnded is told that SSM has finished with a command; instanceID is "" where the event speaks of the
	// command as a whole.
	CommandEnded func(ctx context.Context, commandID, instanceID, status string) error
	// Rang is told of a timer that is due; event is as the timer was set.
	Rang func(ctx context.Context, event []byte) error
	// Own carries out what another part of Slipway asks for by name; payload is the whole event, the answer becomes
	// JSON.
	Own func(ctx context.Context, name string, payload []byte) (any, error)
	// Prepare makes the stack ready for its first request, or again after an update.
	Prepare func(ctx context.Context, what Preparation) error
}

// Preparation is what CloudFormation asks for.
type Preparation struct {
	Update     bool              // the stack was there before
	Stack      string            // its ARN
	Properties map[string]string // of the resource, without those that are no text
}

// closed refuses an event for which there is no door.
func closed(what string) error {
	return pipelines.Refuse(pipelines.Invalid, "this function takes no %s: check which function the event source in the stack names, and its SLIPWAY_ROLE", what)
}
