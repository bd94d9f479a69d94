package pretendhosts

import (
	"crypto/ecdh"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"golang.org/x/crypto/nacl/box"

	"slipway/pipelines/task"
)

// keyPair is computed from the target's name: a pretend host keeps no secrets,
// but orders must be sealed to somebody, and the key must survive a restart.
func keyPair(target string) *ecdh.PrivateKey {
	seed := sha256.Sum256([]byte("pretend host " + target))
	key, err := ecdh.X25519().NewPrivateKey(seed[:])
	if err != nil {
		panic(err) // 32 bytes are always a key
	}
	return key
}

func publicKey(target string) []byte { return keyPair(target).PublicKey().Bytes() }

// open reads the secrets of an order as a real executor does.
func open(target string, o *task.Order) (map[string]string, error) {
	if len(o.Sealed) == 0 {
		return nil, nil
	}
	key := keyPair(target)
	public, private := [32]byte(key.PublicKey().Bytes()), [32]byte(key.Bytes())
	text, ok := box.OpenAnonymous(nil, o.Sealed, &public, &private)
	if !ok {
		return nil, errors.New("the order's secrets are sealed to another key than this host's: remove the target and add it again, which pins the new key")
	}
	var secrets map[string]string
	if err := json.Unmarshal(text, &secrets); err != nil {
		return nil, fmt.Errorf("the order's secrets are no JSON object of name and value: %w", err)
	}
	return secrets, nil
}
