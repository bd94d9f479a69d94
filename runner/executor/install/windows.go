package install

import (
	"archive/tar"
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/packagefile"
	"slipway/runner/executor/winnames"
)

// mostComplaints is how many entries are named.
const mostComplaints = 5

// windowsRules reads the names of a package before anything of it is unpacked:
// Windows would write some of them to a device or over each other and say that all
// went well. It gathers what is wrong, so that one look at the package is enough.
type windowsRules struct {
	files      map[string]string // by Key, as they are written
	folders    map[string]string
	complaints []string
	more       int
}

func checkForWindows(ctx context.Context, f *os.File, format string, packed int64) error {
	u := &unpacking{format: format, packed: packed}
	w := &windowsRules{files: map[string]string{}, folders: map[string]string{}}
	var err error
	switch format {
	case packagefile.Tar, packagefile.TarGz, packagefile.TarBz2:
		err = w.tar(ctx, u, f)
	default:
		err = w.zip(u, f)
	}
	if err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return w.refusal()
}

func (w *windowsRules) refusal() error {
	if len(w.complaints) == 0 {
		return nil
	}
	text := strings.Join(w.complaints, "; ")
	if w.more > 0 {
		text += fmt.Sprintf("; and %d more", w.more)
	}
	return pipelines.Refuse(pipelines.Invalid, "nothing was unpacked, because this host runs Windows: %s. Pack it again with other names", text)
}

func (w *windowsRules) complain(entry, format string, a ...any) {
	if len(w.complaints) == mostComplaints {
		w.more++
		return
	}
	w.complaints = append(w.complaints, fmt.Sprintf("entry %q: "+format, append([]any{entry}, a...)...))
}

func (w *windowsRules) zip(u *unpacking, f *os.File) error {
	archive, err := zip.NewReader(f, u.packed)
	if err != nil {
		return fmt.Errorf("it is no zip archive inside: %w", err)
	}
	for _, file := range archive.File {
		name, ok, err := u.nameFor(file.Name)
		if err != nil {
			return err
		}
		if ok {
			w.entry(name, packagefile.IsFolder(u.format, file.Name) || file.Mode().IsDir(), file.Mode()&fs.ModeSymlink != 0)
		}
	}
	return nil
}

// tar reads the archive to its end: there is no list of its names.
func (w *windowsRules) tar(ctx context.Context, u *unpacking, f *os.File) error {
	plain, err := u.decompressed(f)
	if err != nil {
		return err
	}
	archive := tar.NewReader(io.TeeReader(plain, &counted{to: io.Discard, u: u}))
	for {
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
		if head.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		name, ok, err := u.nameFor(head.Name)
		if err != nil {
			return err
		}
		if ok {
			w.entry(name, head.Typeflag == tar.TypeDir || packagefile.IsFolder(u.format, head.Name), head.Typeflag == tar.TypeSymlink)
		}
	}
}

func (w *windowsRules) entry(name string, folder, link bool) {
	if err := winnames.Path(name); err != nil {
		w.complain(name, "%v", err)
		return
	}
	if link {
		w.complain(name, "it is a symbolic link, and links are not made on Windows, where only administrators may: pack the file itself")
		return
	}
	name = strings.ReplaceAll(name, `\`, "/")
	key := winnames.Key(name)
	if folder {
		w.folder(name, key)
		return
	}
	if other, is := w.files[key]; is && other != name {
		w.complain(name, "it differs from %q only by case, and both are one file on Windows", other)
		return
	}
	if other, is := w.folders[key]; is && other != name {
		w.complain(name, "it differs from the folder %q only by case", other)
		return
	}
	w.files[key] = name
	if dir := path.Dir(name); dir != "." {
		w.folder(dir, winnames.Key(dir))
	}
}

// folder notes a folder and those above it. Folders that differ by case become
// one, which is what whoever packed them on Windows had.
func (w *windowsRules) folder(name, key string) {
	for ; name != "."; name, key = path.Dir(name), path.Dir(key) {
		if _, is := w.folders[key]; is {
			return
		}
		if other, is := w.files[key]; is && other != name {
			w.complain(name, "it is a folder and differs from the file %q only by case", other)
			return
		}
		w.folders[key] = name
	}
}
