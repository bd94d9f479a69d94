package hoststest

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
)

// Appending makes a script begin by writing its attempt's id into a file, for
// Fixture.Payload of hosts that run real scripts. The file's name must need no
// quoting.
func Appending(file string) func(attempt, script string) string {
	return func(attempt, script string) string {
		return "echo " + attempt + " >> " + file + "\n" + script
	}
}

// Appended counts what Appending wrote, for Fixture.Payloads.
func Appended(file string) func(t *testing.T, attempt string) int {
	return func(t *testing.T, attempt string) int {
		t.Helper()
		text, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		return strings.Count(string(text), attempt+"\n")
	}
}
