package auditkey_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/pipelines/auditlog"
	"slipway/runner/auditkey"
	"slipway/runner/bolttable"
	"slipway/runner/diskblobs"
	"slipway/runner/keyfilesecrets"
	"slipway/runner/records"
)

// TestAKeySignsLastLinesAndNothingElse, and is the same for whoever asks.
func TestAKeySignsLastLinesAndNothingElse(t *testing.T) {
	t.Parallel()
	store := newRecords(t)
	sealed := keeper(t)
	here := &auditkey.Key{Records: store, Sealer: sealed, Opener: sealed, Random: rand.Reader}
	there := &auditkey.Key{Records: store, Sealer: sealed, Random: rand.Reader, Elsewhere: here.Sign}
	public, err := there.Public(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if again, err := here.Public(t.Context()); err != nil || !bytes.Equal(again, public) {
		t.Errorf("the key is %x, then %x, %v", public, again, err)
	}
	message := auditlog.Trailer{Format: 1, Key: auditlog.KeyText(public)}.ToSign()
	if signature, err := there.Sign(t.Context(), message); err != nil || !ed25519.Verify(public, message, signature) {
		t.Errorf("Sign = %x, %v, which does not fit %x", signature, err, public)
	}
	if _, err := here.Sign(t.Context(), []byte("something else")); err == nil {
		t.Error("something else was signed")
	}
	stored, _, err := store.AuditKey(t.Context())
	if err != nil || len(stored.Private.Box) == 0 || bytes.Equal(stored.Private.Box, public) {
		t.Errorf("stored is %+v, %v", stored, err)
	}

	// The data was moved to where the key for secrets is another.
	other := keeper(t)
	moved := &auditkey.Key{Records: store, Sealer: other, Opener: other, Random: rand.Reader}
	if _, err := moved.Sign(t.Context(), message); err == nil || !strings.Contains(err.Error(), "a new one was made: export again") {
		t.Errorf("with another key for secrets: %v", err)
	}
	renewed, err := moved.Public(t.Context())
	if err != nil || bytes.Equal(renewed, public) {
		t.Fatalf("the key is %x still, %v", renewed, err)
	}
	message = auditlog.Trailer{Format: 1, Key: auditlog.KeyText(renewed)}.ToSign()
	if signature, err := moved.Sign(t.Context(), message); err != nil || !ed25519.Verify(renewed, message, signature) {
		t.Errorf("Sign by the new key = %x, %v", signature, err)
	}
}

func keeper(t *testing.T) *keyfilesecrets.Keeper {
	t.Helper()
	k, err := keyfilesecrets.Create(filepath.Join(t.TempDir(), "key"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func newRecords(t *testing.T) *records.Records {
	t.Helper()
	store, err := diskblobs.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	rows, err := bolttable.Open(filepath.Join(t.TempDir(), "slipway.db"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rows.Close() })
	return records.New(rows, store)
}
