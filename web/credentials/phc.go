package credentials

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

const (
	saltSize = 16
	keySize  = 32
)

// cost is what one hash takes.
type cost struct {
	memory uint32 // KiB
	passes uint32
	lanes  uint8
}

var b64 = base64.RawStdEncoding.Strict()

// phc writes a hash in the form that all argon2 tools read.
func (c cost) phc(salt, key []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.passes, c.lanes, b64.EncodeToString(salt), b64.EncodeToString(key))
}

var errNotPHC = errors.New("the stored password is no argon2id text: set the password again")

// parsePHC reads what phc wrote. It refuses costs far above ours: a store that
// somebody changed must not be able to stop the server.
func parsePHC(text string) (c cost, salt, key []byte, err error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return c, nil, nil, errNotPHC
	}
	if parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, errNotPHC
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.passes, &c.lanes); err != nil {
		return c, nil, nil, errNotPHC
	}
	if c.memory < 8 || c.memory > 128<<10 || c.passes < 1 || c.passes > 16 || c.lanes < 1 || c.lanes > 8 {
		return c, nil, nil, errNotPHC
	}
	salt, err1 := b64.DecodeString(parts[4])
	key, err2 := b64.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(salt) < 8 || len(salt) > 64 || len(key) < 16 || len(key) > 64 {
		return c, nil, nil, errNotPHC
	}
	return c, salt, key, nil
}
