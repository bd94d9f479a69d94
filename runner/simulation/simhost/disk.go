package simhost

import (
	"cmp"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// disk is a tree of files that knows what of it would survive a power loss. It
// promises as little as POSIX does: a file's bytes are safe once the file was
// synced, a name once its folder was, each by itself.
type disk struct {
	top   *node
	now   func() time.Time
	nodes int // that were ever made
}

func newDisk(now func() time.Time) *disk { return &disk{top: newFolder(now()), now: now} }

// furnish makes a folder that has always been there.
func (d *disk) furnish(name string) {
	d.mkdirAll(name)
	for at := d.top; at != nil; {
		at.syncNames()
		next := at.names
		at = nil
		for _, inner := range next {
			at = inner
		}
	}
}

// find is the node of that name.
func (d *disk) find(name string) (*node, error) {
	at := d.top
	for part := range parts(name) {
		if at = at.names[part]; at == nil {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		}
	}
	return at, nil
}

func (d *disk) file(name string) (*node, error) {
	n, err := d.find(name)
	if err == nil && n.dir() {
		return nil, fmt.Errorf("%s is a folder", name)
	}
	return n, err
}

// place is the folder of that name and the last part of it.
func (d *disk) place(name string) (*node, string, error) {
	dir, base := path.Split(strings.TrimRight(slashed(name), "/"))
	n, err := d.find(dir)
	if err == nil && !n.dir() {
		err = fmt.Errorf("%s is no folder", dir)
	}
	return n, base, err
}

func (d *disk) mkdirAll(name string) error {
	at := d.top
	for part := range parts(name) {
		next := at.names[part]
		if next == nil {
			next = newFolder(d.now())
			next.born = d.born()
			at.set(part, next, d.now())
		}
		if !next.dir() {
			return fmt.Errorf("%s is no folder", name)
		}
		at = next
	}
	return nil
}

func (d *disk) born() int {
	d.nodes++
	return d.nodes
}

func (d *disk) create(name string) (*node, error) {
	dir, base, err := d.place(name)
	if err != nil {
		return nil, err
	}
	if dir.names[base] != nil {
		return nil, &fs.PathError{Op: "create", Path: name, Err: fs.ErrExist}
	}
	n := &node{modified: d.now(), born: d.born()}
	dir.set(base, n, d.now())
	return n, nil
}

func (d *disk) temp(dir string) (string, *node, error) {
	name := path.Join(slashed(dir), fmt.Sprintf(".new-%d", d.nodes))
	n, err := d.create(name)
	return name, n, err
}

func isTemp(name string) bool { return strings.HasPrefix(path.Base(name), ".new-") }

func (d *disk) link(from, to string) error {
	n, err := d.file(from)
	if err != nil {
		return err
	}
	dir, base, err := d.place(to)
	if err != nil {
		return err
	}
	if dir.names[base] != nil {
		return &fs.PathError{Op: "link", Path: to, Err: fs.ErrExist}
	}
	dir.set(base, n, d.now())
	return nil
}

func (d *disk) rename(from, to string) error {
	n, err := d.file(from)
	if err != nil {
		return err
	}
	dir, base, err := d.place(to)
	if err != nil {
		return err
	}
	dir.set(base, n, d.now())
	return d.remove(from)
}

func (d *disk) remove(name string) error {
	dir, base, err := d.place(name)
	if err != nil {
		return err
	}
	n := dir.names[base]
	if n == nil {
		return &fs.PathError{Op: "remove", Path: name, Err: fs.ErrNotExist}
	}
	if n.dir() && len(n.names) > 0 {
		return fmt.Errorf("%s is not empty", name)
	}
	dir.set(base, nil, d.now())
	return nil
}

func (d *disk) syncDir(name string) error {
	n, err := d.find(name)
	if err == nil {
		n.syncNames()
	}
	return err
}

func (d *disk) stat(name string) (fs.FileInfo, error) {
	n, err := d.find(name)
	if err != nil {
		return nil, err
	}
	return info{path.Base(slashed(name)), n}, nil
}

func (d *disk) readDir(name string) ([]fs.DirEntry, error) {
	n, err := d.find(name)
	if err != nil {
		return nil, err
	}
	var all []fs.DirEntry
	for _, inner := range n.list() {
		all = append(all, info{inner, n.names[inner]})
	}
	return all, nil
}

// crash leaves what a power loss leaves. Each thing that was not synced is lost or
// kept by itself: keeps(most) says how much of it is left.
func (d *disk) crash(keeps func(most int) int) {
	seen := map[*node]bool{}
	var settle func(n *node)
	settle = func(n *node) {
		if seen[n] {
			return
		}
		seen[n] = true
		n.lock = nil
		n.crash(keeps)
		for _, name := range n.list() {
			settle(n.names[name])
		}
	}
	settle(d.top)
}

// newestFirst are the names in a folder, those that were made last in front.
func (n *node) newestFirst() []string {
	names := n.list()
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(n.names[b].born, n.names[a].born) })
	return names
}

// list are the names in a folder, in order.
func (n *node) list() []string { return slices.Sorted(maps.Keys(n.names)) }

// parts are the names that lead to a file.
func parts(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for left := slashed(name); left != ""; {
			part, rest, _ := strings.Cut(left, "/")
			if left = rest; part != "" && !yield(part) {
				return
			}
		}
	}
}

func slashed(name string) string { return filepath.ToSlash(name) }
