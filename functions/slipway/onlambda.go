package main

import (
	"context"
	"io"
	"log/slog"

	"slipway/functions/cli"
	"slipway/functions/lambda"
	"slipway/functions/setup"
)

// onLambda takes events until the runtime ends the process.
func onLambda(ctx context.Context, env func(string) (string, bool), stderr io.Writer) int {
	log := lambda.Logger(stderr, slog.LevelInfo)
	stack, err := setup.OpenAWS(env, cli.Version(), log)
	if err == nil {
		s := lambda.Settings{BaseURL: stack.BaseURL(), Bucket: stack.Bucket(), Log: log}
		err = lambda.Main(ctx, doors(stack, s), s, env)
	}
	if err != nil {
		log.Error("the function cannot start", "error", err)
	}
	return 1
}
