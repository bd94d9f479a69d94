// Package env is where time, chance and ids come from: handed in once by the
// wiring, so that a test or a simulation can hand in others.
package env

import (
	"encoding/base32"
	"io"
	"strings"
	"time"
)

// Env is the outside world's arbitrary answers.
type Env struct {
	Now    func() time.Time
	Random io.Reader
	// Strands is how work runs side by side; nil: goroutines and real time.
	Strands Strands
}

// NewID is a short random id, safe in keys, paths and URLs.
func (e Env) NewID() string {
	var b [10]byte
	if _, err := io.ReadFull(e.Random, b[:]); err != nil {
		panic("the system has no randomness: " + err.Error())
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}
