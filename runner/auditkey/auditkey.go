// Package auditkey is the key of a server that signs exports of the audit log. It
// signs nothing else, and gives its private half to nobody.
//
// The idea to know: whoever answers requests may make the key, since sealing is
// allowed there, but on AWS cannot open it again: what is to be signed goes to
// where secrets may be opened.
package auditkey

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
	"slipway/runner/records"
	"slipway/runner/secrets"
)

// Key signs.
type Key struct {
	Records *records.Records
	Sealer  secrets.Sealer
	Random  io.Reader
	// Opener is nil where no secret may be opened: there Elsewhere signs.
	Opener    secrets.Opener
	Elsewhere func(ctx context.Context, message []byte) ([]byte, error)
}

// private is what the private half is sealed as.
const private = "slipway/audit-export"

// Public is the public half; the pair is made when it is first needed.
func (k *Key) Public(ctx context.Context) (ed25519.PublicKey, error) {
	stored, revision, err := k.Records.AuditKey(ctx)
	if err != nil || revision > 0 {
		return stored.Public, err
	}
	return k.renew(ctx, 0)
}

// renew makes a pair in place of that of a revision.
func (k *Key) renew(ctx context.Context, revision int64) (ed25519.PublicKey, error) {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(k.Random, seed); err != nil {
		return nil, err
	}
	public := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	sealed, err := k.Sealer.Seal(ctx, private, seed)
	if err != nil {
		return nil, err
	}
	err = k.Records.Write(ctx, records.SetAuditKey(records.AuditKey{Public: public, Private: sealed}, revision))
	if records.Conflict(err) { // somebody else was first
		first, _, err := k.Records.AuditKey(ctx)
		return first.Public, err
	}
	return public, err
}

// Sign signs the last line of an export, and nothing else.
func (k *Key) Sign(ctx context.Context, message []byte) ([]byte, error) {
	if !auditlog.Signable(message) {
		return nil, pipelines.Refuse(pipelines.Invalid, "only the last line of an export is signed by this key")
	}
	if k.Opener == nil {
		return k.Elsewhere(ctx, message)
	}
	stored, revision, err := k.Records.AuditKey(ctx)
	if err != nil {
		return nil, err
	}
	if stored.Private.Name != private {
		return nil, secrets.ErrCannotOpen
	}
	seed, err := k.Opener.Open(ctx, stored.Private)
	if errors.Is(err, secrets.ErrCannotOpen) {
		// The data was moved here without what it was sealed with. Later exports say
		// that they are signed by another key.
		_, renewed := k.renew(ctx, revision)
		return nil, errors.Join(fmt.Errorf("the key that signs exports of the audit log cannot be opened here, so that a new one was made: export again: %w", err), renewed)
	}
	if err != nil {
		return nil, err
	}
	if len(seed) != ed25519.SeedSize {
		return nil, errors.New("the key that signs exports of the audit log is damaged")
	}
	return ed25519.Sign(ed25519.NewKeyFromSeed(seed), message), nil
}
