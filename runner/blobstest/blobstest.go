// Package blobstest holds every blob store to the contract of package blobs.
// It looks at nothing but what the contract promises, so it fits any store.
// Each case puts below a prefix of its own, hence a slow store may be one and the same for all cases.
package blobstest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/runner/blobs"
)

// Option adds to a Run what not every store can offer.
type Option func(*suite)

// Reopen tells how to open the store anew on the same data.
func Reopen(reopen func(*testing.T, blobs.Blobs) blobs.Blobs) Option {
	return func(s *suite) { s.reopen = reopen }
}

// Folders tells that what is behind the store, an emulator, keeps names as files in folders, so that there cannot be both "a" and
// "a/b". It leaves out the names in whose way others are. No store that the product ships may need it.
func Folders() Option { return func(s *suite) { s.folders = true } }

type suite struct {
	open    func(*testing.T) blobs.Blobs
	reopen  func(*testing.T, blobs.Blobs) blobs.Blobs
	folders bool
}

// possible is the names that the store can have beside each other.
func (s *suite) possible(names []string) []string {
	if !s.folders {
		return names
	}
	inTheWay := func(name string) bool {
		return slices.ContainsFunc(names, func(other string) bool { return strings.HasPrefix(other, name+"/") })
	}
	return slices.DeleteFunc(slices.Clone(names), inTheWay)
}

// beside is the name of a blob beside those below "a/": "a" itself where that is possible.
func (s *suite) beside() string {
	if s.folders {
		return "a-"
	}
	return "a"
}

// Run holds the stores that open returns to the contract. They may be one and the same.
func Run(t *testing.T, open func(*testing.T) blobs.Blobs, options ...Option) {
	s := &suite{open: open}
	for _, o := range options {
		o(s)
	}
	for name, check := range map[string]func(*testing.T, *suite){
		"GivesBackWhatWasPut":       givesBackWhatWasPut,
		"RefusesATakenName":         refusesATakenName,
		"StoresNothingOnFailure":    storesNothingOnFailure,
		"RefusesUnsafeNames":        refusesUnsafeNames,
		"TakesSafeNames":            takesSafeNames,
		"ReadsRanges":               readsRanges,
		"ListsInOrder":              listsInOrder,
		"ListsInPages":              listsInPages,
		"Deletes":                   deletes,
		"OneOfManyPuts":             oneOfManyPuts,
		"OneOfTwoThatHaveBegun":     oneOfTwoThatHaveBegun,
		"PutsBesideDeletes":         putsBesideDeletes,
		"ShowsNothingHalfWritten":   showsNothingHalfWritten,
		"OutlivesReopening":         outlivesReopening,
		"SignsRequests":             signsRequests,
		"EndedContextStoresNothing": endedContext,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, s)
		})
	}
}

// prefix is one that no other case uses, and ends in a slash.
func prefix(t *testing.T) string {
	return "suite/" + strings.ToLower(t.Name()[strings.LastIndex(t.Name(), "/")+1:]) + "-" + time.Now().UTC().Format("20060102150405.000000000") + "/"
}

func mustPut(t *testing.T, b blobs.Blobs, name, content string) blobs.Info {
	t.Helper()
	info, err := b.Put(t.Context(), name, strings.NewReader(content))
	if err != nil {
		t.Fatalf("Put(%s): %v", name, err)
	}
	return info
}

// read returns all of a blob.
func read(ctx context.Context, b blobs.Blobs, name string) (string, blobs.Info, error) {
	r, info, err := b.Get(ctx, name)
	if err != nil {
		return "", info, err
	}
	content, err := io.ReadAll(r)
	return string(content), info, errors.Join(err, r.Close())
}

func wantBlob(t *testing.T, b blobs.Blobs, name, want string) {
	t.Helper()
	got, info, err := read(t.Context(), b, name)
	if err != nil || got != want {
		t.Fatalf("Get(%s): got %.60q (%d bytes) and %v, want %.60q (%d bytes)", name, got, len(got), err, want, len(want))
	}
	if info.Name != name || info.Size != int64(len(want)) || info.SHA256 != sum(want) {
		t.Errorf("Get(%s): got %+v, want size %d and hash %s", name, info, len(want), sum(want))
	}
}

func wantAbsent(t *testing.T, b blobs.Blobs, name string) {
	t.Helper()
	if _, _, err := read(t.Context(), b, name); !errors.Is(err, blobs.ErrNotFound) {
		t.Errorf("Get(%s): got %v, want ErrNotFound", name, err)
	}
	if _, err := b.GetRange(t.Context(), name, 0, 1); !errors.Is(err, blobs.ErrNotFound) {
		t.Errorf("GetRange(%s): got %v, want ErrNotFound", name, err)
	}
}

func sum(content string) string {
	s := sha256.Sum256([]byte(content))
	return hex.EncodeToString(s[:])
}

// list returns the names of a list.
func list(t *testing.T, b blobs.Blobs, prefix, after string, limit int) []string {
	t.Helper()
	infos, err := b.List(t.Context(), prefix, after, limit)
	if err != nil {
		t.Fatalf("List(%q, %q, %d): %v", prefix, after, limit, err)
	}
	names := []string{}
	for _, info := range infos {
		names = append(names, info.Name)
	}
	return names
}

// large is some megabytes without a pattern that a store could get right by chance.
func large() string {
	var b bytes.Buffer
	for i := 0; b.Len() < 5<<20; i++ {
		s := sha256.Sum256(b.Bytes()[max(b.Len()-32, 0):])
		b.Write(s[:])
		b.WriteByte(byte(i))
	}
	return b.String()
}
