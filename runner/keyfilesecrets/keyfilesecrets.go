// Package keyfilesecrets seals values with one X25519 key pair that lies in a
// file: the local form of secrets.
//
// It does not rotate keys and keeps no values. What a newcomer would miss: a
// backup of the data folder without the key file gives nobody a secret, and
// nobody gets one back either; keep the two apart, and keep both.
package keyfilesecrets

import (
	"context"
	"fmt"
	"io"

	"slipway/runner/secrets"
)

const kind = "keyfile"

// Sealer closes values with the public half of a key. It cannot open them.
type Sealer struct {
	public secrets.Public
	rand   io.Reader
}

// NewSealer makes a Sealer from the public half alone.
func NewSealer(public []byte, rand io.Reader) (*Sealer, error) {
	if len(public) != 32 {
		return nil, fmt.Errorf("a public key has 32 bytes, this one has %d", len(public))
	}
	return &Sealer{public: secrets.Public(public), rand: rand}, nil
}

// Public is the half that may be known.
func (s *Sealer) Public() []byte { return s.public[:] }

// Seal closes value under name.
func (s *Sealer) Seal(_ context.Context, name string, value []byte) (secrets.Sealed, error) {
	return s.public.Seal(kind, name, value, s.rand)
}

// Keeper seals and opens.
type Keeper struct {
	*Sealer
	private secrets.Private
}

// Open returns what was sealed.
func (k *Keeper) Open(_ context.Context, s secrets.Sealed) ([]byte, error) {
	if err := s.Fits(kind, k.public.ID(), "in its key file"); err != nil {
		return nil, err
	}
	return k.private.Open(s)
}
