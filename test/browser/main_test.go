// Package browser looks at the pages as people do: in a real browser, on a real
// server with pretend hosts, with and without a mouse, scripts and much room.
//
// What a page says is tested beside the pages, in web; here it is whether people
// get through. The idea a newcomer would miss: the list of pages is the route
// table, so a new page without a sample address fails a test here.
package browser

import (
	"context"
	"os"
	"testing"

	"slipway/functions/cli"
)

// asSlipway makes this test's own binary serve as the program under test.
const asSlipway = "SLIPWAY_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asSlipway) != "" || len(os.Args) > 1 && os.Args[1] == "executor" {
		os.Exit(cli.Main(context.Background(), os.Args, os.LookupEnv, os.Stdin, os.Stdout, os.Stderr))
	}
	code := m.Run()
	chromium.stop()
	os.Exit(code)
}
