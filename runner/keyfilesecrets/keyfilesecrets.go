// Package keyfilesecrets seals values with one X25519 key pair that lies in a
// file: the local form of secrets.
//
// It does not rotate keys and keeps no values. What a newcomer would miss: a
// backup of the data folder without the key file gives nobody a secret, and
// nobody gets one back either; keep the two apart, and keep both.
package keyfilesecrets

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"golang.org/x/crypto/nacl/box"

	"slipway/runner/secrets"
)

const kind = "keyfile"

// Sealer closes values with the public half of a key. It cannot open them.
type Sealer struct {
	public [32]byte
	rand   io.Reader
}

// NewSealer makes a Sealer from the public half alone.
func NewSealer(public []byte, rand io.Reader) (*Sealer, error) {
	if len(public) != 32 {
		return nil, fmt.Errorf("a public key has 32 bytes, this one has %d", len(public))
	}
	return &Sealer{public: [32]byte(public), rand: rand}, nil
}

// Public is the half that may be known.
func (s *Sealer) Public() []byte { return s.public[:] }

// inside is what the box holds: the name travels with the value, so that an
// envelope moved to another name gives itself away.
type inside struct {
	Name  string `json:"name"`
	Value []byte `json:"value"`
}

// Seal closes value under name.
func (s *Sealer) Seal(_ context.Context, name string, value []byte) (secrets.Sealed, error) {
	if len(value) > secrets.MaxValue {
		return secrets.Sealed{}, fmt.Errorf("secret %s has %d bytes: at most %d can be kept", name, len(value), secrets.MaxValue)
	}
	text, err := json.Marshal(inside{name, value})
	if err != nil {
		return secrets.Sealed{}, fmt.Errorf("seal %s: %w", name, err)
	}
	sealed, err := box.SealAnonymous(nil, text, &s.public, s.rand)
	if err != nil {
		return secrets.Sealed{}, fmt.Errorf("seal %s: %w", name, err)
	}
	return secrets.Sealed{Format: secrets.Format, By: kind, Key: keyID(s.public), Name: name, Box: sealed}, nil
}

// Keeper seals and opens.
type Keeper struct {
	*Sealer
	private [32]byte
}

// Open returns what was sealed.
func (k *Keeper) Open(_ context.Context, s secrets.Sealed) ([]byte, error) {
	if err := k.fits(s); err != nil {
		return nil, err
	}
	text, ok := box.OpenAnonymous(nil, s.Box, &k.public, &k.private)
	if !ok {
		return nil, fmt.Errorf("%s: %w: its bytes were changed; set it again", s.Name, secrets.ErrCannotOpen)
	}
	var in inside
	// The parser's own words could hold a piece of the value.
	if json.Unmarshal(text, &in) != nil {
		return nil, fmt.Errorf("%s: %w: it was not sealed by this program", s.Name, secrets.ErrCannotOpen)
	}
	if in.Name != s.Name {
		return nil, fmt.Errorf("%s: %w: it was sealed under another name; set it again", s.Name, secrets.ErrCannotOpen)
	}
	return in.Value, nil
}

func (k *Keeper) fits(s secrets.Sealed) error {
	switch {
	case s.Format < 1:
		return fmt.Errorf("%s: %w: it is no envelope of ours", s.Name, secrets.ErrCannotOpen)
	case s.Format > secrets.Format:
		return fmt.Errorf("%s: %w: a newer slipway sealed it (format %d, this one knows %d)", s.Name, secrets.ErrCannotOpen, s.Format, secrets.Format)
	case s.By != kind:
		return fmt.Errorf("%s: %w: it was sealed by %q, and this server keeps its key in a file", s.Name, secrets.ErrCannotOpen, s.By)
	case s.Key != keyID(k.public):
		return fmt.Errorf("%s: %w: it was sealed with the key %s, and the key file holds %s; bring that file back or set the secret again", s.Name, secrets.ErrCannotOpen, s.Key, keyID(k.public))
	}
	return nil
}

// keyID tells keys apart in messages and envelopes.
func keyID(public [32]byte) string {
	sum := sha256.Sum256(public[:])
	return hex.EncodeToString(sum[:8])
}
