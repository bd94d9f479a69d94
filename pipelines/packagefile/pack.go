package packagefile

import (
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"slipway/pipelines"
)

// PackInput is what goes into a package. Authors and Description are only
// written to a nupkg, where NuGet demands them; left empty they are derived
// from the id and the version.
type PackInput struct {
	ID, Version  string
	Format       string // Nupkg, Zip or TarGz
	Title        string
	Authors      string
	Description  string
	ReleaseNotes string
	Files        fs.FS
}

// PackedTime is the time every packed entry carries, the earliest a zip can
// say: a real one would make two packages of one content differ. It is no time
// of the file. Who unpacks must not give it to files on a web server, whose
// caches would take equally long files of two versions for the same.
var PackedTime = time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC)

// FileName is the name under which Pack's output says what it is.
func FileName(id, version, format string) string {
	return id + "." + version + "." + format
}

// Pack writes a package. The same input gives the same bytes: entries are
// sorted, times fixed, and of a file's mode only "may be run" is kept (0755,
// else 0644).
//
// Everything in Files goes in, empty folders too; what cannot is an error, as
// is a package that Identify would refuse. A link is packed as the file it
// leads to. Keeping the output file itself out of Files is up to the caller.
func Pack(w io.Writer, p PackInput) error {
	if err := checkIdentity(p.ID, p.Version); err != nil {
		return err
	}
	if err := checkPackName(p); err != nil {
		return err
	}
	entries, err := list(p.Files, p.Format)
	if err != nil {
		return err
	}
	if p.Format == TarGz {
		return packTarGz(w, p.Files, entries)
	}
	return packZip(w, p, entries)
}

// checkPackName refuses what could not be told from the file name again: id
// App.2 with version 1.0 would be read as App 2.1.0.
func checkPackName(p PackInput) error {
	switch p.Format {
	case Nupkg:
		return nil
	case Zip, TarGz:
	default:
		return pipelines.Refuse(pipelines.Invalid, "package format %q: packages are packed as %s, %s or %s", p.Format, Nupkg, Zip, TarGz)
	}
	name := FileName(p.ID, p.Version, p.Format)
	id, version, _, err := ParseName(name)
	if err != nil {
		return err
	}
	if id != p.ID || version != p.Version {
		return pipelines.Refuse(pipelines.Invalid, "package %s %s: the file name %s would be read as %s %s; choose another id or the format %s",
			p.ID, p.Version, name, id, version, Nupkg)
	}
	return nil
}

// packEntry is a file, or a folder with nothing in it.
type packEntry struct {
	name     string
	size     int64
	mode     fs.FileMode
	isFolder bool
}

// list walks the tree and checks that each thing found can be packed.
func list(files fs.FS, format string) ([]packEntry, error) {
	var entries []packEntry
	found := newContents(format, MaxUnpackedSize) // how well it compresses is not known yet
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		e, packed, err := entryOf(files, name, d)
		if err != nil || !packed {
			return err
		}
		switch installed, ok := Installs(format, encoded(format, name)); {
		case !ok:
			return pipelines.Refuse(pipelines.Invalid, "%q cannot go into a nupkg: hosts take it for a part of the wrapping and would not unpack it; leave it out, or pack a zip", name)
		case installed != name:
			return pipelines.Refuse(pipelines.Invalid, "%q cannot go into a %s: hosts would unpack it as %q; rename it, or pack a %s", name, format, installed, TarGz)
		}
		entries = append(entries, e)
		return found.add(encoded(format, name), e.size, e.isFolder)
	})
	if err != nil {
		return nil, err
	}
	if len(entries) == 0 {
		return nil, pipelines.Refuse(pipelines.Invalid, "there is nothing to pack; check which folder is packed")
	}
	slices.SortFunc(entries, func(a, b packEntry) int { return strings.Compare(a.name, b.name) })
	return entries, nil
}

// entryOf describes one name of the tree; packed is false for a folder that
// exists by what is in it.
func entryOf(files fs.FS, name string, d fs.DirEntry) (e packEntry, packed bool, err error) {
	if d.IsDir() {
		inside, err := fs.ReadDir(files, name)
		return packEntry{name: name, mode: fs.ModeDir | 0o755, isFolder: true}, len(inside) == 0, err
	}
	info, err := fs.Stat(files, name) // follows links
	if err != nil {
		return packEntry{}, false, err
	}
	if !info.Mode().IsRegular() {
		return packEntry{}, false, pipelines.Refuse(pipelines.Invalid, "%q cannot be packed: it is no file, or a link to a folder; leave it out or put a copy in its place", name)
	}
	mode := fs.FileMode(0o644)
	if info.Mode()&0o111 != 0 {
		mode = 0o755
	}
	return packEntry{name: name, size: info.Size(), mode: mode}, true, nil
}

// encoded is the name of a file inside a package of the format.
func encoded(format, name string) string {
	if format == Nupkg {
		return escapePart(name)
	}
	return name
}

// copyFile copies exactly as much as was announced: a file that changes while
// it is packed must not end up as a broken package.
func copyFile(w io.Writer, files fs.FS, e packEntry) error {
	f, err := files.Open(e.name)
	if err != nil {
		return err
	}
	defer f.Close()
	changed := pipelines.Refuse(pipelines.Conflict, "%q changed while it was packed; pack again when nothing writes to it", e.name)
	if _, err := io.CopyN(w, f, e.size); err == io.EOF {
		return changed
	} else if err != nil {
		return err
	}
	n, err := f.Read(make([]byte, 1))
	if n > 0 {
		return changed
	}
	if err != io.EOF {
		return err
	}
	return nil
}
