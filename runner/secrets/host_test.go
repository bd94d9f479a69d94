package secrets_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"maps"
	"testing"

	"golang.org/x/crypto/nacl/box"

	"slipway/runner/secrets"
)

// What the executor does with its private half.
func TestTheHostOpensWhatWasSealedToIt(t *testing.T) {
	t.Parallel()
	public, private, err := box.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{"Db Password": "correct horse", "Token": "a\"b\\c\nümläut"}
	sealed, err := secrets.SealToHost(rand.Reader, public[:], values)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("horse")) {
		t.Error("a value is readable")
	}
	text, ok := box.OpenAnonymous(nil, sealed, public, private)
	if !ok {
		t.Fatal("the box does not open")
	}
	var got map[string]string
	if err := json.Unmarshal(text, &got); err != nil || !maps.Equal(got, values) {
		t.Errorf("opened %q, %v, want %q", got, err, values)
	}
	other, otherPrivate, err := box.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := box.OpenAnonymous(nil, sealed, other, otherPrivate); ok {
		t.Error("another host's key opens it")
	}
}

func TestSealToHostNeedsAKey(t *testing.T) {
	t.Parallel()
	if _, err := secrets.SealToHost(rand.Reader, nil, map[string]string{"a": "b"}); err == nil {
		t.Error("sealed without a key")
	}
	if sealed, err := secrets.SealToHost(rand.Reader, nil, nil); err != nil || sealed != nil {
		t.Errorf("nothing to seal: %v, %v, want nil, nil", sealed, err)
	}
}
