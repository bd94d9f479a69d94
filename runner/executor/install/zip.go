package install

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"
	"time"
)

// workers unpack at the same time: more do not help on small hosts.
const workers = 2

// entry is one file of a zip with its name on this host.
type entry struct {
	name string
	file *zip.File
}

func (u *unpacking) zip(ctx context.Context, f *os.File) error {
	archive, err := zip.NewReader(f, u.packed)
	if err != nil {
		return fmt.Errorf("it is no zip archive inside: %w", err)
	}
	var size int64
	for _, file := range archive.File {
		size += int64(file.UncompressedSize64)
	}
	if err := u.roomFor(size); err != nil {
		return err
	}
	var files []entry
	for _, file := range archive.File {
		name, ok, err := u.nameFor(file.Name)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		switch mode := file.Mode(); {
		case strings.HasSuffix(file.Name, "/") || mode.IsDir():
			err = u.root.MkdirAll(name, 0o755)
		case mode&fs.ModeSymlink != 0:
			err = u.zipLink(name, file)
		case mode.IsRegular():
			files = append(files, entry{name, file})
		default:
			u.skip(file.Name, "it is neither file nor folder nor link")
		}
		if err != nil {
			return err
		}
	}
	return u.unzipAll(ctx, files)
}

// unzipAll stops all workers at the first error.
func (u *unpacking) unzipAll(ctx context.Context, files []entry) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan entry)
	var busy sync.WaitGroup
	for range workers {
		busy.Go(func() {
			in := u.folder()
			defer in.close()
			for e := range next {
				if err := unzip(in, e); err != nil {
					cancel(err)
				}
			}
		})
	}
	for _, e := range files {
		select {
		case next <- e:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(next)
	busy.Wait()
	return context.Cause(ctx)
}

func unzip(in *folder, e entry) error {
	from, err := e.file.Open()
	if err != nil {
		return fmt.Errorf("entry %q: %w", e.name, err)
	}
	defer from.Close()
	mode := e.file.Mode()
	if e.file.ExternalAttrs>>16 == 0 {
		mode = 0 // packed where files have no Unix mode
	}
	return in.file(e.name, mode, notBefore1980(e.file.Modified), from)
}

// notBefore1980 drops the time of archives that carry none.
func notBefore1980(t time.Time) time.Time {
	if t.Year() < 1980 {
		return time.Time{}
	}
	return t
}

// longestTarget is more than any system allows for a link.
const longestTarget = 4096

func (u *unpacking) zipLink(name string, file *zip.File) error {
	from, err := file.Open()
	if err != nil {
		return err
	}
	defer from.Close()
	target, err := io.ReadAll(io.LimitReader(from, longestTarget))
	if err != nil {
		return err
	}
	return u.link(name, string(target))
}
