package yamlfile

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"slipway/pipelines/configfiles/fill"
)

func TestHostileFilesTakeNoTime(t *testing.T) {
	const size = 1 << 20
	times := func(s string) string { return strings.Repeat(s, size/len(s)) }
	files := map[string]string{
		"brackets":        times("["),
		"braces":          times("{"),
		"dashes":          times("- "),
		"question marks":  times("? "),
		"colons":          times(": "),
		"anchors":         times("&a "),
		"tags":            times("! "),
		"blanks":          times(" ") + "a",
		"tabs":            times("\t") + "a",
		"tab lines":       times("\t\n"),
		"one line":        "[" + times("a, ") + "]",
		"deep in a line":  strings.Repeat("[", 900) + times("a,"),
		"deep, then long": strings.Repeat(" ", size/2) + "[" + times("a,")[:size/2] + "]",
		"comments":        times("#\n"),
		"comment lines":   "a:\n" + times("  # x\n") + "  b: 1\n",
		"deep keys":       deepKeys(900) + times("z: 1\n"),
		"long key":        strings.Repeat("k", size/2) + ":\n" + strings.Repeat("  a: 1\n", size/14),
		"quotes":          times("\""),
		"open quote":      "'" + times("''"),
		"lines in quotes": "a: \"" + times("\n ") + "\"",
		"plain lines":     "a" + times("\n b"),
		"literal":         "a: |\n" + times("  x\n"),
		"blank literal":   "a: |\n" + times(" \n"),
		"aliases":         "a: &a [x]\nb: [" + times("*a, ") + "]",
		"documents":       times("---\n"),
		"directives":      times("%TAG !a! b\n"),
		"many handles":    handles(size / 16),
		"handles, tags":   handles(90) + "--- [" + times("!h89!x ,") + "]",
		"escapes":         "\"" + times("\\u00e9") + "\"",
		"returns":         "a: 1\n" + times("\r"),
		"items":           "a: 1\n0: \n" + times("- \n"),
		"found often":     times("a: 1\n"),
	}
	for name, text := range files {
		t.Run(name, func(t *testing.T) {
			values := valuesOf("a", "x", "b:c", "[1, {y: z}]", "0", "- a")
			began := time.Now()
			_, _, err := Replace([]byte(text), values)
			// Far more than it takes even on a busy machine, far less than
			// what grows with the square of the size.
			if took := time.Since(began); took > 60*time.Second {
				t.Errorf("took %v: %v", took, err)
			}
		})
	}
}

func deepKeys(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "k:\n")
	}
	return b.String() + strings.Repeat(" ", n)
}

func handles(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%%TAG !h%d! x:\n", i)
	}
	return b.String()
}

func TestTooMuchIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		strings.Repeat("[", fill.MaxDepth+1), deepKeys(fill.MaxDepth + 1), strings.Repeat("- ", fill.MaxDepth+1) + "a",
		string(make([]byte, fill.MaxBytes+1)), "a: \x00b",
	} {
		_, _, err := Replace([]byte(text), valuesOf("a", "b"))
		if _, ok := errors.AsType[*fill.SyntaxError](err); !ok {
			t.Errorf("Replace(%d bytes) = %v, want a syntax error", len(text), err)
		}
	}
}
