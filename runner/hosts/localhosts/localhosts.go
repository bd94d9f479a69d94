// Package localhosts reaches targets that are folders of this machine.
//
// It is no sandbox: a payload runs as the user the server runs as. The idea a
// newcomer would miss: even here the executor is a process of its own that
// outlives us, so a killed server finds its attempts as on any other host.
package localhosts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/hosts"
	"slipway/runner/hosts/wire"
)

// Settings say which program the executor is and what it may see.
type Settings struct {
	Executor []string      // the program and its first arguments; empty is the running binary with `executor`
	Env      []string      // environment of the executor, like PATH; HOME is always the target's folder
	Timeout  time.Duration // for a call that should answer at once; 0 is a minute
}

// Hosts reaches local targets. Target.Address is the folder that serves as
// HOME, an absolute path; it is made if it is not there.
type Hosts struct{ settings Settings }

var (
	_ hosts.Hosts   = (*Hosts)(nil)
	_ hosts.Fetcher = (*Hosts)(nil)
)

// New makes Hosts; it fails only if the running binary cannot be found.
func New(s Settings) (*Hosts, error) {
	if len(s.Executor) == 0 {
		own, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("find the running binary: %w", err)
		}
		s.Executor = []string{own, "executor"}
	}
	if s.Timeout == 0 {
		s.Timeout = time.Minute
	}
	return &Hosts{settings: s}, nil
}

// Ready asks for facts; there is nothing to bring here.
func (h *Hosts) Ready(ctx context.Context, t hosts.Target) (hosts.Facts, error) {
	return h.at(t).Ready(ctx)
}

// Holds says whether the target's cache has the package.
func (h *Hosts) Holds(ctx context.Context, t hosts.Target, sha256 string) (bool, error) {
	return h.at(t).Holds(ctx, sha256)
}

// Deliver puts the package into the target's cache.
func (h *Hosts) Deliver(ctx context.Context, t hosts.Target, p task.Package, from io.Reader) error {
	return h.at(t).Deliver(ctx, p, from)
}

// Start hands the order to the executor.
func (h *Hosts) Start(ctx context.Context, t hosts.Target, o task.Order) error {
	return h.at(t).Start(ctx, o)
}

// Attach reads the ledger from line since on.
func (h *Hosts) Attach(ctx context.Context, t hosts.Target, attempt string, since int64, to func(task.Report) error) error {
	return h.at(t).Attach(ctx, attempt, since, to)
}

// Ask says what the ledger knows now.
func (h *Hosts) Ask(ctx context.Context, t hosts.Target, attempt string) (task.Report, error) {
	return h.at(t).Ask(ctx, attempt)
}

// Fetch brings a file home that the attempt keeps for us.
func (h *Hosts) Fetch(ctx context.Context, t hosts.Target, attempt, sha256 string, to io.Writer) error {
	return h.at(t).Fetch(ctx, attempt, sha256, to)
}

// Stop ends the attempt's processes.
func (h *Hosts) Stop(ctx context.Context, t hosts.Target, attempt string) error {
	return h.at(t).Stop(ctx, attempt)
}

func (h *Hosts) at(t hosts.Target) wire.Client {
	return wire.Client{Runner: child{h.settings, t}, Target: t}
}

// child runs the executor as a child process.
type child struct {
	settings Settings
	target   hosts.Target
}

func (c child) Run(ctx context.Context, args []string, stdin io.Reader, stdout io.Writer) error {
	home := c.target.Address
	if !filepath.IsAbs(home) {
		return fmt.Errorf("address %q of a local target is no absolute folder: name one, like /srv/%s", home, c.target.ID)
	}
	if err := os.MkdirAll(home, 0o755); err != nil {
		return err
	}
	asked := ctx
	if !wire.Long(args) {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.settings.Timeout)
		defer cancel()
	}
	words := append(append([]string{}, c.settings.Executor[1:]...), "--root", filepath.Join(home, ".slipway"))
	cmd := exec.CommandContext(ctx, c.settings.Executor[0], append(words, args...)...)
	cmd.Dir = home
	cmd.Env = append(append([]string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}, c.settings.Env...), "HOME="+home)
	cmd.WaitDelay = 5 * time.Second
	said := wire.Sentence{}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, stdout, &said
	err := cmd.Run()
	switch ended, isExit := errors.AsType[*exec.ExitError](err); {
	case asked.Err() != nil:
		return asked.Err()
	case ctx.Err() != nil:
		return fmt.Errorf("the executor did not answer %s within %s: %w", args[0], c.settings.Timeout, hosts.ErrUnreachable)
	case isExit && ended.ExitCode() > 0:
		return &wire.ExitError{Code: ended.ExitCode(), Stderr: said.String()}
	case isExit:
		return fmt.Errorf("the executor was killed (%s): %w", ended, hosts.ErrUnreachable)
	}
	return err
}
