package ssmhosts

import (
	"math/rand/v2"
	"testing"

	"slipway/runner/executor/scripts"
)

// TestBothHalvesQuoteAlike: what is sent to a host must not end before it ends.
func TestBothHalvesQuoteAlike(t *testing.T) {
	t.Parallel()
	if got := single("it’s; Remove-Item C:\\"); got != "'it’’s; Remove-Item C:\\'" {
		t.Errorf("single() = %s", got)
	}
	r := rand.New(rand.NewPCG(1, 2))
	letters := []rune("'‘’‚‛\"“”„`$(){}\n\x00 aä\U0001F600")
	for range 5000 {
		text := make([]rune, r.IntN(12))
		for i := range text {
			text[i] = letters[r.IntN(len(letters))]
		}
		if got, want := single(string(text)), scripts.QuotePowerShell(string(text)); got != want {
			t.Errorf("single(%q) = %s, want %s", string(text), got, want)
		}
	}
	for _, text := range []string{"\xff", "a\xc3", "\xff'"} {
		if got, want := single(text), scripts.QuotePowerShell(text); got != want {
			t.Errorf("single(%q) = %s, want %s", text, got, want)
		}
	}
}
