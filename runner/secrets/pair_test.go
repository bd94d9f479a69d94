package secrets_test

import (
	"context"
	"crypto/rand"
	"errors"
	"testing"

	"slipway/runner/secrets"
	"slipway/runner/secrets/secretstest"
)

// pairKeeper is the least that a keeper with a pair is.
type pairKeeper struct{ private secrets.Private }

func (k pairKeeper) Seal(_ context.Context, name string, value []byte) (secrets.Sealed, error) {
	public, err := k.private.Public()
	if err != nil {
		return secrets.Sealed{}, err
	}
	return public.Seal("test", name, value, rand.Reader)
}

func (k pairKeeper) Open(_ context.Context, s secrets.Sealed) ([]byte, error) {
	public, err := k.private.Public()
	if err != nil {
		return nil, err
	}
	if err := s.Fits("test", public.ID(), "in a test"); err != nil {
		return nil, err
	}
	return k.private.Open(s)
}

func TestPair(t *testing.T) {
	t.Parallel()
	secretstest.Run(t, func(t *testing.T) secrets.Keeper {
		private, err := secrets.NewPrivate(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return pairKeeper{private}
	})
}

func TestNoChanceNoPair(t *testing.T) {
	t.Parallel()
	if _, err := secrets.NewPrivate(broken{}); err == nil {
		t.Error("a pair was made without chance")
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("no chance") }
