package conventions

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"slipway/pipelines/packagefile"
	"slipway/runner/executor/inuse"
)

// folder is one whose files the conventions change. The operating system keeps
// every access inside it, whatever links it holds.
type folder struct {
	path string
	root *os.Root
}

func openFolder(path string) (*folder, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	return &folder{path: path, root: root}, nil
}

func (f *folder) close() { f.root.Close() }

// full is a file's path as people know it.
func (f *folder) full(name string) string { return filepath.Join(f.path, filepath.FromSlash(name)) }

// files lists what is below the folder, sorted, with slashes. Links to folders
// are not followed; a link to a file counts as one, and is followed when it is
// opened, if it stays inside.
func (f *folder) files() ([]string, error) {
	var names []string
	err := fs.WalkDir(f.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if d.Type()&fs.ModeSymlink != 0 {
			if info, err := f.root.Stat(name); err != nil || !info.Mode().IsRegular() {
				return nil
			}
		} else if !d.Type().IsRegular() {
			return nil
		}
		if len(names) == packagefile.MaxEntries {
			return fmt.Errorf("%s has more than %d files", f.path, packagefile.MaxEntries)
		}
		names = append(names, name)
		return nil
	})
	return names, err
}

// read reads a file of limited size. The error for a larger one is a
// *tooLargeError.
func (f *folder) read(name string, most int64) ([]byte, fs.FileInfo, error) {
	file, err := f.root.Open(name)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, nil, err
	}
	if info.Size() > most {
		return nil, info, &tooLargeError{size: info.Size(), most: most}
	}
	content, err := io.ReadAll(io.LimitReader(file, most+1))
	if err == nil && int64(len(content)) > most {
		err = &tooLargeError{size: int64(len(content)), most: most}
	}
	return content, info, err
}

// tooLargeError says that a file is beyond what a convention reads.
type tooLargeError struct{ size, most int64 }

func (e *tooLargeError) Error() string {
	return fmt.Sprintf("it has %d MB, and files are read up to %d MB: leave it out of the list", e.size>>20, e.most>>20)
}

// replace writes new content beside the file and puts it in its place, with the
// mode and, as far as the system lets us, the owner it had. A reader sees the
// old file or the new one, never a part.
func (f *folder) replace(name string, content []byte, was fs.FileInfo) error {
	name, err := f.behindLinks(name)
	if err != nil {
		return err
	}
	return f.write(name, was.Mode().Perm(), func(to *os.File) error {
		keepOwner(to, was)
		_, err := to.Write(content)
		return err
	})
}

// write makes a file of that name appear whole.
func (f *folder) write(name string, mode fs.FileMode, content func(to *os.File) error) error {
	fresh := path.Join(path.Dir(name), ".slipway-"+rand.Text())
	to, err := f.root.OpenFile(fresh, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	err = errors.Join(content(to), to.Chmod(mode))
	if closing := to.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = inuse.Retry(f.full(name), func() error { return f.root.Rename(fresh, name) })
	}
	if err != nil {
		f.root.Remove(fresh)
	}
	return err
}

// mostLinks is how many links may lead from one to the next.
const mostLinks = 16

// behindLinks is the file that a link means, so that the link stays one.
func (f *folder) behindLinks(name string) (string, error) {
	for range mostLinks {
		info, err := f.root.Lstat(name)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			return name, err
		}
		target, err := f.root.Readlink(name)
		if err != nil {
			return "", err
		}
		if name = path.Join(path.Dir(name), filepath.ToSlash(target)); !filepath.IsLocal(name) || filepath.IsAbs(target) {
			return "", fmt.Errorf("it is a link that leads outside %s", f.path)
		}
	}
	return "", errors.New("it is a link to a link, and so on without end")
}
