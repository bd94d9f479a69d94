package packagefile

import (
	"archive/zip"
	"errors"
	"io"
	"io/fs"
	"math"

	"slipway/pipelines"
)

// identifyZip judges a zip by its directory; of the content it reads the
// nuspec and the targets of links, both short.
func identifyZip(fileName, format string, r io.ReaderAt, size int64) (Identity, error) {
	budget := &budgetReaderAt{r: r, left: maxDirectorySize}
	z, err := zip.NewReader(budget, size)
	switch {
	case budget.spent:
		return Identity{}, pipelines.Refuse(pipelines.Invalid, "package file %q: its list of entries is longer than %d MiB; split it", fileName, maxDirectorySize>>20)
	case budget.err != nil:
		return Identity{}, budget.err
	case err != nil && !errors.Is(err, zip.ErrInsecurePath): // we judge paths ourselves, and name the entry
		return Identity{}, notA("zip", fileName, err)
	case len(z.File) == 0:
		return Identity{}, empty(fileName)
	}
	budget.left = math.MaxInt64 // what is read from here on is short by its own rules
	found := newContents(format, size)
	for _, f := range z.File {
		if err := addZipEntry(found, f); err != nil {
			return Identity{}, err
		}
	}
	identity := Identity{Entries: found.tally.entries, UnpackedSize: found.tally.unpacked}
	if format == Nupkg {
		err = readNuspec(&identity, fileName, z.File)
	}
	return identity, err
}

func addZipEntry(found *contents, f *zip.File) error {
	const encrypted = 0x1
	refuse := func(why string) error {
		return pipelines.Refuse(pipelines.Invalid, "entry %q of the package %s", shortened(f.Name), why)
	}
	if f.UncompressedSize64 > uint64(MaxUnpackedSize) {
		return found.tally.add(-1)
	}
	isFolder := f.Mode().IsDir() || IsFolder(found.format, f.Name)
	if err := found.add(f.Name, int64(f.UncompressedSize64), isFolder); err != nil {
		return err
	}
	switch mode := f.Mode(); {
	case f.Flags&encrypted != 0:
		return refuse("is encrypted; pack it without a password")
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return refuse("is compressed by a method that hosts may not know; pack it with ordinary zip compression (deflate)")
	case isFolder || mode.IsRegular():
		return nil
	case mode.Type() == fs.ModeSymlink:
		target, err := readShort(f, maxLinkTarget)
		if err != nil {
			return err
		}
		name, _ := Installs(found.format, f.Name)
		return SafeLink(name, target)
	}
	return refuse("is no file, folder or link; leave it out")
}

// readShort reads an entry that has no reason to be long.
func readShort(f *zip.File, most int64) (string, error) {
	content, err := f.Open()
	if err != nil {
		return "", unreadable(f.Name, err)
	}
	defer content.Close()
	text, err := io.ReadAll(io.LimitReader(content, most+1))
	if err != nil {
		return "", unreadable(f.Name, err)
	}
	if int64(len(text)) > most {
		return "", pipelines.Refuse(pipelines.Invalid, "entry %q of the package is longer than %d bytes, which is not what it says it is; pack it again", shortened(f.Name), most)
	}
	return string(text), nil
}

func unreadable(entry string, err error) error {
	return pipelines.Refuse(pipelines.Invalid, "entry %q of the package cannot be read (%v): the file is damaged; upload it again, or pack it again", shortened(entry), err)
}

func notA(kind, fileName string, err error) error {
	return pipelines.Refuse(pipelines.Invalid, "package file %q is no complete %s archive (%v); upload the file as the build made it, whole and under its own extension", fileName, kind, err)
}

func empty(fileName string) error {
	return pipelines.Refuse(pipelines.Invalid, "package file %q holds nothing; check which folder the build packs", fileName)
}

// budgetReaderAt bounds what a reader may be made to read, and tells the
// reader's own errors from what was found in the bytes.
type budgetReaderAt struct {
	r     io.ReaderAt
	left  int64
	spent bool
	err   error
}

var errSpent = errors.New("too much to read")

func (b *budgetReaderAt) ReadAt(p []byte, off int64) (int, error) {
	if int64(len(p)) > b.left {
		b.spent = true
		return 0, errSpent
	}
	n, err := b.r.ReadAt(p, off)
	b.left -= int64(n)
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}
