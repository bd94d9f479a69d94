package sshhosts

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"

	"slipway/runner/hosts"
)

// line is the way to one target: one connection at a time, made by whoever
// needs it first while the others wait.
type line struct {
	gate chan struct{} // holds one value while conn is looked at or made
	conn *connection
}

// borrow gives the connection of a target, and whether it was there already.
// Who borrowed it gives it back.
func (h *Hosts) borrow(ctx context.Context, t hosts.Target) (conn *connection, kept bool, err error) {
	l := h.line(t)
	select {
	case l.gate <- struct{}{}:
		defer func() { <-l.gate }()
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
	if l.conn != nil && l.conn.take() {
		return l.conn, true, nil
	}
	l.conn = nil
	conn, err = h.connect(ctx, t)
	if err != nil {
		return nil, false, err
	}
	conn.take()
	l.conn = conn
	return conn, false, nil
}

func (h *Hosts) line(t hosts.Target) *line {
	key := lineKey(t)
	h.mu.Lock()
	defer h.mu.Unlock()
	l := h.lines[key]
	if l == nil {
		l = &line{gate: make(chan struct{}, 1)}
		h.lines[key] = l
	}
	return l
}

// lineKey is all that decides whom we reach, as whom: a changed pin or key may
// not go on over an old connection.
func lineKey(t hosts.Target) string {
	secret := sha256.Sum256(t.PrivateKey)
	return fmt.Sprintf("%q %q %q %q %x", t.ID, t.Address, t.User, strings.Join(t.HostKeys, "\n"), secret)
}

// Close closes all connections. Attempts go on on their hosts.
func (h *Hosts) Close() {
	h.mu.Lock()
	lines := h.lines
	h.lines = map[string]*line{}
	h.mu.Unlock()
	for _, l := range lines {
		l.gate <- struct{}{}
		if l.conn != nil {
			l.conn.close()
		}
		<-l.gate
	}
}
