package heldmail

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"slipway/runner/blobs"
)

// suffix is that of the files in which mails were kept before they were blobs.
const suffix = ".mail.json"

// Adopt takes over the mails from a folder of files, as versions before this
// one kept them, and removes each file once its mail is in the store. That there is no folder is
// fine, and so is doing it again after a crash.
func (b *Box) Adopt(ctx context.Context, dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("take over kept mails: %w", err)
	}
	for _, e := range entries {
		key, isMail := strings.CutSuffix(e.Name(), suffix)
		if !isMail || !isKey(key) {
			continue
		}
		if err := b.adopt(ctx, key, filepath.Join(dir, e.Name())); err != nil {
			return fmt.Errorf("take over the kept mail %s: %w", e.Name(), err)
		}
	}
	_ = os.Remove(dir) // stays if there is something else in it
	return nil
}

func (b *Box) adopt(ctx context.Context, key, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	_, err = b.store.Put(ctx, prefix+key, f)
	if errors.Is(err, blobs.ErrExists) {
		err = nil
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Remove(path)
}
