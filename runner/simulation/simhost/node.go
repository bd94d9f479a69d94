package simhost

import (
	"io/fs"
	"maps"
	"slices"
	"time"
)

// node is a file or a folder.
type node struct {
	modified time.Time
	born     int   // which of the disk's nodes it is
	lock     *lock // nil: nobody has asked for it

	// of a file
	data   []byte
	synced int    // so many bytes of data are safe,
	former []byte // or, where data was cut since the last sync, these are
	cutOff bool

	// of a folder
	names map[string]*node   // nil for a file
	safe  map[string]*node   // as of the last sync
	since map[string][]*node // what each name has stood for since then; nil: for nothing
}

func newFolder(now time.Time) *node {
	return &node{modified: now, names: map[string]*node{}, safe: map[string]*node{}, since: map[string][]*node{}}
}

func (n *node) dir() bool { return n.names != nil }

func (n *node) add(b []byte, now time.Time) {
	n.data, n.modified = append(n.data, b...), now
}

func (n *node) cut(size int, now time.Time) {
	if !n.cutOff {
		n.former, n.cutOff = slices.Clone(n.data[:n.synced]), true
	}
	n.data, n.modified = slices.Clone(n.data[:min(size, len(n.data))]), now
}

func (n *node) sync() {
	n.synced, n.former, n.cutOff = len(n.data), nil, false
}

// set makes a name of a folder stand for another node, or for nothing.
func (n *node) set(name string, to *node, now time.Time) {
	n.modified = now
	n.since[name] = append(n.since[name], to)
	n.names[name] = to
	if to == nil {
		delete(n.names, name)
	}
}

func (n *node) syncNames() {
	for name := range n.since {
		if to := n.names[name]; to != nil {
			n.safe[name] = to
		} else {
			delete(n.safe, name)
		}
	}
	clear(n.since)
}

// crash loses what was not synced, as far as keeps says.
func (n *node) crash(keeps func(most int) int) {
	if !n.dir() {
		n.data = slices.Clone(n.left(keeps))
		n.sync()
		return
	}
	for _, name := range slices.Sorted(maps.Keys(n.since)) {
		could := append([]*node{n.safe[name]}, n.since[name]...)
		n.names[name] = could[keeps(len(could)-1)]
		if n.names[name] == nil {
			delete(n.names, name)
		}
	}
	n.syncNames()
}

// left are the bytes of a file that a power loss leaves: those that were synced,
// with all of the others, some of them, or zeros in their place.
func (n *node) left(keeps func(most int) int) []byte {
	if n.cutOff {
		return [][]byte{n.former, n.data}[keeps(1)]
	}
	rest := len(n.data) - n.synced
	if rest == 0 {
		return n.data
	}
	switch keeps(3) {
	case 0:
		return n.data[:n.synced]
	case 1:
		return n.data[:n.synced+keeps(rest)]
	case 2:
		b := slices.Clone(n.data)
		clear(b[n.synced+keeps(rest):])
		return b
	}
	return n.data
}

// info tells of a node.
type info struct {
	name string
	node *node
}

func (i info) Name() string               { return i.name }
func (i info) Size() int64                { return int64(len(i.node.data)) }
func (i info) ModTime() time.Time         { return i.node.modified }
func (i info) IsDir() bool                { return i.node.dir() }
func (i info) Sys() any                   { return nil }
func (i info) Type() fs.FileMode          { return i.Mode().Type() }
func (i info) Info() (fs.FileInfo, error) { return i, nil }

func (i info) Mode() fs.FileMode {
	if i.IsDir() {
		return fs.ModeDir | 0o700
	}
	return 0o600
}
