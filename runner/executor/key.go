package executor

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/crypto/curve25519"
	"golang.org/x/crypto/nacl/box"

	"slipway/runner/executor/ledger"
)

// keyPair is what secrets for this host are sealed to. The private half never
// leaves its file; the public half is pinned by the server at first contact.
type keyPair struct{ public, private [32]byte }

// hostKey reads the key pair, and makes it when there is none. Of two first
// contacts at once, one makes it and both read it.
func (c *call) hostKey() (keyPair, error) {
	path := c.ledger.Path("key")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		_, private, err := box.GenerateKey(rand.Reader)
		if err != nil {
			return keyPair{}, err
		}
		err = ledger.CreateDurably(path, []byte(base64.StdEncoding.EncodeToString(private[:])+"\n"))
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return keyPair{}, err
		}
	}
	return readKey(path)
}

func readKey(path string) (pair keyPair, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return pair, err
	}
	private, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(private) != len(pair.private) {
		return pair, fmt.Errorf("%s does not hold a key any more: remove it there, then remove the target and add it again, which pins the new key", path)
	}
	copy(pair.private[:], private)
	public, err := curve25519.X25519(private, curve25519.Basepoint)
	copy(pair.public[:], public)
	return pair, err
}

// open reads the sealed secrets of an order.
func (k keyPair) open(sealed []byte) (map[string]string, error) {
	if len(sealed) == 0 {
		return nil, nil
	}
	b, ok := k.unseal(sealed)
	if !ok {
		return nil, errors.New("the secrets of this order are sealed to another key than this host's: if the host was reinstalled or its ledger removed, remove the target and add it again, which pins the new key, and deploy again")
	}
	secrets := map[string]string{}
	if err := json.Unmarshal(b, &secrets); err != nil {
		return nil, errors.New("the secrets of this order are not a JSON object of names and texts")
	}
	return secrets, nil
}

// unseal opens a box that was sealed to this host, whoever made it.
func (k keyPair) unseal(sealed []byte) ([]byte, bool) {
	return box.OpenAnonymous(nil, sealed, &k.public, &k.private)
}

// sealTo seals the sensitive outputs of an attempt to the key that came with
// its order; without any there is nothing to seal.
func sealTo(key []byte, outputs map[string]string) ([]byte, error) {
	if len(outputs) == 0 {
		return nil, nil
	}
	var public [32]byte
	if len(key) != len(public) {
		return nil, fmt.Errorf("the key that the order gives for sensitive outputs has %d bytes instead of %d, so they cannot be passed on", len(key), len(public))
	}
	copy(public[:], key)
	plain, err := json.Marshal(outputs)
	if err != nil {
		return nil, err
	}
	return box.SealAnonymous(nil, plain, &public, rand.Reader)
}
