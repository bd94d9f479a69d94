// Command slipway is the whole product in one program: the server, its command
// line, the executor for hosts of its own platform, and both Lambda functions.
//
// It decides nothing: it hands the process's surroundings to cli.Main, or on
// AWS to lambda.Main, neither of which reads globals, and turns the answer into
// an exit code. Nothing is made before main, because Lambda waits for it.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"slipway/functions/cli"
	"slipway/functions/lambda"
)

func main() {
	if _, inside := os.LookupEnv(lambda.RuntimeAPI); inside && len(os.Args) == 1 {
		os.Exit(onLambda(context.Background(), os.LookupEnv, os.Stderr))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Main(ctx, os.Args, os.LookupEnv, os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
