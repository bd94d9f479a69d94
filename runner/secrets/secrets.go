// Package secrets is the contract for sealing values that must not be read
// from the store: passwords, keys, sensitive variables.
//
// It keeps nothing: a Sealed is stored by whoever sealed it. The idea a
// newcomer would miss: sealing and opening are two rights. The web function
// holds a Sealer and could not read a value if it wanted to; only where a task
// is performed is there an Opener.
package secrets

import (
	"context"
	"errors"
)

// Format is the newest envelope this code writes and understands.
const Format = 1

// Sealed is a value nobody can read without the key. It may be stored and
// logged. Name is bound into it: moved under another name it does not open.
type Sealed struct {
	Format int    `json:"format"`
	By     string `json:"by"`  // the kind of keeper, like "keyfile"
	Key    string `json:"key"` // which of its keys
	Name   string `json:"name"`
	Box    []byte `json:"box"`
}

// Sealer makes values unreadable.
type Sealer interface {
	// Seal closes value (up to MaxValue bytes) under name. Sealing the same
	// twice gives two different envelopes. The caller keeps its value.
	Seal(ctx context.Context, name string, value []byte) (Sealed, error)
}

// Opener makes them readable again.
type Opener interface {
	// Open returns what was sealed, or an error that wraps ErrCannotOpen: another
	// key, another name, changed bytes. No error ever holds a value.
	Open(ctx context.Context, s Sealed) ([]byte, error)
}

// Keeper does both.
type Keeper interface {
	Sealer
	Opener
}

// MaxValue bounds a value, so that every store can hold its envelope.
const MaxValue = 64 << 10

// ErrCannotOpen is wrapped by every error that a repetition will not cure.
var ErrCannotOpen = errors.New("the secret cannot be opened")
