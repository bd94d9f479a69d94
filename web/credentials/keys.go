package credentials

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
)

const (
	keyPrefix = "API-"
	keyLength = len(keyPrefix) + 32 // clients of Octopus expect at most 36 characters
)

// NewKey makes an API key and the hash to store for it. The key is shown once.
func NewKey(rand io.Reader) (key, hash string, err error) {
	var random [20]byte
	if _, err := io.ReadFull(rand, random[:]); err != nil {
		return "", "", fmt.Errorf("api key: %w", err)
	}
	key = keyPrefix + base32.StdEncoding.EncodeToString(random[:])
	return key, KeyHash(key), nil
}

// KeyHash is what is stored in place of an API key, and found by it.
func KeyHash(key string) string { return hash("key", key) }

// LooksLikeKey says whether a text has the form of an API key, before anybody
// asks the store for it.
func LooksLikeKey(text string) bool {
	body, ok := strings.CutPrefix(text, keyPrefix)
	if !ok || len(text) != keyLength {
		return false
	}
	return strings.Trim(body, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}

// NewSession makes the token of a session (or of another one-time address,
// like the first administrator's) and the hash to store for it.
func NewSession(rand io.Reader) (token, hash string, err error) {
	var random [32]byte
	if _, err := io.ReadFull(rand, random[:]); err != nil {
		return "", "", fmt.Errorf("session token: %w", err)
	}
	token = base64.RawURLEncoding.EncodeToString(random[:])
	return token, SessionHash(token), nil
}

// SessionHash is what is stored in place of a session token, and found by it.
func SessionHash(token string) string { return hash("session", token) }

// hash keeps the kinds apart: a session token is never a valid key.
func hash(kind, secret string) string {
	sum := sha256.Sum256([]byte(kind + ":" + secret))
	return hex.EncodeToString(sum[:])
}
