// Command slipway is the whole product in one program: the server, its command
// line, and the executor for hosts of its own platform.
//
// It decides nothing: it hands the process's surroundings to cli.Main, which
// reads no globals, and turns the answer into an exit code.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"slipway/functions/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Main(ctx, os.Args, os.LookupEnv, os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
