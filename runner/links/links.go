// Package links makes and checks the links that stand in mails: single-use,
// expiring, bound to a purpose, and worth nothing without a short code.
//
// It stores nothing and asks no clock: a Link is what the caller stores under
// Key(token), and every check returns the Link to store in its place (only if
// nobody else changed it meanwhile). The token stands in the mail and nowhere
// else. The code is hashed with the token as key, so whoever reads the store,
// and with it every Link, can guess neither the token nor the six characters.
//
// One Link serves both answers of a mail, approve and reject: two addresses
// with one token, so that the first answer uses up both.
package links

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"time"
)

// MaxWrong is how many wrong codes a link survives, less one: the fifth kills.
const MaxWrong = 5

// Link is the stored half of a link.
type Link struct {
	Hash     []byte     `json:"hash"`             // of the token
	Purpose  string     `json:"purpose"`          // what may be done with it, like "answer"
	Subject  string     `json:"subject"`          // the facts it is bound to: deployment, step, person, plan
	CodeHash []byte     `json:"codeHash"`         // keyed with the token
	Expires  time.Time  `json:"expires"`          // from this moment on it is worth nothing
	Wrong    int        `json:"wrong,omitempty"`  // wrong codes so far
	UsedAt   *time.Time `json:"usedAt,omitempty"` // when it did its one job
	Dead     bool       `json:"dead,omitempty"`   // too many wrong codes, or called off
}

// Why a link does nothing. A wrong code is a *WrongCodeError.
var (
	ErrUnknown  = errors.New("this link is not one of ours, or was copied incompletely: open it from the mail again")
	ErrExpired  = errors.New("this link has expired: answer on the deployment's page instead")
	ErrUsed     = errors.New("this link has been used: it works once")
	ErrDead     = errors.New("this link is dead, after five wrong codes or because nothing is left to answer: look at the deployment's page")
	ErrNotACode = errors.New("the code has six letters and digits: it stands in the mail below the links")
)

// WrongCodeError says that the code does not fit, and how many tries are left.
type WrongCodeError struct{ Left int }

func (e *WrongCodeError) Error() string {
	if e.Left == 0 {
		return "the code is wrong, for the fifth time: the link is dead now. Answer on the deployment's page instead"
	}
	return fmt.Sprintf("the code is wrong: compare it with the mail. %d more wrong codes and the link is dead", e.Left)
}

// New makes a link. Token and code go into the mail and are then forgotten;
// the Link is stored under Key(token).
func New(rand io.Reader, now time.Time, valid time.Duration, purpose, subject string) (token, code string, l Link, err error) {
	var secret [32]byte
	if _, err = io.ReadFull(rand, secret[:]); err != nil {
		return "", "", Link{}, fmt.Errorf("link token: %w", err)
	}
	if code, err = newCode(rand); err != nil {
		return "", "", Link{}, err
	}
	hash := sha256.Sum256(secret[:])
	l = Link{Hash: hash[:], Purpose: purpose, Subject: subject, Expires: now.Add(valid)}
	l.CodeHash = l.codeHash(secret[:], code)
	return base64.RawURLEncoding.EncodeToString(secret[:]), code, l, nil
}

// Key is the name under which the link of this token is stored: a hash, safe
// in a key or a file name. Anything that is no token gets a key too, one under
// which nothing is stored.
func Key(token string) string {
	secret, err := decode(token)
	if err != nil {
		secret = []byte("not a token: " + token)
	}
	hash := sha256.Sum256(secret)
	return base64.RawURLEncoding.EncodeToString(hash[:])
}

// Usable says whether the link could still do its job: nil, or why not. It is
// what a GET may ask, since it changes nothing.
func (l Link) Usable(now time.Time) error {
	switch {
	case l.Dead:
		return ErrDead
	case l.UsedAt != nil:
		return ErrUsed
	case !now.Before(l.Expires):
		return ErrExpired
	}
	return nil
}

// Check is the one use of the link: with the right code it returns the link as
// used, and nil. The Link it returns must be stored whatever the error is,
// since a wrong code counts. What has not the form of a code does not count:
// a mail scanner that presses the empty form five times must not kill the link.
func (l Link) Check(token, code string, now time.Time) (Link, error) {
	secret, err := decode(token)
	if err != nil {
		return l, ErrUnknown
	}
	hash := sha256.Sum256(secret)
	if !hmac.Equal(hash[:], l.Hash) {
		return l, ErrUnknown
	}
	if err := l.Usable(now); err != nil {
		return l, err
	}
	code, ok := normal(code)
	if !ok {
		return l, ErrNotACode
	}
	if !hmac.Equal(l.codeHash(secret, code), l.CodeHash) {
		return l.missed()
	}
	return l.Use(now), nil
}

// Use returns the link as used, for an answer that came another way: the
// person was signed in, and a session stands for the code.
func (l Link) Use(now time.Time) Link {
	l.UsedAt = &now
	return l
}

// Kill returns the link as dead, for when nothing is left to answer.
func (l Link) Kill() Link {
	l.Dead = true
	return l
}

func (l Link) missed() (Link, error) {
	l.Wrong++
	l.Dead = l.Wrong >= MaxWrong
	return l, &WrongCodeError{Left: MaxWrong - l.Wrong}
}

// codeHash binds the code to the token and to what the link is for: a stored
// link whose facts were changed fits no code any more.
func (l Link) codeHash(secret []byte, code string) []byte {
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "%d:%s %d:%s %s", len(l.Purpose), l.Purpose, len(l.Subject), l.Subject, code)
	return mac.Sum(nil)
}

func decode(token string) ([]byte, error) {
	secret, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err == nil && len(secret) != 32 {
		err = ErrUnknown
	}
	return secret, err
}
