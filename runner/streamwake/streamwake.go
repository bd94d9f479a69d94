// Package streamwake wakes deployments by the stream of the DynamoDB table.
//
// It calls nothing and keeps nothing: the commit that precedes every wake-up is the message. The stream carries it to
// the runner, at least once and in the order of each deployment's turns, so there is no second store that could
// disagree with the table, and nothing to lose between two writes.
// The stream's filter lets through only what the runner does not know by itself; see News.
package streamwake

import (
	"context"
	"errors"
)

// Wake is a wake.Wake that relies on the commit before it.
type Wake struct{}

// Wake implements wake.Wake. There is nothing left to do: what is to be looked at stands in the stream already.
func (Wake) Wake(_ context.Context, deployment string) error {
	if deployment == "" {
		return errors.New("a wake-up needs a deployment")
	}
	return nil
}
