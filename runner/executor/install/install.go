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
	"strconv"

	"slipway/pipelines"
	"slipway/pipelines/packagefile"
	"slipway/pipelines/task"
)

// Order is what to install, and where below.
type Order struct {
	Package      task.Package
	Packages     string // folder of delivered packages
	Applications string
	Environment  string
	FreeBytes    func(dir string) int64 // nil: free space is not looked at
}

// Installed is the new folder.
type Installed struct {
	Dir     string
	Files   int
	Skipped []string // entries that are left out, with the reason
}

// reserve is what must stay free on the disk after unpacking.
const reserve = 100 << 20

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
	dir, err := freshFolder(o)
	if err != nil {
		return Installed{}, err
	}
	done, err := unpackInto(ctx, dir, f, format, o)
	if err != nil {
		os.RemoveAll(dir)
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

// mostFolders bounds the search for a free name.
const mostFolders = 10_000

// freshFolder makes `<environment>/<package id>/<version>`, or the same with
// `_1`, `_2` and so on. Making a folder is exclusive, so of two installations
// at once each gets its own.
func freshFolder(o Order) (string, error) {
	parent := filepath.Join(o.Applications, pipelines.SafeName(o.Environment), packagefile.EscapeName(o.Package.ID))
	if o.Environment == "" {
		parent = filepath.Join(o.Applications, packagefile.EscapeName(o.Package.ID))
	}
	version := packagefile.EscapeName(o.Package.Version)
	if !filepath.IsLocal(version) || filepath.Base(version) != version || !filepath.IsLocal(packagefile.EscapeName(o.Package.ID)) {
		return "", fmt.Errorf("package %q version %q cannot be a folder's name", o.Package.ID, o.Package.Version)
	}
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return "", err
	}
	dir := filepath.Join(parent, version)
	for n := 1; n <= mostFolders; n++ {
		err := os.Mkdir(dir, 0o755)
		if !errors.Is(err, fs.ErrExist) {
			return dir, err
		}
		dir = filepath.Join(parent, version+"_"+strconv.Itoa(n))
	}
	return "", fmt.Errorf("%s has %d installations of version %s: remove those that are not needed", parent, mostFolders, version)
}

func unpackInto(ctx context.Context, dir string, f *os.File, format string, o Order) (Installed, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Installed{}, err
	}
	defer root.Close()
	u := &unpacking{root: root, dir: dir, format: format, packed: o.Package.Size, freeBytes: o.FreeBytes}
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
	return Installed{Dir: dir, Files: u.files, Skipped: u.skipped}, reachDisk(dir)
}
