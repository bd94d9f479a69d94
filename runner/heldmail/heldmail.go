// Package heldmail keeps mails in a folder for reading, in place of sending
// them: for the demo, for tests, and for a first look without a mail server.
//
// It delivers nothing and forgets nothing. One mail is one JSON file named by
// the hash of its ID, so a mail sent twice is one mail, also across a restart.
package heldmail

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"slipway/runner/mail"
)

// Box is a folder of kept mails.
type Box struct {
	dir string
	mu  sync.Mutex // makes "is it there? then write it" one step
}

// Kept is one mail as the box holds it. Key is safe in a URL and a file name.
type Kept struct {
	Key string
	mail.Message
}

// ErrNotFound says that the box holds no mail with that key.
var ErrNotFound = errors.New("no such mail")

// New opens the box in dir and makes the folder if it is not there. The mails
// may hold sign-off codes, so nobody else on the machine may read them.
func New(dir string) (*Box, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("mail box: %w", err)
	}
	return &Box{dir: dir}, nil
}

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
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("keep mail %s: %w: %w", m.ID, mail.ErrTryAgain, err)
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	path := b.path(Key(m.ID))
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := writeWhole(path, text); err != nil {
		return fmt.Errorf("keep mail %s: %w: %w", m.ID, mail.ErrTryAgain, err)
	}
	return nil
}

// List is every kept mail without its bodies, newest first.
func (b *Box) List() ([]Kept, error) {
	entries, err := os.ReadDir(b.dir)
	if err != nil {
		return nil, err
	}
	var all []Kept
	for _, e := range entries {
		key, isMail := strings.CutSuffix(e.Name(), suffix)
		if !isMail {
			continue
		}
		k, err := b.Get(key)
		if err != nil {
			return nil, err
		}
		k.Text, k.HTML = "", ""
		all = append(all, k)
	}
	slices.SortFunc(all, func(x, y Kept) int {
		return cmp.Or(y.Date.Compare(x.Date), cmp.Compare(x.Key, y.Key))
	})
	return all, nil
}

// Get is the mail with this key, bodies included. An unknown key gives an
// error that wraps ErrNotFound.
func (b *Box) Get(key string) (Kept, error) {
	if !isKey(key) {
		return Kept{}, fmt.Errorf("mail %q: %w", key, ErrNotFound)
	}
	text, err := os.ReadFile(b.path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return Kept{}, fmt.Errorf("mail %q: %w", key, ErrNotFound)
	}
	if err != nil {
		return Kept{}, err
	}
	k := Kept{Key: key}
	if err := json.Unmarshal(text, &k.Message); err != nil {
		return Kept{}, fmt.Errorf("mail %s: %w", b.path(key), err)
	}
	return k, nil
}

const suffix = ".mail.json"

func (b *Box) path(key string) string { return filepath.Join(b.dir, key+suffix) }

// isKey keeps a key from a URL inside the folder.
func isKey(key string) bool {
	_, err := hex.DecodeString(key)
	return err == nil && len(key) == 32
}

// writeWhole makes the file appear complete or not at all.
func writeWhole(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
