package packagefile

import (
	"archive/tar"
	"compress/gzip"
	"io"
	"io/fs"
)

func packTarGz(w io.Writer, files fs.FS, entries []packEntry) error {
	packed := gzip.NewWriter(w)
	archive := tar.NewWriter(packed)
	for _, e := range entries {
		if err := archive.WriteHeader(tarHeader(e)); err != nil {
			return err
		}
		if e.isFolder {
			continue
		}
		if err := copyFile(archive, files, e); err != nil {
			return err
		}
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return packed.Close()
}

func tarHeader(e packEntry) *tar.Header {
	h := &tar.Header{Typeflag: tar.TypeReg, Name: e.name, Size: e.size, Mode: int64(e.mode.Perm()), ModTime: PackedTime}
	if e.isFolder {
		h.Typeflag, h.Name = tar.TypeDir, e.name+"/"
	}
	return h
}
