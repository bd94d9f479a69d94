package packagefile

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"testing"
)

// installed is what a host would have after unpacking: mode and content by name.
func installed(t *testing.T, format string, content []byte) map[string]string {
	t.Helper()
	if format == TarGz {
		return installedTar(t, content)
	}
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	must(t, err)
	got := map[string]string{}
	for _, f := range z.File {
		if !f.Modified.Equal(PackedTime) {
			t.Errorf("%s in the %s is of %s, want %s", f.Name, format, f.Modified, PackedTime)
		}
		if name, ok := Installs(format, f.Name); ok {
			got[name] = f.Mode().String() + " " + read(t, f)
		}
	}
	return got
}

func installedTar(t *testing.T, content []byte) map[string]string {
	t.Helper()
	stream, err := gzip.NewReader(bytes.NewReader(content))
	must(t, err)
	got := map[string]string{}
	for r := tar.NewReader(stream); ; {
		h, err := r.Next()
		if err == io.EOF {
			return got
		}
		must(t, err)
		body, err := io.ReadAll(r)
		must(t, err)
		if !h.ModTime.Equal(PackedTime) {
			t.Errorf("%s in the tar is of %s, want %s", h.Name, h.ModTime, PackedTime)
		}
		if name, ok := Installs(TarGz, h.Name); ok {
			got[name] = h.FileInfo().Mode().String() + " " + string(body)
		}
	}
}
