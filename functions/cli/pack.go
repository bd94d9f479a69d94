package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"slipway/pipelines"
	"slipway/pipelines/packagefile"
)

// packed is what pack made.
type packed struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

func (p *program) pack() *cobra.Command {
	c := verb("pack FOLDER", "Make a package of a folder, the same bytes for the same content", nil)
	id := c.Flags().String("id", "", "the package's id")
	version := c.Flags().String("version", "", "the package's version, like 1.0.1")
	format := c.Flags().String("format", packagefile.Nupkg, "nupkg, zip or tar.gz")
	out := c.Flags().String("out", ".", "the folder for the package")
	notes := c.Flags().String("notes", "", "release notes (nupkg only)")
	c.RunE = func(c *cobra.Command, args []string) error {
		if err := need(c, "id", "version"); err != nil {
			return err
		}
		if err := apart(args[0], *out); err != nil {
			return err
		}
		made, err := packInto(*out, packagefile.PackInput{
			ID: *id, Version: *version, Format: *format, ReleaseNotes: *notes, Files: os.DirFS(args[0]),
		})
		if err != nil {
			return err
		}
		return p.answer(made, func() {
			p.say("%s  %s  sha256 %s", made.File, bytesOf(made.Size), made.SHA256)
		})
	}
	return c
}

// apart refuses a place for the package inside the folder it is made of: the
// next package would hold this one.
func apart(folder, out string) error {
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return pipelines.Refuse(pipelines.NotFound, "there is no folder %s to pack", folder)
	}
	inside, err := filepath.Abs(folder)
	if err != nil {
		return err
	}
	place, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	if rel, err := filepath.Rel(inside, place); err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return pipelines.Refuse(pipelines.Invalid, "the package would land in the folder it is made of: name another place with --out")
	}
	return nil
}

// packInto makes the package appear whole or not at all.
func packInto(dir string, in packagefile.PackInput) (packed, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return packed{}, err
	}
	f, err := os.CreateTemp(dir, ".new-package-*")
	if err != nil {
		return packed{}, err
	}
	defer os.Remove(f.Name())
	sum := sha256.New()
	err = packagefile.Pack(io.MultiWriter(f, sum), in)
	size, seek := f.Seek(0, io.SeekCurrent)
	if err := errors.Join(err, seek, f.Chmod(0o644), f.Close()); err != nil {
		return packed{}, err
	}
	made := packed{
		File:   filepath.Join(dir, packagefile.FileName(in.ID, in.Version, in.Format)),
		SHA256: hex.EncodeToString(sum.Sum(nil)), Size: size,
	}
	return made, os.Rename(f.Name(), made.File)
}
