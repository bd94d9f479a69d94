package main

import (
	"context"

	"slipway/functions/lambda"
	"slipway/functions/setup"
)

// readyMailTo is the property of the stack's own resource that names who is told when it is ready.
const readyMailTo = "ReadyMailTo"

// doors are the ways in that this function has: the web function takes requests and nothing else.
func doors(stack *setup.AWS, s lambda.Settings) lambda.Doors {
	if !stack.IsRunner() {
		return lambda.Doors{HTTP: stack.HTTP, Aside: stack.Aside}
	}
	d := lambda.Doors{
		Turned: stack.Turned, Freed: stack.Freed, Reported: stack.Reported, Arrived: stack.Arrived, CommandEnded: stack.CommandEnded, Rang: stack.Rang,
		Prepare: func(ctx context.Context, what lambda.Preparation) error {
			return stack.Prepare(ctx, what.Update, what.Properties[readyMailTo])
		},
	}
	// A replayed event takes the very way that it took when it came.
	var handler *lambda.Handler
	d.Own = func(ctx context.Context, name string, payload []byte) (any, error) {
		return stack.Own(ctx, name, payload, handler.Handle)
	}
	handler = lambda.NewHandler(d, s)
	return d
}
