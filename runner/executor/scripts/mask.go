package scripts

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
)

// Stars is what stands in place of a secret.
const Stars = "********"

// shortestMasked is Octopus's rule: shorter secrets are found by chance in
// any text, and hiding those would give them away.
const shortestMasked = 4

// Mask hides secrets in text, also when a secret is cut in two by the pieces
// the text comes in.
type Mask struct{ secrets [][]byte }

// NewMask hides the given values, their base64 forms and, of values with
// several lines, each line that is long enough to be one.
func NewMask(values ...string) *Mask {
	m := &Mask{}
	for _, value := range values {
		m.Add(value)
	}
	return m
}

// Add hides one more value from now on; false if it is too short for that.
func (m *Mask) Add(value string) bool {
	if len(value) < shortestMasked {
		return value == ""
	}
	m.add(value)
	m.add(strings.TrimRight(value, "\r\n"))
	m.add(strings.ReplaceAll(value, "\r\n", "\n"))
	if len(value) >= 2*shortestMasked {
		m.add(base64.StdEncoding.EncodeToString([]byte(value)))
	}
	for line := range strings.Lines(value) {
		if line = strings.TrimSpace(line); len(line) >= 2*shortestMasked {
			m.add(line)
		}
	}
	// The longest first: a secret may begin with another.
	slices.SortStableFunc(m.secrets, func(a, b []byte) int { return len(b) - len(a) })
	return true
}

func (m *Mask) add(text string) {
	has := slices.ContainsFunc(m.secrets, func(s []byte) bool { return string(s) == text })
	if len(text) >= shortestMasked && !has {
		m.secrets = append(m.secrets, []byte(text))
	}
}

// Text hides secrets in a whole text.
func (m *Mask) Text(text string) string {
	shown, _ := m.hide([]byte(text), true)
	return string(shown)
}

// hide returns what can be shown now, and the end of b that may be the
// beginning of a secret and has to wait for what follows.
func (m *Mask) hide(b []byte, last bool) (shown, rest []byte) {
	if len(m.secrets) == 0 {
		return b, nil
	}
	var out []byte
	for len(b) > 0 {
		at, length := m.first(b)
		if !last {
			// A secret that begins earlier, or at the same place and goes on
			// behind the end of b, wins over the one that is complete here.
			if wait := m.unfinished(b); wait < len(b) && (at < 0 || wait <= at) {
				return append(out, b[:wait]...), b[wait:]
			}
		}
		if at < 0 {
			return append(out, b...), nil
		}
		out = append(append(out, b[:at]...), Stars...)
		b = b[at+length:]
	}
	return out, nil
}

// first is the earliest secret in b, of those the longest.
func (m *Mask) first(b []byte) (at, length int) {
	at = -1
	for _, secret := range m.secrets {
		if i := bytes.Index(b, secret); i >= 0 && (at < 0 || i < at) {
			at, length = i, len(secret)
		}
	}
	return at, length
}

// unfinished is where the longest end of b begins that is the beginning of a
// secret, len(b) if there is none.
func (m *Mask) unfinished(b []byte) int {
	from := len(b)
	for _, secret := range m.secrets {
		for i := max(0, len(b)-len(secret)+1); i < from; i++ {
			if b[i] == secret[0] && bytes.HasPrefix(secret, b[i:]) {
				from = i
				break
			}
		}
	}
	return from
}
