// Package sources carries events to functions as AWS does: a table's stream, what a bucket tells, an event bus.
//
// It makes no events of its own and runs no function; both are handed in. The idea a newcomer would miss: nothing here comes exactly
// once. A stream keeps the order of one partition key and repeats a batch until it succeeds or is given up; a bucket may tell twice and
// in any order, and both can be asked to do so.
package sources

import (
	"context"
	"crypto/rand"
	"fmt"

	"slipway/test/emulators/lambda"
)

// Function is what events are carried to.
type Function interface {
	ARN() string
	Invoke(ctx context.Context, event []byte) (lambda.Result, error)
	InvokeAsync(event []byte) (requestID string, err error)
}

func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
