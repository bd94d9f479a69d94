// Package hosts is the contract for reaching the machines we deploy to: bring
// the executor there, start an attempt, read its reports, ask, stop.
//
// It knows no step type and decides nothing about a deployment. The promise a
// newcomer would miss: the attempt lives on the host, not in the connection.
// Every call may be repeated, from another process, after any crash on our
// side, and the attempt's payload still runs at most once.
package hosts

import (
	"context"
	"errors"
	"fmt"
	"io"

	"slipway/pipelines/task"
)

// Target says how to reach one host. Which fields matter depends on Transport.
type Target struct {
	ID          string // stable; the host keeps one lock for it
	Name        string
	Transport   string // "ssh", "ssm", "local", "pretend"
	Address     string // host or host:port; an instance id for ssm; a folder for local and pretend
	Platform    string // for ssm and pretend: "linux" or "windows"
	User        string
	HostKeys    []string // pinned, in authorized_keys form; an unpinned host is refused
	PrivateKey  []byte   // PEM; opened only for this call, never stored or printed
	ExecutorKey []byte   // pinned public half of the host's sealing key; nil before first contact
}

// Facts is what a host says of itself.
type Facts struct {
	OS          string   // "linux"
	Arch        string   // "amd64"
	System      string   // "Debian GNU/Linux 12 (bookworm)"
	Shell       string   // "/bin/bash"
	Home        string   // where applications go by default
	FreeBytes   int64    // on the disk that holds Home
	HostKey     string   // as presented, authorized_keys form; "" where there is none
	ExecutorKey []byte   // public half, 32 bytes
	Missing     []string // needed tools that are not there, one sentence each
	NoSudo      []string // commands that password-less sudo refuses
}

// Hosts reaches targets of one transport. Every method honours ctx.
type Hosts interface {
	// Ready connects, puts the executor there if its hash is not, and asks for
	// facts. A host key that is not pinned is an *UntrustedError that holds
	// the key presented, and nothing was sent to that host.
	Ready(ctx context.Context, t Target) (Facts, error)

	// Holds says whether the host already has the package with this SHA-256.
	Holds(ctx context.Context, t Target, sha256 string) (bool, error)

	// Deliver puts the package's bytes into the host's cache; the host checks
	// the hash and keeps nothing that does not match.
	Deliver(ctx context.Context, t Target, p task.Package, from io.Reader) error

	// Start hands over the order and returns once the host has made it
	// durable. The same Order.ID twice is one attempt. While another attempt
	// holds the target it returns a *BusyError. The order's list of variables is
	// the caller's again then: who needs it longer copies it.
	Start(ctx context.Context, t Target, o task.Order) error

	// Attach reads the ledger: all lines after seq since, then live ones, until
	// the attempt ends (nil), ctx is done, or the connection is lost
	// (an error that wraps ErrUnreachable: attach again later).
	// Calls of to are in order of Seq and never concurrent. The last report has
	// Phase Ended, or Phase Absent if the host never saw the attempt.
	Attach(ctx context.Context, t Target, attempt string, since int64, to func(task.Report) error) error

	// Ask says what the ledger knows now, without lines.
	Ask(ctx context.Context, t Target, attempt string) (task.Report, error)

	// Stop ends the attempt's processes; the ledger then says Cancelled. One that
	// has ended stays as it is; one that was never seen stays absent, and an order
	// for it that comes later ends before it begins.
	Stop(ctx context.Context, t Target, attempt string) error
}

// Courier is what a transport is besides Hosts where nobody can hold a
// connection: it carries an errand and returns, and the host reports by itself.
// Ask for it with a type assertion.
type Courier interface {
	// Dispatch sends the errand, sealed to t.ExecutorKey. The host begins the
	// order unless its ledger knows the attempt, and reports what is due. It
	// returns once the transport has taken the message, which says nothing of the
	// host. An error that wraps ErrUnreachable means that it was not taken and
	// may be later (the host is not registered, too many requests), unless it wraps
	// ErrUnsure; after any other error it was not taken and will not be.
	Dispatch(ctx context.Context, t Target, e task.Errand) error
}

// Fetcher is what a transport is besides Hosts where files can be brought home
// over the connection. Ask for it with a type assertion.
type Fetcher interface {
	// Fetch writes out a file of task.End.Artifacts; on an error to may have a
	// part of it.
	Fetch(ctx context.Context, t Target, attempt, sha256 string, to io.Writer) error
}

// ErrUnreachable is wrapped by every error that says nothing about the
// attempt: no connection, lost connection, silence.
var ErrUnreachable = errors.New("host cannot be reached")

// ErrUnsure is wrapped beside ErrUnreachable where a message may have been taken,
// and only the answer was lost.
var ErrUnsure = fmt.Errorf("%w, or only its answer was lost", ErrUnreachable)

// BusyError says that another attempt holds the target.
type BusyError struct{ Attempt string }

func (e *BusyError) Error() string { return fmt.Sprintf("busy: attempt %s", e.Attempt) }

// UntrustedError says that the host presented a key nobody has pinned.
type UntrustedError struct {
	Host      string
	Presented string   // authorized_keys form
	Pinned    []string // what was expected; empty at first contact
}

func (e *UntrustedError) Error() string {
	if len(e.Pinned) == 0 {
		return fmt.Sprintf("host %s presents the key %s, which is not pinned: compare it with the host's own (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub) and pin it with `slipway target add … --host-key`", e.Host, e.Presented)
	}
	return fmt.Sprintf("host %s presents another key (%s) than the pinned one: if the host was reinstalled, pin the new key; otherwise somebody may be in between. Nothing was sent", e.Host, e.Presented)
}
