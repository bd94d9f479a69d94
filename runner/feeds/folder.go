package feeds

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"slipway/pipelines"
)

// deepestFolder is how far below the feed's folder packages are looked for.
const deepestFolder = 8

// folder is a folder of this machine or of a network drive. Everything is opened
// through os.Root, so that no link in it leads out.
type folder string

func openFolder(f pipelines.Feed, l limits) (Source, error) {
	path := strings.TrimSpace(f.URL)
	if !filepath.IsAbs(path) {
		return nil, pipelines.Refuse(pipelines.Invalid, "feed %s: the address of a folder feed is its whole path on this server, like /srv/packages, and not %q", f.Name, shortened(path))
	}
	return fileFeed{f, filepath.Clean(path), l, folder(path)}, nil
}

func (d folder) files(ctx context.Context) ([]file, error) {
	root, err := os.OpenRoot(string(d))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("there is no such folder on this server")
	}
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	defer root.Close()
	var found []file
	looked := 0
	err = fs.WalkDir(root.FS(), ".", func(path string, e fs.DirEntry, err error) error {
		if looked++; looked > mostFiles {
			return fmt.Errorf("more than %d files lie there; name a folder with fewer", mostFiles)
		}
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case path == "." && err != nil:
			return err
		case err != nil: // one that may not be read hides only itself
			return nil
		case e.IsDir() && strings.Count(path, "/") >= deepestFolder:
			return fs.SkipDir
		case e.IsDir():
			return nil
		}
		if f, ok := named(path, 0, time.Time{}); ok && regular(root, &f) {
			found = append(found, f)
		}
		return nil
	})
	return found, err
}

// regular notes what is known of a file, if it is one: no pipe, on which reading
// would wait for ever, and no link that leads out.
func regular(root *os.Root, f *file) bool {
	info, err := root.Stat(filepath.FromSlash(f.path))
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	f.size, f.modified = info.Size(), info.ModTime().UTC()
	return true
}

func (d folder) open(_ context.Context, f file) (io.ReadCloser, error) {
	root, err := os.OpenRoot(string(d))
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	defer root.Close()
	if !regular(root, &f) {
		return nil, fmt.Errorf("the file %s has gone", f.path)
	}
	return root.Open(filepath.FromSlash(f.path))
}
