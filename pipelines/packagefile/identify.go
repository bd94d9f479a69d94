// Package packagefile tells what a package is by reading it, and packs one.
//
// It unpacks nothing, opens no file and asks no network: bytes come in through
// io.ReaderAt and fs.FS. The host-side unpacker decides where files go; which
// entries it may write, and under which names, is decided here (Installs,
// SafeEntry, SafeLink), so that what was accepted at upload is what unpacks.
//
// A nupkg carries its identity inside and its file name does not matter; every
// other format is what its file name says.
package packagefile

import (
	"io"

	"slipway/pipelines"
	"slipway/pipelines/versions"
)

// Identity is what a package says about itself.
type Identity struct {
	ID           string
	Version      string // as written, 1.0.01 stays 1.0.01
	Format       string
	Title        string // from here to ReleaseNotes: nupkg only
	Description  string
	ReleaseNotes string
	Entries      int   // files, folders and links in the archive
	UnpackedSize int64 // bytes of content, as far as the archive tells
}

// Identify reads what a package is and checks that a host could unpack it
// without harm. A zip is judged by its directory; a tar is read through, since
// it has none. Every refusal is a pipelines.Error.
func Identify(fileName string, r io.ReaderAt, size int64) (Identity, error) {
	fileName = baseName(fileName)
	format, err := FormatOf(fileName)
	if err != nil {
		return Identity{}, err
	}
	var found Identity
	if isZip(format) {
		found, err = identifyZip(fileName, format, r, size)
	} else {
		found, err = identifyTar(fileName, format, r, size)
	}
	if err != nil {
		return Identity{}, err
	}
	if format != Nupkg {
		if found.ID, found.Version, _, err = ParseName(fileName); err != nil {
			return Identity{}, err
		}
	}
	if err := checkIdentity(found.ID, found.Version); err != nil {
		return Identity{}, err
	}
	found.Format = format
	return found, nil
}

// checkIdentity refuses an id or a version that could not name a folder, or
// that could not be ordered among its like.
func checkIdentity(id, version string) error {
	if err := CheckID(id); err != nil {
		return err
	}
	if len(version) > longestID {
		return pipelines.Refuse(pipelines.Invalid, "package %s: its version is longer than %d bytes; give it a shorter one", id, longestID)
	}
	if _, err := versions.Parse(version); err != nil {
		return pipelines.Refuse(pipelines.Invalid, "package %s: %v", id, err)
	}
	return nil
}
