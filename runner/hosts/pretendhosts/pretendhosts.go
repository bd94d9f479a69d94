// Package pretendhosts plays hosts that do not exist, for the demo, the
// simulator and tests.
//
// It starts no process and opens no connection; a payload's only effect is one
// line in a log. The idea a newcomer would miss: nothing runs. What an attempt
// has printed and whether it has ended follow from its order and the moment it
// began, and only these are written down. So with a folder behind it an attempt
// goes on across a kill of the server, without anything that stayed alive.
package pretendhosts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/hosts"
)

// Settings say where the pretend hosts keep their ledgers and how they behave.
type Settings struct {
	Dir  string           // ledgers at <Dir>/<target>; "" keeps them in memory
	Now  func() time.Time // required
	Pace time.Duration    // how long a printed line takes
}

// Hosts is every pretend host there is: a target is made when first named.
// A target whose Address is an absolute folder has its ledger there.
type Hosts struct {
	settings Settings
	mu       sync.Mutex
	known    map[string]*host
}

var _ hosts.Hosts = (*Hosts)(nil)

// New makes pretend hosts. Two of them on one folder see the same ledger, as a
// server does that was killed and started again.
func New(s Settings) *Hosts {
	return &Hosts{settings: s, known: map[string]*host{}}
}

// Ready answers with the facts of a well-kept host of the target's platform.
func (h *Hosts) Ready(ctx context.Context, t hosts.Target) (hosts.Facts, error) {
	host, err := h.reach(ctx, t)
	if err != nil {
		return hosts.Facts{}, err
	}
	if isWindows(t) {
		return hosts.Facts{
			OS: "windows", Arch: "amd64", System: "Pretend host " + t.Name,
			Shell: `C:\Windows\system32\cmd.exe`, Home: `C:\Users\Octopus`, FreeBytes: 64 << 30,
			ExecutorKey: host.key(),
		}, nil
	}
	return hosts.Facts{
		OS: "linux", Arch: "amd64", System: "Pretend host " + t.Name,
		Shell: "/bin/bash", Home: home, FreeBytes: 64 << 30,
		ExecutorKey: host.key(),
	}, nil
}

func isWindows(t hosts.Target) bool { return t.Platform == "windows" }

// Holds says whether the package was delivered to this target before.
func (h *Hosts) Holds(ctx context.Context, t hosts.Target, sha256 string) (bool, error) {
	host, err := h.reach(ctx, t)
	if err != nil {
		return false, err
	}
	return host.holds(sha256), nil
}

// Deliver reads the package to its end and remembers its hash, not its bytes.
func (h *Hosts) Deliver(ctx context.Context, t hosts.Target, p task.Package, from io.Reader) error {
	host, err := h.reach(ctx, t)
	if err != nil {
		return err
	}
	sum := sha256.New()
	size, err := io.Copy(sum, from)
	if err != nil {
		return fmt.Errorf("read package %s: %w", p.FileName, err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != p.SHA256 || size != p.Size {
		return fmt.Errorf("package %s has %d bytes with SHA-256 %s, announced were %d bytes with %s: nothing was kept, send it again", p.FileName, size, got, p.Size, p.SHA256)
	}
	return host.keep(p.SHA256)
}

// Payloads are the attempts whose payload ran on the target, in order. An id
// that stands there twice is a broken promise.
func (h *Hosts) Payloads(t hosts.Target) ([]string, error) {
	host, err := h.host(t)
	if err != nil {
		return nil, err
	}
	return host.payloads()
}

// reach is the way to a host for every call: it takes as long as the host's
// faults say, and may not get there.
func (h *Hosts) reach(ctx context.Context, t hosts.Target) (*host, error) {
	host, err := h.host(t)
	if err != nil {
		return nil, err
	}
	f := host.faults()
	if err := sleep(ctx, f.Slow, nil); err != nil {
		return nil, err
	}
	if f.Unreachable {
		return nil, fmt.Errorf("pretend host %s does not answer: %w", t.ID, hosts.ErrUnreachable)
	}
	return host, nil
}

func (h *Hosts) host(t hosts.Target) (*host, error) {
	if !safeName(t.ID) {
		return nil, fmt.Errorf("target id %q is not a safe name: only letters, digits, `-`, `_` and `.`", t.ID)
	}
	dir := ""
	switch {
	case filepath.IsAbs(t.Address):
		dir = filepath.Join(t.Address, t.ID)
	case h.settings.Dir != "":
		dir = filepath.Join(h.settings.Dir, t.ID)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	key := dir + "\x00" + t.ID
	if h.known[key] == nil {
		h.known[key] = newHost(t.ID, dir)
	}
	return h.known[key], nil
}

// safeName is the rule for everything that becomes a file name on a host.
func safeName(s string) bool {
	if s == "" || len(s) > 200 || s[0] == '.' {
		return false
	}
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
		default:
			return false
		}
	}
	return true
}

// sleep waits for d, or for wake, or for the end of ctx, which is its error.
func sleep(ctx context.Context, d time.Duration, wake <-chan struct{}) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-wake:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}
