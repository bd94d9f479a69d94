package s3blobs

import (
	"context"

	"github.com/aws/smithy-go/middleware"
)

type triesKey struct{}

// counting is a context that counts how often requests go out: more often than calls where the client tried again.
// It counts the last call made with the context.
func counting(ctx context.Context) (context.Context, *int) {
	tries := new(int)
	return context.WithValue(ctx, triesKey{}, tries), tries
}

// countTries stands inside the client's retries.
func countTries(stack *middleware.Stack) error {
	err := stack.Initialize.Add(middleware.InitializeMiddlewareFunc("slipwayTriesBegin", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
		if tries, ok := ctx.Value(triesKey{}).(*int); ok {
			*tries = 0
		}
		return next.HandleInitialize(ctx, in)
	}), middleware.After)
	if err != nil {
		return err
	}
	return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("slipwayTries", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
		if tries, ok := ctx.Value(triesKey{}).(*int); ok {
			*tries++
		}
		return next.HandleFinalize(ctx, in)
	}), "Retry", middleware.After)
}
