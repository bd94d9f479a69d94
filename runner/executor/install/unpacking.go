package install

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"sync"
	"time"

	"slipway/pipelines/packagefile"
)

// unpacking is one package on its way into its folder.
type unpacking struct {
	root      *os.Root
	dir       string
	format    string
	packed    int64
	freeBytes func(string) int64
	reserve   int64

	mu       sync.Mutex
	unpacked int64
	entries  int
	files    int
	skipped  []string
	links    []link
}

// link is a symbolic link, made after all files: so no file is ever written
// through one.
type link struct{ name, target string }

// nameFor is the entry's name on this host; ok is false for what stays out.
func (u *unpacking) nameFor(entry string) (name string, ok bool, err error) {
	if u.entries++; u.entries > packagefile.MaxEntries {
		return "", false, fmt.Errorf("it has more than %d entries", packagefile.MaxEntries)
	}
	if err := packagefile.SafeEntry(entry); err != nil {
		return "", false, err
	}
	if name, ok = packagefile.Installs(u.format, entry); !ok {
		return "", false, nil
	}
	return name, true, packagefile.SafeEntry(name)
}

// folder is where one worker writes: archives list files folder by folder, so
// the last one is kept open instead of walked to for each file.
type folder struct {
	u      *unpacking
	name   string
	root   *os.Root
	buffer []byte // between the archive and a file
}

func (u *unpacking) folder() *folder { return &folder{u: u, buffer: make([]byte, bufferSize)} }

// bufferSize is the most that deflate gives out at once.
const bufferSize = 32 << 10

func (d *folder) close() {
	if d.root != nil {
		d.root.Close()
	}
	d.root = nil
}

// enter opens the folder, which no link can lead astray: links come last.
func (d *folder) enter(name string) error {
	if d.root != nil && d.name == name {
		return nil
	}
	d.close()
	if err := d.u.root.MkdirAll(name, 0o755); err != nil {
		return err
	}
	var err error
	d.root, err = d.u.root.OpenRoot(name)
	d.name = name
	return err
}

// file writes one file with its mode and time.
func (d *folder) file(name string, mode fs.FileMode, modified time.Time, from io.Reader) error {
	if err := d.enter(path.Dir(name)); err != nil {
		return err
	}
	perm := permissions(mode)
	f, err := d.root.OpenFile(path.Base(name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, perm)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("entry %q is in it twice", name)
	}
	if err != nil {
		return err
	}
	_, err = io.CopyBuffer(&counted{to: f, u: d.u}, from, d.buffer)
	if err == nil && perm&0o022 != 0 { // the process's mask took these away
		err = f.Chmod(perm)
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return fmt.Errorf("entry %q: %w", name, err)
	}
	d.u.mu.Lock()
	d.u.files++
	d.u.mu.Unlock()
	if modified.IsZero() {
		return nil
	}
	return d.root.Chtimes(path.Base(name), modified, modified)
}

// permissions are the archive's, never with set-uid, set-gid or sticky bits,
// and always so that the owner can read and replace the file. An archive from
// a system without modes gets what files usually have.
func permissions(mode fs.FileMode) fs.FileMode {
	if mode.Perm() == 0 {
		return 0o644
	}
	return mode.Perm() | 0o600
}

func (u *unpacking) link(name, target string) error {
	if err := packagefile.SafeLink(name, target); err != nil {
		return err
	}
	u.links = append(u.links, link{name, target})
	return nil
}

// makeLinks makes no link below another: it would be made wherever that one
// leads, and its own text was judged for where it seems to be.
func (u *unpacking) makeLinks() error {
	isLink := map[string]bool{}
	for _, l := range u.links {
		isLink[l.name] = true
	}
	for _, l := range u.links {
		for dir := path.Dir(l.name); dir != "."; dir = path.Dir(dir) {
			if isLink[dir] {
				return fmt.Errorf("entry %q is below %q, which is a link", l.name, dir)
			}
		}
		if err := u.root.MkdirAll(path.Dir(l.name), 0o755); err != nil {
			return err
		}
		if err := u.root.Symlink(l.target, l.name); err != nil {
			return err
		}
	}
	return nil
}

func (u *unpacking) skip(entry, why string) {
	u.skipped = append(u.skipped, fmt.Sprintf("entry %q is left out: %s", entry, why))
}

// roomFor refuses early what would fill the disk.
func (u *unpacking) roomFor(bytes int64) error {
	if u.freeBytes == nil {
		return nil
	}
	if free := u.freeBytes(u.dir); free < bytes+u.reserve {
		return fmt.Errorf("it needs %d MB and %d MB reserve, and the disk of %s has %d MB free: make room there", bytes>>20, u.reserve>>20, u.dir, free>>20)
	}
	return nil
}

// counted adds up what is really unpacked: an archive can lie about its sizes.
type counted struct {
	to io.Writer
	u  *unpacking
}

func (c *counted) Write(b []byte) (int, error) {
	c.u.mu.Lock()
	c.u.unpacked += int64(len(b))
	total := c.u.unpacked
	c.u.mu.Unlock()
	if total > packagefile.MaxUnpackedSize {
		return 0, fmt.Errorf("the package unpacks to more than %d GiB", packagefile.MaxUnpackedSize>>30)
	}
	if total > packagefile.RatioFrom && total/packagefile.MaxRatio > c.u.packed {
		return 0, fmt.Errorf("the package unpacks to more than %d times its size, as archives made to fill a disk do", packagefile.MaxRatio)
	}
	return c.to.Write(b)
}
