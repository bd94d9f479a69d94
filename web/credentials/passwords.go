package credentials

import (
	"context"
	"crypto/subtle"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"slipway/pipelines"
)

const (
	minCharacters = 10
	maxBytes      = 1024 // longer ones are no passwords but an attempt to keep us busy
)

// The cost of one hash: 19 MiB and two passes, some 35 ms on a small machine.
var today = cost{memory: 19 << 10, passes: 2, lanes: 1}

// Passwords hashes and verifies passwords, a few at a time.
type Passwords struct {
	rand  io.Reader
	turns chan struct{} // one for each hash being computed
	line  chan struct{} // one for each caller, computing or waiting
	decoy string        // what is verified for a user who does not exist
}

// NewPasswords makes Passwords that computes atOnce hashes at a time (19 MiB
// each; 1 is right for a small server) and lets 64 callers for each wait.
func NewPasswords(rand io.Reader, atOnce int) *Passwords {
	atOnce = max(1, atOnce)
	return &Passwords{
		rand:  rand,
		turns: make(chan struct{}, atOnce),
		line:  make(chan struct{}, atOnce*65),
		decoy: today.phc(make([]byte, saltSize), make([]byte, keySize)),
	}
}

// CheckPassword says whether a password may be chosen.
func CheckPassword(password string) error {
	if err := checkLength(password); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(password); n < minCharacters {
		return pipelines.Refuse(pipelines.Invalid, "the password has %d characters and needs %d: four or five words are easy to remember", n, minCharacters)
	}
	if common(password) {
		return pipelines.Refuse(pipelines.Invalid, "the password is one of those that are tried first: four or five words that have nothing to do with each other are better")
	}
	return nil
}

func checkLength(password string) error {
	if len(password) > maxBytes {
		return pipelines.Refuse(pipelines.Invalid, "the password has %d bytes: at most %d are accepted", len(password), maxBytes)
	}
	return nil
}

// Hash is the text to store for a password: a PHC string with salt and cost.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	if err := CheckPassword(password); err != nil {
		return "", err
	}
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(p.rand, salt); err != nil {
		return "", fmt.Errorf("password salt: %w", err)
	}
	key, err := p.compute(ctx, password, salt, today, keySize)
	if err != nil {
		return "", err
	}
	return today.phc(salt, key), nil
}

// Verify says whether the password belongs to the stored text, and whether it
// should be hashed anew because the cost has changed since. For a user who
// does not exist pass "": the answer is no, after the same time as for others.
func (p *Passwords) Verify(ctx context.Context, password, stored string) (ok, rehash bool, err error) {
	if err := checkLength(password); err != nil {
		return false, false, err
	}
	exists := stored != ""
	if !exists {
		stored = p.decoy
	}
	c, salt, want, err := parsePHC(stored)
	if err != nil {
		return false, false, err
	}
	got, err := p.compute(ctx, password, salt, c, len(want))
	if err != nil {
		return false, false, err
	}
	if !exists || subtle.ConstantTimeCompare(got, want) != 1 {
		return false, false, nil
	}
	return true, c != today || len(want) != keySize, nil
}

// compute waits for its turn and hashes. Who finds the line full is sent away:
// under a flood an honest refusal is better than an answer in a minute.
func (p *Passwords) compute(ctx context.Context, password string, salt []byte, c cost, size int) ([]byte, error) {
	select {
	case p.line <- struct{}{}:
		defer func() { <-p.line }()
	default:
		return nil, pipelines.Refuse(pipelines.Unavailable, "too many people sign in at this moment: try again in a few seconds")
	}
	select {
	case p.turns <- struct{}{}:
		defer func() { <-p.turns }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(password), salt, c.passes, c.memory, c.lanes, uint32(size)), nil
}
