package scripts

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// readPowerShell reads a literal in single quotes by the rule of PowerShell's
// reader: any of five characters is the quote, two in a row are the second.
func readPowerShell(text string) (value, rest string, ok bool) {
	runes := []rune(text)
	quote := func(i int) bool { return i < len(runes) && strings.ContainsRune("'‘’‚‛", runes[i]) }
	if !quote(0) {
		return "", text, false
	}
	for i := 1; i < len(runes); i++ {
		if !quote(i) {
			value += string(runes[i])
			continue
		}
		if !quote(i + 1) {
			return value, string(runes[i+1:]), true
		}
		i++
		value += string(runes[i])
	}
	return "", "", false
}

func checkQuoting(t *testing.T, text string) {
	t.Helper()
	literal := QuotePowerShell(text)
	want := strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "")
	if got, rest, ok := readPowerShell(literal); !ok || got != want || rest != "" {
		t.Errorf("QuotePowerShell(%q) = %s is read as %q, %q left, %v", text, literal, got, rest, ok)
	}
}

func TestQuotePowerShell(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "''", "a": "'a'", "it's": "'it''s'", "it’s": "'it’’s'", "‘‛‚": "'‘‘‛‛‚‚'", `"$(x)"` + "`": `'"$(x)"` + "`'", "a\r\nb": "'a\r\nb'", "“": "'“'", "a\x00b": "'ab'", "\xff": "'\uFFFD'",
	} {
		if got := QuotePowerShell(text); got != want {
			t.Errorf("QuotePowerShell(%q) = %s, want %s", text, got, want)
		}
		checkQuoting(t, text)
	}
}

func TestQuotedIsReadBack(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	letters := []rune("'‘’‚‛\"“”„`$(){}@#;|&<>,\n\r\t\x00 aä\U0001F600-–%\\")
	for range 20000 {
		text := make([]rune, r.IntN(12))
		for i := range text {
			text[i] = letters[r.IntN(len(letters))]
		}
		checkQuoting(t, string(text))
	}
}

func FuzzQuotePowerShell(f *testing.F) {
	f.Add("it's ’so’")
	f.Add("'\n$(x)`\xff")
	f.Fuzz(checkQuoting)
}
