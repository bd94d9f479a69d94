package packagefile

import (
	"archive/zip"
	"io"
	"io/fs"
)

// packZip writes a zip, and for a nupkg the parts that describe it first, so
// that NuGet's readers find them without reading past the content.
func packZip(w io.Writer, p PackInput, entries []packEntry) error {
	archive := zip.NewWriter(w)
	if p.Format == Nupkg {
		for _, part := range wrapping(p, entries) {
			if err := writePart(archive, part); err != nil {
				return err
			}
		}
	}
	for _, e := range entries {
		if err := writeZipEntry(archive, p.Files, encoded(p.Format, e.name), e); err != nil {
			return err
		}
	}
	return archive.Close()
}

func writePart(archive *zip.Writer, p part) error {
	w, err := archive.CreateHeader(zipHeader(p.name, 0o644))
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, p.content)
	return err
}

func writeZipEntry(archive *zip.Writer, files fs.FS, name string, e packEntry) error {
	if e.isFolder {
		h := zipHeader(name+"/", e.mode)
		h.Method = zip.Store
		_, err := archive.CreateHeader(h)
		return err
	}
	w, err := archive.CreateHeader(zipHeader(name, e.mode))
	if err != nil {
		return err
	}
	return copyFile(w, files, e)
}

func zipHeader(name string, mode fs.FileMode) *zip.FileHeader {
	h := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: PackedTime}
	h.SetMode(mode)
	return h
}
