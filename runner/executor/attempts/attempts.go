// Package attempts is what a host promises about attempts: one process runs an
// accepted order, whoever comes in between; whoever asks finds it in the ledger;
// it stops when asked; what happened is told once it can be.
//
// It starts no process, opens no connection and does no work of an order: the
// host lends it these. The idea a newcomer would miss: the same rules run in the
// program on a real host and in the simulator, which kills this code at every
// step it takes. So nothing here looks at a clock, sleeps or writes by itself.
package attempts

import (
	"context"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/ledger"
)

// Host is what one process of a host can do. Start, Ask, Attach and Stop need
// what stands before Fetch; errands and reports need all of it.
type Host struct {
	Ledger *ledger.Ledger
	Now    func() time.Time
	// Sleep waits at least as long, or returns why this process must end.
	Sleep func(ctx context.Context, d time.Duration) error
	// Spawn begins a process that calls Run for the attempt and lives on without
	// this one. It has the lock as well where locks can be handed down.
	Spawn func(a ledger.Attempt, lock *ledger.Lock) error
	// LastWords is what processes of the attempt have said that ended early.
	LastWords func(a ledger.Attempt) string

	// Fetch brings the order's package to this host, unless it is there.
	Fetch func(ctx context.Context, e task.Errand) error
	// SpawnReporter begins a process that calls Report for the attempt.
	SpawnReporter func(a ledger.Attempt) error
	// Post puts body under the form's prefix and name, in one try that takes so
	// long at most.
	Post func(ctx context.Context, form task.Form, name string, body []byte, within time.Duration) error
	// Final says whether an error of Post is a refusal: trying again cannot help.
	Final func(error) bool
	// Expires is when the form ends by itself; the zero time if it does not say.
	Expires func(task.Form) time.Time
	// Log takes a sentence for whoever looks after the host.
	Log func(text string)
}

// LookEvery is how often a silent attempt is looked at: often enough for a
// live log, at a cost nobody notices.
const LookEvery = 50 * time.Millisecond

// Patience is how long a new process may take to record that it has begun.
const Patience = 10 * time.Second
