package aws

import (
	"flag"
	"os"
	"testing"
)

// atOnce is how many stacks are up at once, unless -parallel says: their tests
// mostly wait, for events, for hosts, for retries.
const atOnce = "4"

func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", atOnce); err != nil {
		panic(err)
	}
	code := m.Run()
	RemoveBuilt()
	os.Exit(code)
}

// beside lets a test run beside others, each with a stack of its own, but where
// all are measured.
func beside(t *testing.T) {
	if !measuring() {
		t.Parallel()
	}
}
