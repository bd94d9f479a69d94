package packagefile

import (
	"archive/tar"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"io"

	"slipway/pipelines"
)

// identifyTar reads through the whole archive and keeps none of it.
func identifyTar(fileName, format string, r io.ReaderAt, size int64) (Identity, error) {
	packed := &sourceReader{r: io.NewSectionReader(r, 0, size)}
	stream, err := decompressed(format, packed)
	if err == nil {
		bounded := &boundedReader{r: stream, packedSize: size}
		found := newContents(format, size)
		if err = addTarEntries(found, tar.NewReader(bounded)); err == nil {
			_, err = io.Copy(io.Discard, bounded) // the checksum is at the end
		}
		if err == nil && found.tally.entries == 0 {
			err = empty(fileName)
		}
		if err == nil {
			return Identity{Entries: found.tally.entries, UnpackedSize: found.tally.unpacked}, nil
		}
	}
	switch {
	case packed.err != nil:
		return Identity{}, packed.err
	case pipelines.CodeOf(err) != "":
		return Identity{}, err
	}
	return Identity{}, notA(format, fileName, err)
}

func decompressed(format string, r io.Reader) (io.Reader, error) {
	switch format {
	case TarGz:
		return gzip.NewReader(r)
	case TarBz2:
		return bzip2.NewReader(r), nil
	}
	return r, nil
}

func addTarEntries(found *contents, t *tar.Reader) error {
	for {
		h, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) { // we judge paths ourselves, and name the entry
			return err
		}
		if h.Typeflag == tar.TypeXGlobalHeader { // git archive writes one; it is no entry
			continue
		}
		if err := addTarEntry(found, h); err != nil {
			return err
		}
	}
}

func addTarEntry(found *contents, h *tar.Header) error {
	if err := found.add(h.Name, h.Size, h.Typeflag == tar.TypeDir); err != nil {
		return err
	}
	switch h.Typeflag {
	case tar.TypeReg, tar.TypeDir, tar.TypeGNUSparse:
		return nil
	case tar.TypeSymlink:
		name, _ := Installs(found.format, h.Name)
		return SafeLink(name, h.Linkname)
	case tar.TypeLink:
		if name, _ := Installs(found.format, h.Linkname); found.files[name] {
			return nil
		}
		return pipelines.Refuse(pipelines.Invalid, "entry %q of the package is a second name of %q, which no entry before it has; pack the file itself", shortened(h.Name), shortened(h.Linkname))
	}
	return pipelines.Refuse(pipelines.Invalid, "entry %q of the package is no file, folder or link; leave it out", shortened(h.Name))
}

// boundedReader ends a stream that grows past what a package may unpack to.
// Archive headers are in the stream but not in the content, hence the slack.
type boundedReader struct {
	r          io.Reader
	packedSize int64
	read       int64
}

func (b *boundedReader) Read(p []byte) (int, error) {
	const headers = MaxEntries * 2048
	n, err := b.r.Read(p)
	b.read += int64(n)
	if b.read > MaxUnpackedSize+headers {
		return 0, pipelines.Refuse(pipelines.Invalid, "the package unpacks to more than %d GiB; split it", MaxUnpackedSize>>30)
	}
	if refused := checkRatio(b.read, b.packedSize); refused != nil {
		return 0, refused
	}
	return n, err
}

// sourceReader remembers an error of the source itself, so that a broken disk
// is not reported as a broken package.
type sourceReader struct {
	r   io.Reader
	err error
}

func (s *sourceReader) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}
