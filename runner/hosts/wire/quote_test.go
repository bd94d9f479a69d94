package wire

import (
	"os/exec"
	"strings"
	"testing"
)

func FuzzQuote(f *testing.F) {
	for _, s := range []string{"", "plain", "two words", "it's", `'"'"'`, "$(id)", "`id`", "a\nb", `\`, "-n", "*", "~", "!x", "\xff\xfe", "#", "'", "''", "\\'"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if strings.ContainsRune(a+b, 0) {
			t.Skip("no argument of a process can hold a zero byte")
		}
		out, err := exec.Command("sh", "-c", `printf '%s\037' `+Quote(a, b)).Output()
		if err != nil {
			t.Fatal(err)
		}
		if want := a + "\x1f" + b + "\x1f"; string(out) != want {
			t.Errorf("Quote(%q, %q) arrives as %q", a, b, out)
		}
	})
}
