package scripts

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestMaskHides(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		secrets []string
		text    string
		want    string
	}{
		{nil, "nothing to hide", "nothing to hide"},
		{[]string{"hunter2"}, "it is hunter2, hunter2!", "it is ********, ********!"},
		{[]string{"pass", "password"}, "password passport", "******** ********port"},
		{[]string{"abcabd"}, "abcabcabd", "abc********"},
		{[]string{"abc"}, "too short: abc", "too short: abc"},
		{[]string{"first line\nsecond line\n"}, "a\nfirst line\nsecond line\nb", "a\n********b"},
		{[]string{"first line\nsecond line\n"}, "only the second line here", "only the ******** here"},
		{[]string{"one\r\ntwo4"}, "one\ntwo4", "********"},
		{[]string{"hunter2-hunter2"}, "aHVudGVyMi1odW50ZXIy", "********"},
	} {
		if got := NewMask(tt.secrets...).Text(tt.text); got != tt.want {
			t.Errorf("Text(%q) with %q = %q, want %q", tt.text, tt.secrets, got, tt.want)
		}
	}
}

func TestMaskSaysWhatItCannotHide(t *testing.T) {
	t.Parallel()
	m := NewMask()
	if m.Add("abc") || !m.Add("abcd") || !m.Add("") {
		t.Error("Add should refuse exactly what has one to three characters")
	}
}

// TestMaskDoesNotDependOnPieces cuts texts at random: what comes out must be
// what the whole text gives.
func TestMaskDoesNotDependOnPieces(t *testing.T) {
	t.Parallel()
	m := NewMask("aabab", "abab", "baba\nbb", "bbbbb")
	for range 3000 {
		text := make([]byte, rand.IntN(60))
		for i := range text {
			text[i] = "ab\n"[rand.IntN(10)*3/12]
		}
		var got strings.Builder
		var held []byte
		for rest := text; len(rest) > 0; {
			n := 1 + rand.IntN(len(rest))
			shown, waits := m.hide(append(held, rest[:n]...), false)
			got.Write(shown)
			held = append([]byte(nil), waits...)
			rest = rest[n:]
		}
		shown, _ := m.hide(held, true)
		got.Write(shown)
		if want := m.Text(string(text)); got.String() != want {
			t.Fatalf("%q in pieces = %q, want %q", text, got.String(), want)
		}
	}
}
