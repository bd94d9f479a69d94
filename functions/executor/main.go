// Command executor is the small program that runs on hosts.
//
// Everything it does is in runner/executor; the server's own binary holds the
// same behind a hidden verb.
package main

import (
	"context"
	"os"

	"slipway/runner/executor"
)

func main() {
	os.Exit(executor.Main(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.LookupEnv))
}
