// Package secretstest is the suite that every keeper of secrets passes.
package secretstest

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"slipway/runner/secrets"
)

// Run runs the suite. Each call of open gives a keeper with a key of its own.
func Run(t *testing.T, open func(t *testing.T) secrets.Keeper) {
	t.Run("opens what was sealed", func(t *testing.T) { t.Parallel(); opens(t, open(t)) })
	t.Run("twice is two envelopes", func(t *testing.T) { t.Parallel(); twice(t, open(t)) })
	t.Run("refuses what was changed", func(t *testing.T) { t.Parallel(); changed(t, open(t)) })
	t.Run("refuses another key's", func(t *testing.T) { t.Parallel(); foreign(t, open(t), open(t)) })
	t.Run("refuses what is too large", func(t *testing.T) { t.Parallel(); large(t, open(t)) })
}

func seal(t *testing.T, k secrets.Sealer, name string, value []byte) secrets.Sealed {
	t.Helper()
	s, err := k.Seal(t.Context(), name, value)
	if err != nil {
		t.Fatalf("Seal(%s): %v", name, err)
	}
	return s
}

func opens(t *testing.T, k secrets.Keeper) {
	for name, value := range map[string][]byte{
		"text": []byte("correct horse battery staple"), "empty": {}, "bytes": {0, 255, 10, 13}, "name/with ümläut \n": []byte("x"),
		"largest": bytes.Repeat([]byte{7}, secrets.MaxValue),
	} {
		s := seal(t, k, name, value)
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if len(value) > 8 && bytes.Contains(s.Box, value) {
			t.Errorf("%s: the envelope holds the value readably", name)
		}
		var back secrets.Sealed
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		got, err := k.Open(t.Context(), back)
		if err != nil || !bytes.Equal(got, value) {
			t.Errorf("Open(%s) = %.40q, %v, want %.40q", name, got, err, value)
		}
		if s.Format != secrets.Format || s.Name != name || s.By == "" || s.Key == "" {
			t.Errorf("envelope %q: format %d, by %q, key %q: a field is not filled in", s.Name, s.Format, s.By, s.Key)
		}
	}
}

func twice(t *testing.T, k secrets.Keeper) {
	a, b := seal(t, k, "n", []byte("same")), seal(t, k, "n", []byte("same"))
	if bytes.Equal(a.Box, b.Box) {
		t.Error("two envelopes of one value are the same: whoever sees them knows that the values are")
	}
}

func changed(t *testing.T, k secrets.Keeper) {
	value := []byte("correct horse battery staple")
	whole := seal(t, k, "db password", value)
	for what, change := range map[string]func(*secrets.Sealed){
		"a bit":            func(s *secrets.Sealed) { s.Box[len(s.Box)/2] ^= 1 },
		"its end":          func(s *secrets.Sealed) { s.Box = s.Box[:len(s.Box)-1] },
		"everything":       func(s *secrets.Sealed) { s.Box = nil },
		"the name":         func(s *secrets.Sealed) { s.Name = "mail password" },
		"the keeper":       func(s *secrets.Sealed) { s.By = "somebody" },
		"the key":          func(s *secrets.Sealed) { s.Key += "0" },
		"a newer format":   func(s *secrets.Sealed) { s.Format = secrets.Format + 1 },
		"no format at all": func(s *secrets.Sealed) { s.Format = 0 },
	} {
		s := whole
		s.Box = bytes.Clone(whole.Box)
		change(&s)
		got, err := k.Open(t.Context(), s)
		if !errors.Is(err, secrets.ErrCannotOpen) || got != nil {
			t.Errorf("%s changed: Open = %q, %v, want ErrCannotOpen", what, got, err)
		}
		if err != nil && bytes.Contains([]byte(err.Error()), value[:7]) {
			t.Errorf("%s changed: the error holds the value: %v", what, err)
		}
	}
}

func foreign(t *testing.T, mine, other secrets.Keeper) {
	s := seal(t, other, "n", []byte("v"))
	if _, err := mine.Open(t.Context(), s); !errors.Is(err, secrets.ErrCannotOpen) {
		t.Errorf("Open with another key = %v, want ErrCannotOpen", err)
	}
	// Nor when somebody writes our key's name onto it.
	s.Key = seal(t, mine, "n", nil).Key
	if _, err := mine.Open(t.Context(), s); !errors.Is(err, secrets.ErrCannotOpen) {
		t.Errorf("Open with another key under our name = %v, want ErrCannotOpen", err)
	}
}

func large(t *testing.T, k secrets.Keeper) {
	if _, err := k.Seal(t.Context(), "n", make([]byte, secrets.MaxValue+1)); err == nil {
		t.Errorf("Seal took %d bytes", secrets.MaxValue+1)
	}
}
