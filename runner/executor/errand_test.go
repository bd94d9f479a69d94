package executor

import (
	"strings"
	"testing"
)

// TestErrandsThatCannotBeRead are refused with the code that says so.
func TestErrandsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	for _, text := range []string{"", "not base64!", "bm90IGEgYm94"} {
		for _, verb := range [][]string{{"errand"}, {"reply", "sealed"}} {
			_, words, code := h.call(strings.NewReader(text), verb...)
			if code != ExitRefused || words == "" {
				t.Errorf("%v with %q = exit %d %q", verb, text, code, words)
			}
		}
	}
	if _, _, code := h.call(strings.NewReader("eyJhcmdzIjpbInJ1biIsIngiXX0="), "reply", "open"); code != 2 { // {"args":["run","x"]}
		t.Errorf("a reply to `run` = exit %d, want 2", code)
	}
}
