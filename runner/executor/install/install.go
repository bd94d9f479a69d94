// Package install verifies a delivered package and unpacks it into a folder of
// its own.
//
// It never writes into a folder that was there before, so nothing that is
// being served changes under its readers. The idea a newcomer would miss: a
// package is hostile until proven otherwise. Every write goes through an
// os.Root, which the operating system keeps inside the folder whatever names
// and links an archive holds; the checks of names in pipelines/packagefile are
// there for clear words, not for safety alone.
package install

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"slipway/pipelines"
	"slipway/pipelines/packagefile"
	"slipway/pipelines/task"
	"slipway/runner/executor/inuse"
)

// Order is what to install, and where below.
type Order struct {
	Package      task.Package
	Packages     string // folder of delivered packages
	Applications string
	Environment  string
	FreeBytes    func(dir string) int64 // nil: free space is not looked at
	Reserve      int64                  // what must stay free after unpacking
	Windows      bool                   // names must be such as Windows has, as they must where this runs on Windows
}

// Installed is the new folder.
type Installed struct {
	Dir     string
	Files   int
	Skipped []string // entries that are left out, with the reason
}

// Reserve is what stays free on the disk after unpacking, unless somebody says
// otherwise.
const Reserve = 500 << 20

// Install checks and unpacks. On an error the new folder is removed again.
func Install(ctx context.Context, o Order) (Installed, error) {
	f, err := os.Open(filepath.Join(o.Packages, o.Package.SHA256))
	if err != nil {
		return Installed{}, fmt.Errorf("package %s has not been delivered to this host: %w", o.Package.FileName, err)
	}
	defer f.Close()
	if err := verify(f, o.Package); err != nil {
		return Installed{}, err
	}
	format, err := packagefile.FormatOf(o.Package.FileName)
	if err != nil {
		return Installed{}, err
	}
	o.Windows = o.Windows || runtime.GOOS == "windows"
	if o.Windows {
		if err := checkForWindows(ctx, f, format, o.Package.Size); err != nil {
			return Installed{}, fmt.Errorf("package %s: %w", o.Package.FileName, err)
		}
	}
	dir, err := freshFolder(o)
	if err != nil {
		return Installed{}, err
	}
	done, err := unpackInto(ctx, dir, f, format, o)
	if err != nil {
		inuse.Retry(dir, func() error { return os.RemoveAll(dir) })
		return Installed{}, fmt.Errorf("package %s: %w", o.Package.FileName, err)
	}
	return done, nil
}

// verify reads the whole file: the cache may have been damaged since delivery.
func verify(f *os.File, p task.Package) error {
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	if err != nil {
		return err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != p.SHA256 || n != p.Size {
		return fmt.Errorf("package %s on this host has %d bytes and SHA-256 %s, expected are %d and %s: remove %s and deploy again",
			p.FileName, n, got, p.Size, p.SHA256, f.Name())
	}
	_, err = f.Seek(0, io.SeekStart)
	return err
}

// freshFolder makes the first folder of a Place that is not there. Making a
// folder is exclusive, so of two installations at once each gets its own.
func freshFolder(o Order) (string, error) {
	p := Place{Root: o.Applications, Package: o.Package.ID, Version: o.Package.Version}
	if o.Environment != "" {
		p.Folders = []string{pipelines.SafeName(o.Environment)}
	}
	if o.Windows {
		if err := p.checkForWindows(); err != nil {
			return "", err
		}
	}
	if err := p.check(); err != nil {
		return "", err
	}
	if err := os.MkdirAll(p.parent(), 0o755); err != nil {
		return "", err
	}
	for dir := range p.Candidates() {
		err := os.Mkdir(dir, 0o755)
		if !errors.Is(err, fs.ErrExist) {
			return dir, err
		}
	}
	return "", fmt.Errorf("%s has %d installations of version %s: remove those that are not needed", p.parent(), mostFolders, o.Package.Version)
}

func unpackInto(ctx context.Context, dir string, f *os.File, format string, o Order) (Installed, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Installed{}, err
	}
	defer root.Close()
	u := &unpacking{root: root, dir: dir, format: format, packed: o.Package.Size, freeBytes: o.FreeBytes, reserve: o.Reserve}
	switch format {
	case packagefile.Tar, packagefile.TarGz, packagefile.TarBz2:
		err = u.tar(ctx, f)
	default:
		err = u.zip(ctx, f)
	}
	if err != nil {
		return Installed{}, err
	}
	if err := u.makeLinks(); err != nil {
		return Installed{}, err
	}
	return Installed{Dir: dir, Files: u.files, Skipped: u.skipped}, ReachDisk(dir)
}
