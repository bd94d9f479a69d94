package setup

import (
	"slices"
	"testing"
)

func TestSearched(t *testing.T) {
	t.Parallel()
	const text = "# by hand\nnameserver 10.0.0.2\n search corp.example.org  example.org. \ndomain example.net\nsearch\nsearching x\n"
	if got, want := searched(text), []string{"corp.example.org", "example.org", "example.net"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if ownNames() == nil {
		t.Error("no names at all would be any name")
	}
}
