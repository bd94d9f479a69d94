// Package tutorials puts a real server and real hosts together, and has bad luck with them: wrong keys, cut links, lost power,
// scripts and configurations that are wrong, a server that is killed.
//
// It does not look at pages or forms, and `make demo-check` does the whole tutorial; here each test does only as much of it as its
// misfortune needs. The idea a newcomer would miss: scripts on the host wait for a file before they go on, so that a test chooses
// the moment at which something breaks instead of guessing it.
package tutorials

import (
	"context"
	"flag"
	"os"
	"testing"

	"slipway/functions/cli"
)

// asSlipway makes this test's own binary serve as the program under test, so that no build order matters.
const asSlipway = "SLIPWAY_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	// A build without carried executors puts this very binary onto hosts and calls it with the word `executor`.
	if os.Getenv(asSlipway) != "" || len(os.Args) > 1 && os.Args[1] == "executor" {
		os.Exit(cli.Main(context.Background(), os.Args, os.LookupEnv, os.Stdin, os.Stdout, os.Stderr))
	}
	// They wait for hosts more than they work, so that more go at once than there are processors, unless -parallel says.
	if err := flag.Set("test.parallel", "6"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(modelPrograms.dir)
	os.Exit(code)
}
