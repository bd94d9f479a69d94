package secrets

import (
	"encoding/json"
	"errors"
	"io"

	"golang.org/x/crypto/nacl/box"
)

// HostKey is a pair that others seal names and values to, in the form of
// SealToHost.
type HostKey struct{ Public, Private []byte }

// NewHostKey makes the two halves, 32 bytes each.
func NewHostKey(rand io.Reader) (public, private []byte, err error) {
	a, b, err := box.GenerateKey(rand)
	if err != nil {
		return nil, nil, err
	}
	return a[:], b[:], nil
}

// Open gives the values of a box that was sealed to the key.
func (k HostKey) Open(sealed []byte) (map[string]string, error) {
	if len(k.Public) != 32 || len(k.Private) != 32 {
		return nil, errors.New("the key for sensitive outputs is not whole")
	}
	text, ok := box.OpenAnonymous(nil, sealed, (*[32]byte)(k.Public), (*[32]byte)(k.Private))
	if !ok {
		return nil, errors.New("sensitive outputs were sealed to another key than ours: run the step that sets them again")
	}
	var out map[string]string
	return out, json.Unmarshal(text, &out)
}
