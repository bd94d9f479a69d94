package secrets

import (
	"encoding/json"
	"fmt"
	"io"

	"golang.org/x/crypto/nacl/box"
)

// SealToHost closes values so that only the executor that holds the private
// half of the key can read them: a NaCl anonymous box around a JSON object of
// names and values. It is what an order carries as its sealed part; no values
// are no box (nil).
func SealToHost(rand io.Reader, executorPublicKey []byte, values map[string]string) ([]byte, error) {
	if len(values) == 0 {
		return nil, nil
	}
	if len(executorPublicKey) != 32 {
		return nil, fmt.Errorf("the host's key has %d bytes, not 32: check the target again, so that its key becomes known", len(executorPublicKey))
	}
	text, err := json.Marshal(values)
	if err != nil {
		return nil, fmt.Errorf("seal for the host: %w", err)
	}
	sealed, err := box.SealAnonymous(nil, text, (*[32]byte)(executorPublicKey), rand)
	if err != nil {
		return nil, fmt.Errorf("seal for the host: %w", err)
	}
	return sealed, nil
}
