// Package masking hides the values of secrets in what is printed, however the
// text is cut into pieces.
//
// It does not decide what is secret. The idea a newcomer would miss: a secret
// is rarely printed as it stands. It is base64 in a header, percent-encoded in
// an address, escaped in JSON, wrapped at 76 columns. So one automaton knows
// the secrets and those of their forms that have another alphabet (forms.go),
// it reads the text without its line breaks, and it reads it once more for each
// way to escape single characters (escapes.go) where such an escape stands.
// Every byte that belongs to an occurrence is hidden; a run of them becomes one
// row of Stars.
//
// Caught, each also over pieces and over line breaks put into it:
//   - the value, from 4 characters on; and of values with several lines each
//     line from 8 on, however indented; of one that is JSON each text from 8 on
//   - base64, standard and URL alphabet, padded or not, also where the value is
//     the middle of a longer encoded text (up to 4 bits at either end can stay)
//   - hexadecimal, from 8 bytes on, all in lower or all in upper case
//   - percent-encoding, whichever characters are encoded, also `+` for a space
//   - backslash escapes of JSON, C, $'…', "…" and unquoted shell words
//   - XML and HTML entities: the five named ones and every number
//   - quotes written twice, '\” and '"'"', and the $'\303\266' of ls between them
//   - any of these escapes on top of base64 and hexadecimal
//
// A break counts only inside of what is long: forms under 8 characters must
// stand in one line, and of longer ones 4 characters must stand before the
// first break (otherwise most lines would have to wait for the next one).
//
// Not caught: two escapes on top of each other (JSON in JSON), base64 of
// base64 or of UTF-16, hexadecimal with separators, compressed or encrypted
// text, a text in another case or turned round, one that is printed in parts
// with something between them (other than line breaks), wrapping that replaces
// a space of the value by a break, and breaks followed by an indentation,
// unless the value's own lines or those of its base64 at 64 or 76 columns are
// long enough to be found alone.
//
// A secret like 1234 hides the number wherever it occurs, as Octopus does.
package masking

import (
	"strings"
	"sync"
	"unicode/utf8"
)

// Stars is what stands in place of a secret.
const Stars = "********"

// shortest is Octopus's rule: secrets with up to 3 characters are found by
// chance in any text, and hiding those would give them away.
const shortest = 4

// Mask knows what to hide. Several goroutines may use one.
type Mask struct {
	mu    sync.Mutex
	known map[string]bool
	forms []form
	built *automaton // nil while forms has news
}

// New hides the given values.
func New(values ...string) *Mask {
	m := &Mask{known: map[string]bool{}}
	for _, value := range values {
		m.Add(value)
	}
	return m
}

// Add hides one more value from now on; false if it is too short for that.
func (m *Mask) Add(value string) bool {
	if utf8.RuneCountInString(value) < shortest {
		return value == ""
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known[value] || strings.Trim(value, "*") == "" {
		return true
	}
	m.known[value] = true
	m.forms = append(m.forms, formsOf(value)...)
	m.built = nil
	return true
}

// Text hides secrets in a whole text.
func (m *Mask) Text(text string) string {
	s := m.Stream()
	shown := s.Write([]byte(text))
	return string(append(shown, s.Finish()...))
}

// automaton finds all that is known at this moment; nil if that is nothing.
func (m *Mask) automaton() *automaton {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.built == nil && len(m.forms) > 0 {
		m.built = build(m.forms)
	}
	return m.built
}
