// Package canary sends secrets through every step of a real deployment and looks for them wherever they must not be.
//
// It does not test masking by itself (runner/executor/masking does). The idea a newcomer would miss: every secret is new in each
// run and random in any twelve bytes of it, so a finding is never chance; and a test that looks for nothing finds nothing, so the
// same story is told once more with values that are no secrets, and there they must be found.
package canary

import (
	"context"
	"os"
	"testing"

	"slipway/functions/cli"
)

// asSlipway makes this test's own binary serve as the program under test, so that no build order matters.
const asSlipway = "SLIPWAY_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	// The server calls its own binary with the word `executor`.
	if os.Getenv(asSlipway) != "" || len(os.Args) > 1 && os.Args[1] == "executor" {
		os.Exit(cli.Main(context.Background(), os.Args, os.LookupEnv, os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}
