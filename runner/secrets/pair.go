package secrets

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"golang.org/x/crypto/curve25519"
	"golang.org/x/crypto/nacl/box"
)

// Public is the half of an X25519 pair that closes values.
type Public [32]byte

// Private is the half that opens them; the other half follows from it.
type Private [32]byte

// NewPrivate makes a pair.
func NewPrivate(random io.Reader) (Private, error) {
	_, private, err := box.GenerateKey(random)
	if err != nil {
		return Private{}, err
	}
	return Private(*private), nil
}

// Public is the other half.
func (p Private) Public() (Public, error) {
	public, err := curve25519.X25519(p[:], curve25519.Basepoint)
	if err != nil {
		return Public{}, err
	}
	return Public(public), nil
}

// ID tells keys apart in messages and envelopes.
func (p Public) ID() string {
	sum := sha256.Sum256(p[:])
	return hex.EncodeToString(sum[:8])
}

// inside is what the box holds: the name travels with the value, so that an
// envelope moved to another name gives itself away.
type inside struct {
	Name  string `json:"name"`
	Value []byte `json:"value"`
}

// Seal closes value under name, for a keeper of that kind.
func (p Public) Seal(kind, name string, value []byte, random io.Reader) (Sealed, error) {
	if err := CheckValue(name, value); err != nil {
		return Sealed{}, err
	}
	text, err := json.Marshal(inside{name, value})
	if err != nil {
		return Sealed{}, fmt.Errorf("seal %s: %w", name, err)
	}
	sealed, err := box.SealAnonymous(nil, text, (*[32]byte)(&p), random)
	if err != nil {
		return Sealed{}, fmt.Errorf("seal %s: %w", name, err)
	}
	return Sealed{Format: Format, By: kind, Key: p.ID(), Name: name, Box: sealed}, nil
}

// Open returns what Seal closed. Whether the envelope is meant for this pair is
// asked before (Fits).
func (p Private) Open(s Sealed) ([]byte, error) {
	public, err := p.Public()
	if err != nil {
		return nil, s.Unopened("%s", err)
	}
	text, ok := box.OpenAnonymous(nil, s.Box, (*[32]byte)(&public), (*[32]byte)(&p))
	if !ok {
		return nil, s.Unopened("its bytes were changed; set it again")
	}
	var in inside
	// The parser's own words could hold a piece of the value.
	if json.Unmarshal(text, &in) != nil {
		return nil, s.Unopened("it was not sealed by this program")
	}
	if in.Name != s.Name {
		return nil, s.Unopened("it was sealed under another name; set it again")
	}
	return in.Value, nil
}
