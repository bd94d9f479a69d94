package dynamotable

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/middleware"
)

// patience is how long a call is tried. DynamoDB answers within milliseconds or not at all, and what it refuses for
// being busy it takes soon after.
type patience struct {
	tries          int
	each           time.Duration // for one try
	first, longest time.Duration // pauses between tries; each is up to twice the one before
}

var patient = patience{tries: 9, each: 5 * time.Second, first: 25 * time.Millisecond, longest: 2 * time.Second}

func (p patience) apply(o *dynamodb.Options) {
	o.RetryMaxAttempts = p.tries
	o.Retryer = retry.NewStandard(func(so *retry.StandardOptions) {
		so.MaxAttempts = p.tries
		so.RateLimiter = ratelimit.None // it would let a crowd on one item give up after a hundred tries of all together
		so.Backoff = retry.BackoffDelayerFunc(p.pause)
		so.Retryables = append([]retry.IsErrorRetryable{retry.IsErrorRetryableFunc(busy)}, so.Retryables...)
	})
	o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
		return stack.Finalize.Insert(p, "Retry", middleware.After)
	})
}

// pause is chosen anew each time, so that two who got in each other's way do not meet again.
func (p patience) pause(try int, _ error) (time.Duration, error) {
	return rand.N(min(p.first<<min(max(try, 0), 16), p.longest)), nil
}

// busy adds to what the SDK repeats by itself: two transactions that met on an item, and an answer that broke off.
func busy(err error) aws.Ternary {
	var met *types.TransactionConflictException
	if errors.As(err, &met) || errors.Is(err, io.ErrUnexpectedEOF) {
		return aws.TrueTernary
	}
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) {
		return aws.UnknownTernary
	}
	again := aws.FalseTernary
	for _, reason := range cancelled.CancellationReasons {
		switch aws.ToString(reason.Code) {
		case "ConditionalCheckFailed":
			return aws.FalseTernary
		case "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded":
			again = aws.TrueTernary
		}
	}
	return again
}

// ID names what stands around each try.
func (patience) ID() string { return "slipway-try" }

// HandleFinalize gives one try its time, and notes if nobody knows what became of it.
func (p patience) HandleFinalize(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
	one, cancel := context.WithTimeout(ctx, p.each)
	defer cancel()
	out, meta, err := next.HandleFinalize(one, in)
	if err != nil && one.Err() != nil && ctx.Err() == nil {
		err = lateError{p.each}
	}
	if t, ok := ctx.Value(triesKey{}).(*tries); ok && err != nil && !answered(err) {
		t.unsure = true
	}
	return out, meta, err
}

// lateError is a try that took too long. It does not wrap the ended context of the try, which would look as if our
// caller had given up.
type lateError struct{ after time.Duration }

func (e lateError) Error() string { return fmt.Sprintf("no answer within %s", e.after) }

// RetryableError makes the SDK try again.
func (e lateError) RetryableError() bool { return true }

// Timeout tells what it is.
func (e lateError) Timeout() bool { return true }

// answered says whether DynamoDB refused the try, and so did nothing.
func answered(err error) bool {
	var status interface{ HTTPStatusCode() int }
	return errors.As(err, &status) && status.HTTPStatusCode() >= 400 && status.HTTPStatusCode() < 500
}

// tries is what became of the tries of one call so far.
type tries struct {
	unsure bool // one of them may have taken effect
}

type triesKey struct{}

func watchTries(ctx context.Context) (context.Context, *tries) {
	t := &tries{}
	return context.WithValue(ctx, triesKey{}, t), t
}
