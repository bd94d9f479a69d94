// Package kmssecrets seals values with a key in AWS KMS, for those who want
// secrets to hang on a key of their own.
//
// It makes no keys and keeps no values. Each value gets a data key, which KMS
// wraps; so a value may be larger than KMS would take. What a newcomer would
// miss: sealing asks for kms:GenerateDataKey and opening for kms:Decrypt, and
// both name the secret to KMS, so a wrapped key opens under its name alone and
// CloudTrail says which secret was opened.
package kmssecrets

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"slipway/runner/secrets"
)

// kind stands in every envelope.
const kind = "kms"

// Sealer closes values. It cannot open them.
type Sealer struct {
	client *kms.Client
	key    string
}

// NewSealer makes a Sealer with the key of that ARN.
func NewSealer(cfg aws.Config, keyARN string) *Sealer {
	return &Sealer{kms.NewFromConfig(cfg), keyARN}
}

// Keeper seals and opens.
type Keeper struct{ *Sealer }

// New makes a Keeper with the key of that ARN.
func New(cfg aws.Config, keyARN string) *Keeper { return &Keeper{NewSealer(cfg, keyARN)} }

var _ secrets.Keeper = (*Keeper)(nil)

// Seal closes value under name with a data key of its own.
func (s *Sealer) Seal(ctx context.Context, name string, value []byte) (secrets.Sealed, error) {
	if err := secrets.CheckValue(name, value); err != nil {
		return secrets.Sealed{}, err
	}
	data, err := s.client.GenerateDataKey(ctx, &kms.GenerateDataKeyInput{KeyId: &s.key, KeySpec: types.DataKeySpecAes256, EncryptionContext: about(name)})
	if err != nil {
		return secrets.Sealed{}, fmt.Errorf("seal %s with the key %s: %w", name, s.key, err)
	}
	lock, err := lockOf(data.Plaintext)
	if err != nil {
		return secrets.Sealed{}, fmt.Errorf("seal %s: %w", name, err)
	}
	box := binary.BigEndian.AppendUint16(nil, uint16(len(data.CiphertextBlob)))
	box = append(box, data.CiphertextBlob...)
	// A data key closes one value, so the nonce may be zero.
	box = lock.Seal(box, make([]byte, lock.NonceSize()), value, []byte(name))
	return secrets.Sealed{Format: secrets.Format, By: kind, Key: s.key, Name: name, Box: box}, nil
}

// Open returns what was sealed.
func (k *Keeper) Open(ctx context.Context, s secrets.Sealed) ([]byte, error) {
	if err := s.Fits(kind, k.key, "in KMS"); err != nil {
		return nil, err
	}
	if len(s.Box) < 2 || len(s.Box) < 2+int(binary.BigEndian.Uint16(s.Box)) {
		return nil, s.Unopened("its bytes were changed; set it again")
	}
	wrapped, sealed := s.Box[2:2+binary.BigEndian.Uint16(s.Box)], s.Box[2+binary.BigEndian.Uint16(s.Box):]
	if len(wrapped) == 0 {
		return nil, s.Unopened("its bytes were changed; set it again")
	}
	data, err := k.client.Decrypt(ctx, &kms.DecryptInput{KeyId: &k.key, CiphertextBlob: wrapped, EncryptionContext: about(s.Name)})
	if err != nil {
		return nil, k.refused(s, err)
	}
	lock, err := lockOf(data.Plaintext)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", s.Name, err)
	}
	value, err := lock.Open(nil, make([]byte, lock.NonceSize()), sealed, []byte(s.Name))
	if err != nil {
		return nil, s.Unopened("its bytes were changed; set it again")
	}
	return value, nil
}

// refused tells an envelope that will never open from a key that is not there now.
func (k *Keeper) refused(s secrets.Sealed, err error) error {
	if _, other := errors.AsType[*types.IncorrectKeyException](err); other {
		return s.Unopened("it was sealed with another key than %s; set it again", k.key)
	}
	if _, changed := errors.AsType[*types.InvalidCiphertextException](err); changed {
		return s.Unopened("its bytes were changed, or it was sealed under another name; set it again")
	}
	return fmt.Errorf("open %s with the key %s: %w", s.Name, k.key, err)
}

// about is what KMS binds a data key to and writes into its log. A name in
// ASCII keeps that readable and within what KMS takes.
func about(name string) map[string]string {
	return map[string]string{"slipway:secret": strconv.QuoteToASCII(name)}
}

func lockOf(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
