package simhost

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"time"

	"slipway/runner/executor/ledger"
)

var _ ledger.Machine = (*process)(nil)

// change makes a step that changes the disk.
func (p *process) change(what, name string, do func() error) error {
	if err := p.step(what + " " + path.Base(slashed(name))); err != nil {
		return err
	}
	return do()
}

// look is a step that changes nothing.
func look[T any](p *process, do func() (T, error)) (found T, err error) {
	if p.dead {
		return found, errDead
	}
	return do()
}

// MkdirAll is ledger.Machine's.
func (p *process) MkdirAll(dir string) error {
	if p.dead {
		return errDead
	}
	if node, err := p.host.disk.find(dir); err == nil && node.dir() {
		return nil
	}
	return p.change("mkdir", dir, func() error { return p.host.disk.mkdirAll(dir) })
}

// ReadDir is ledger.Machine's.
func (p *process) ReadDir(dir string) ([]fs.DirEntry, error) {
	return look(p, func() ([]fs.DirEntry, error) { return p.host.disk.readDir(dir) })
}

// Stat is ledger.Machine's.
func (p *process) Stat(name string) (fs.FileInfo, error) {
	return look(p, func() (fs.FileInfo, error) { return p.host.disk.stat(name) })
}

// ReadFile is ledger.Machine's.
func (p *process) ReadFile(name string) ([]byte, error) {
	return look(p, func() ([]byte, error) {
		node, err := p.host.disk.file(name)
		if err != nil {
			return nil, err
		}
		return slices.Clone(node.data), nil
	})
}

// Open is ledger.Machine's.
func (p *process) Open(name string) (ledger.File, error) {
	return look(p, func() (ledger.File, error) {
		node, err := p.host.disk.file(name)
		if err != nil {
			return nil, err
		}
		return &file{by: p, node: node, name: name}, nil
	})
}

// Temp is ledger.Machine's.
func (p *process) Temp(dir string) (ledger.File, error) {
	var f *file
	err := p.change("create", ".new", func() error {
		name, node, err := p.host.disk.temp(dir)
		f = &file{by: p, node: node, name: name}
		return err
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Append is ledger.Machine's.
func (p *process) Append(name string, fresh bool) (ledger.File, error) {
	if !fresh {
		if f, err := p.Open(name); err == nil {
			return f, nil
		}
	}
	var f *file
	err := p.change("create", name, func() error {
		node, err := p.host.disk.create(name)
		if errors.Is(err, fs.ErrExist) && !fresh {
			node, err = p.host.disk.file(name) // somebody was faster
		}
		f = &file{by: p, node: node, name: name}
		return err
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Truncate is ledger.Machine's.
func (p *process) Truncate(name string, size int64) error {
	return p.change("truncate", name, func() error {
		node, err := p.host.disk.file(name)
		if err == nil {
			node.cut(int(size), p.now())
		}
		return err
	})
}

// Link is ledger.Machine's.
func (p *process) Link(from, to string) error {
	return p.change("link", to, func() error { return p.told(p.host.disk.link(from, to)) })
}

// Rename is ledger.Machine's.
func (p *process) Rename(from, to string) error {
	return p.change("rename", to, func() error { return p.told(p.host.disk.rename(from, to)) })
}

// told wakes who may have waited for what has just been done.
func (p *process) told(err error) error {
	if err == nil {
		p.host.news()
	}
	return err
}

// Remove is ledger.Machine's.
func (p *process) Remove(name string) error {
	return p.change("remove", name, func() error { return p.host.disk.remove(name) })
}

// RemoveAll is ledger.Machine's: step by step, so that it can be killed between
// two files, and the newest first, since no file system promises any order and
// what remains of an attempt is then its beginning.
func (p *process) RemoveAll(name string) error {
	node, err := p.host.disk.find(name)
	if err != nil {
		return nil
	}
	if node.dir() {
		for _, inner := range node.newestFirst() {
			if err := p.RemoveAll(path.Join(slashed(name), inner)); err != nil {
				return err
			}
		}
	}
	return p.Remove(name)
}

// SyncDir is ledger.Machine's.
func (p *process) SyncDir(dir string) error {
	return p.change("syncdir", dir, func() error { return p.host.disk.syncDir(dir) })
}

// Self is ledger.Machine's.
func (p *process) Self() ledger.Process { return p.id }

// Alive is ledger.Machine's.
func (p *process) Alive(who ledger.Process) bool {
	return slices.ContainsFunc(p.host.alive, func(q *process) bool { return q.id == who })
}

// BootID is ledger.Machine's.
func (p *process) BootID() string { return p.host.bootID() }

// Pause is ledger.Machine's.
func (p *process) Pause(d time.Duration) { p.sleep(background, d) }
