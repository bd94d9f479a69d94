package secrets

import (
	"fmt"
)

// CheckValue refuses a value that is too large to be sealed.
func CheckValue(name string, value []byte) error {
	if len(value) > MaxValue {
		return fmt.Errorf("secret %s has %d bytes: at most %d can be kept", name, len(value), MaxValue)
	}
	return nil
}

// Fits refuses an envelope that a keeper of this kind and key cannot open, and
// says what to do. where tells people where such a keeper has its key, like "in
// a file".
func (s Sealed) Fits(kind, key, where string) error {
	switch {
	case s.Format < 1:
		return s.Unopened("it is no envelope of ours")
	case s.Format > Format:
		return s.Unopened("a newer slipway sealed it (format %d, this one knows %d)", s.Format, Format)
	case s.By != kind:
		return s.Unopened("it was sealed by %q, and this server keeps its key %s; set it again", s.By, where)
	case s.Key != key:
		return s.Unopened("it was sealed with the key %s, and this server has the key %s %s; bring that key back or set the secret again", s.Key, key, where)
	}
	return nil
}

// Unopened is the error that says why it does not open. It never holds a value.
func (s Sealed) Unopened(format string, args ...any) error {
	return fmt.Errorf("%s: %w: %s", s.Name, ErrCannotOpen, fmt.Sprintf(format, args...))
}
