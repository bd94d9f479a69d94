package simhost

import (
	"context"
	"slices"

	"slipway/runner/executor/ledger"
)

var background = context.Background()

// lock is the lock of one file. It is no part of the disk: a power loss frees it.
type lock struct {
	node   *node
	by     []*held
	wanted bool // somebody else has tried to take it
}

// held is one process's part of a lock.
type held struct {
	lock *lock
	by   *process
}

// Lock is ledger.Machine's.
func (p *process) Lock(name string) (ledger.Held, error) {
	f, err := p.Append(name, false)
	if err != nil {
		return nil, err
	}
	n := f.(*file).node
	if n.lock == nil {
		n.lock = &lock{node: n}
	}
	if len(n.lock.by) > 0 {
		n.lock.wanted = true
		return nil, ledger.ErrHeld
	}
	return n.lock.hold(p), nil
}

func (l *lock) hold(by *process) *held {
	h := &held{l, by}
	l.by = append(l.by, h)
	by.locks = append(by.locks, h)
	return h
}

// Sign writes into the file who holds it.
func (h *held) Sign(text string) error {
	if string(h.lock.node.data) == text {
		return nil
	}
	return h.by.change("sign", text, func() error {
		h.lock.node.cut(0, h.by.now())
		h.lock.node.add([]byte(text), h.by.now())
		return nil
	})
}

// Close gives up this process's part.
func (h *held) Close() error {
	h.by.locks = slices.DeleteFunc(h.by.locks, func(x *held) bool { return x == h })
	h.free()
	return nil
}

func (h *held) free() {
	h.lock.by = slices.DeleteFunc(h.lock.by, func(x *held) bool { return x == h })
	if len(h.lock.by) == 0 && h.lock.wanted {
		h.lock.wanted = false
		h.by.host.news()
	}
}
