package links

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"time"
)

// NewTicket makes a link that asks for no code, because what it opens asks for
// something that no mail scanner types: a new password. It serves its purpose
// and no other.
func NewTicket(rand io.Reader, now time.Time, valid time.Duration, purpose, subject string) (token string, l Link, err error) {
	var secret [32]byte
	if _, err = io.ReadFull(rand, secret[:]); err != nil {
		return "", Link{}, fmt.Errorf("link token: %w", err)
	}
	hash := sha256.Sum256(secret[:])
	l = Link{Hash: hash[:], Purpose: purpose, Subject: subject, Expires: now.Add(valid)}
	return base64.RawURLEncoding.EncodeToString(secret[:]), l, nil
}

// Redeem says whether the token opens the ticket for a purpose now: nil, or why
// not. It changes nothing; whoever acts on it stores Use(now), or removes it.
func (l Link) Redeem(token, purpose string, now time.Time) error {
	secret, err := decode(token)
	if err != nil {
		return ErrUnknown
	}
	hash := sha256.Sum256(secret)
	if !hmac.Equal(hash[:], l.Hash) || l.Purpose != purpose || l.CodeHash != nil {
		return ErrUnknown
	}
	return l.Usable(now)
}
