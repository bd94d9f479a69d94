package install

import (
	"archive/tar"
	"compress/bzip2"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"slipway/pipelines/packagefile"
)

func (u *unpacking) tar(ctx context.Context, f *os.File) error {
	// A tar does not say beforehand what it holds; most grow less than this.
	if err := u.roomFor(4 * u.packed); err != nil {
		return err
	}
	plain, err := u.decompressed(f)
	if err != nil {
		return err
	}
	in := u.folder()
	defer in.close()
	for archive := tar.NewReader(plain); ; {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		head, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("it is no tar archive inside: %w", err)
		}
		if err := u.tarEntry(in, head, archive); err != nil {
			return err
		}
	}
}

func (u *unpacking) decompressed(f *os.File) (io.Reader, error) {
	switch u.format {
	case packagefile.TarGz:
		return gzip.NewReader(f)
	case packagefile.TarBz2:
		return bzip2.NewReader(f), nil
	}
	return f, nil
}

func (u *unpacking) tarEntry(in *folder, head *tar.Header, from io.Reader) error {
	if head.Typeflag == tar.TypeXGlobalHeader {
		return nil
	}
	name, ok, err := u.nameFor(head.Name)
	if err != nil || !ok {
		return err
	}
	switch head.Typeflag {
	case tar.TypeReg:
		return in.file(name, head.FileInfo().Mode(), notBefore1980(head.ModTime), from)
	case tar.TypeDir:
		return u.root.MkdirAll(name, 0o755)
	case tar.TypeSymlink:
		return u.link(name, head.Linkname)
	case tar.TypeLink:
		return u.hardLink(name, head.Linkname)
	}
	u.skip(head.Name, "it is neither file nor folder nor link")
	return nil
}

// hardLink names an entry that came before.
func (u *unpacking) hardLink(name, earlier string) error {
	earlier, ok, err := u.nameFor(earlier)
	if err != nil || !ok {
		return err
	}
	return u.root.Link(earlier, name)
}
