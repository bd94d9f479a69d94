// Package heldmail keeps mails for reading, in place of sending them: for the
// demo, for tests, and for a first look without a mail server.
//
// It delivers nothing and forgets nothing. One mail is one blob named by the
// hash of its ID, and a blob's name is taken once, so a mail sent twice is one
// mail, also across a restart and from several processes.
package heldmail

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"slipway/runner/blobs"
	"slipway/runner/mail"
)

// Box is the kept mails of one store. They may hold sign-off codes: who may
// read the store may read them.
type Box struct{ store blobs.Blobs }

// Kept is one mail as the box holds it. Key is safe in a URL and a file name.
type Kept struct {
	Key string
	mail.Message
}

// ErrNotFound says that the box holds no mail with that key.
var ErrNotFound = errors.New("no such mail")

// New is the box in a store.
func New(store blobs.Blobs) *Box { return &Box{store} }

// prefix is before the key of a mail in the store.
const prefix = "mail/"

// Key is the key under which the box keeps the message with this ID.
func Key(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:16])
}

// Send keeps the mail. The first one with an ID stays; a second is ignored.
func (b *Box) Send(ctx context.Context, m mail.Message) error {
	if err := m.Check(); err != nil {
		return err
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	_, err = b.store.Put(ctx, prefix+Key(m.ID), bytes.NewReader(text))
	if err != nil && !errors.Is(err, blobs.ErrExists) {
		return fmt.Errorf("keep mail %s: %w: %w", m.ID, mail.ErrTryAgain, err)
	}
	return nil
}

// List is every kept mail without its bodies, newest first. It reads them all.
func (b *Box) List(ctx context.Context) ([]Kept, error) {
	keys, err := b.keys(ctx)
	if err != nil {
		return nil, err
	}
	all, err := b.read(ctx, keys)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(x, y Kept) int {
		return cmp.Or(y.Date.Compare(x.Date), cmp.Compare(x.Key, y.Key))
	})
	return all, nil
}

func (b *Box) keys(ctx context.Context) ([]string, error) {
	var keys []string
	for after := ""; ; {
		page, err := b.store.List(ctx, prefix, after, blobs.MaxList)
		if err != nil {
			return nil, err
		}
		for _, info := range page {
			after = info.Name
			if key := strings.TrimPrefix(info.Name, prefix); isKey(key) {
				keys = append(keys, key)
			}
		}
		if len(page) < blobs.MaxList {
			return keys, nil
		}
	}
}

// read reads mails without their bodies, some at once: a store may be far away.
func (b *Box) read(ctx context.Context, keys []string) ([]Kept, error) {
	all, errs := make([]Kept, len(keys)), make([]error, len(keys))
	var readers sync.WaitGroup
	places := make(chan struct{}, 8)
	for i, key := range keys {
		places <- struct{}{}
		readers.Go(func() {
			defer func() { <-places }()
			all[i], errs[i] = b.Get(ctx, key)
			all[i].Text, all[i].HTML = "", ""
		})
	}
	readers.Wait()
	return all, errors.Join(errs...)
}

// Get is the mail with this key, bodies included. An unknown key gives an
// error that wraps ErrNotFound.
func (b *Box) Get(ctx context.Context, key string) (Kept, error) {
	if !isKey(key) {
		return Kept{}, fmt.Errorf("mail %q: %w", key, ErrNotFound)
	}
	r, _, err := b.store.Get(ctx, prefix+key)
	if errors.Is(err, blobs.ErrNotFound) {
		return Kept{}, fmt.Errorf("mail %q: %w", key, ErrNotFound)
	}
	if err != nil {
		return Kept{}, err
	}
	text, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		return Kept{}, err
	}
	k := Kept{Key: key}
	if err := json.Unmarshal(text, &k.Message); err != nil {
		return Kept{}, fmt.Errorf("mail %s: %w", key, err)
	}
	return k, nil
}

// isKey keeps a key from a URL inside the box.
func isKey(key string) bool {
	_, err := hex.DecodeString(key)
	return err == nil && len(key) == 32
}
