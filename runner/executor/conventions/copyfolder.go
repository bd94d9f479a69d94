package conventions

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// copyAll copies files with their modes and times, folders, and links as
// links. Files that are only in the directory stay.
func (d *deployment) copyAll(from, to *folder) (files int, err error) {
	if err := d.roomFor(from, to.path); err != nil {
		return 0, err
	}
	err = fs.WalkDir(from.root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		switch {
		case e.IsDir():
			return to.root.MkdirAll(name, 0o755)
		case info.Mode()&fs.ModeSymlink != 0:
			return copyLink(from, to, name)
		case info.Mode().IsRegular():
			files++
			return copyFile(from, to, name, info)
		}
		return nil
	})
	return files, err
}

func copyFile(from, to *folder, name string, info fs.FileInfo) error {
	source, err := from.root.Open(name)
	if err != nil {
		return err
	}
	defer source.Close()
	err = to.write(name, info.Mode().Perm(), func(target *os.File) error {
		_, err := io.Copy(target, source)
		return err
	})
	if err != nil {
		return err
	}
	return to.root.Chtimes(name, info.ModTime(), info.ModTime())
}

func copyLink(from, to *folder, name string) error {
	target, err := from.root.Readlink(name)
	if err != nil {
		return err
	}
	if err := to.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return to.root.Symlink(target, name)
}

// roomFor refuses early what would fill the disk.
func (d *deployment) roomFor(from *folder, dir string) error {
	free := d.freeBytes()
	if free == nil {
		return nil
	}
	var size int64
	err := fs.WalkDir(from.root.FS(), ".", func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	if err != nil {
		return err
	}
	if have := free(dir); have < size+d.reserve() {
		return fmt.Errorf("it needs %d MB and %d MB reserve, and the disk has %d MB free: make room there", size>>20, d.reserve()>>20, have>>20)
	}
	return nil
}
