package cli

import (
	"testing"
	"unicode/utf8"
)

// A row fits into the terminal, and nothing but the one column is shortened.
func TestALongColumnIsCutToTheTerminal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		width int
		want  string
	}{{80, "Deployed Random Quotes 1.0.7 to Prod, at last"}, {40, "Deployed Random Quo…"}, {10, "Deployed Random…"}} {
		rows := [][]cell{{plain("14:05:20"), plain("Deployed Random Quotes 1.0.7 to Prod, at last"), plain("ada")}, {plain("1"), plain("short"), plain("internal")}}
		shorten(rows, 1, c.width)
		if rows[0][1].text != c.want || rows[1][1].text != "short" || rows[0][0].text != "14:05:20" {
			t.Errorf("width %d: %q, want %q", c.width, rows[0][1].text, c.want)
		}
		if whole := 8 + 2 + utf8.RuneCountInString(rows[0][1].text) + 2 + 8; c.width >= 40 && whole > c.width {
			t.Errorf("width %d: the row has %d", c.width, whole)
		}
	}
}
