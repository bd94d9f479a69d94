package diskblobs

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"slipway/runner/blobs"
)

// List implements blobs.Blobs. It leaves SHA256 empty.
func (s *Store) List(ctx context.Context, prefix, after string, limit int) ([]blobs.Info, error) {
	if limit < 0 {
		return nil, fmt.Errorf("%w: a list of %q with the limit %d", blobs.ErrInvalid, prefix, limit)
	}
	if limit == 0 {
		limit = blobs.MaxList
	}
	l := &listing{ctx: ctx, store: s, prefix: prefix, after: after, limit: limit}
	if err := l.folder(above(prefix)); err != nil {
		return nil, fmt.Errorf("list the blobs %s…: %w", prefix, err)
	}
	return l.found, nil
}

// above is the deepest folder that holds all names with the prefix. A walk that begins there does not read how many
// others there are.
func above(prefix string) string {
	i := strings.LastIndexByte(prefix, '/')
	if i < 0 || blobs.CheckName(prefix[:i]) != nil {
		return ""
	}
	return prefix[:i+1]
}

type listing struct {
	ctx           context.Context
	store         *Store
	prefix, after string
	limit         int
	found         []blobs.Info
}

// entry is a blob, or a folder: then name ends in a slash. Sorted so, a walk meets blobs in the order of their whole names.
type entry struct {
	name string
	file os.DirEntry
}

// folder adds what is below at, which is empty or ends in a slash.
func (l *listing) folder(at string) error {
	if err := l.ctx.Err(); err != nil {
		return err
	}
	files, err := os.ReadDir(filepath.Join(l.store.dir, filepath.FromSlash(at)))
	if absent(err) {
		return nil // deleted meanwhile
	}
	if err != nil {
		return err
	}
	for _, e := range entries(at, files) {
		if len(l.found) == l.limit {
			return nil
		}
		if err := l.entry(e); err != nil {
			return err
		}
	}
	return nil
}

func entries(at string, files []os.DirEntry) []entry {
	all := make([]entry, 0, len(files))
	for _, f := range files {
		if f.IsDir() {
			if f.Name() != unfinished {
				all = append(all, entry{at + f.Name() + "/", f})
			}
			continue
		}
		if name, ok := blobName(at + f.Name()); ok {
			all = append(all, entry{name, f})
		}
	}
	slices.SortFunc(all, func(a, b entry) int { return cmp.Compare(a.name, b.name) })
	return all
}

func (l *listing) entry(e entry) error {
	if e.file.IsDir() {
		if l.mayHold(e.name) {
			return l.folder(e.name)
		}
		return nil
	}
	if !strings.HasPrefix(e.name, l.prefix) || e.name <= l.after {
		return nil
	}
	at, err := e.file.Info()
	if absent(err) {
		return nil // deleted meanwhile
	}
	if err != nil {
		return err
	}
	l.found = append(l.found, blobs.Info{Name: e.name, Size: max(at.Size()-int64(trailerSize), 0), Modified: at.ModTime()})
	return nil
}

// mayHold says whether names that begin with folder can be in the list.
func (l *listing) mayHold(folder string) bool {
	if !strings.HasPrefix(folder, l.prefix) && !strings.HasPrefix(l.prefix, folder) {
		return false
	}
	return folder > l.after || strings.HasPrefix(l.after, folder)
}
