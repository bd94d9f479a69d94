// Package task is what server and host say to each other: the order one target
// gets and the reports it gives back.
//
// It is a stored and transmitted format. Fields and kinds are added, never
// renamed or given another meaning; Format grows when an older executor could
// no longer do what an order asks. The package holds shapes and does nothing:
// what is wanted is decided in pipelines/steps, made so in runner/executor, and
// the two share only the payload in Work (payload.go).
package task

import (
	"encoding/json"
	"time"
)

// Format is the newest order format this code writes and understands.
const Format = 1

// Order is everything one host needs for one attempt at one task.
//
// Secrets never stand in it: Sealed holds a JSON object of name and value,
// sealed (NaCl anonymous box) to the public key of the executor on that host.
type Order struct {
	Format      int       `json:"format"`
	ID          string    `json:"id"` // the attempt; the same id twice is one attempt
	Deployment  string    `json:"deployment"`
	Project     string    `json:"project"`
	Environment string    `json:"environment"`
	Release     string    `json:"release"`
	Step        string    `json:"step"`
	Target      string    `json:"target"`
	Created     time.Time `json:"created"`
	Expires     time.Time `json:"expires"` // not begun by then: refused
	Timeout     Duration  `json:"timeout,omitempty"`

	Work      Work       `json:"work"`
	Package   *Package   `json:"package,omitempty"`
	Variables []Variable `json:"variables,omitempty"` // in definition order, values not yet evaluated
	Sealed    []byte     `json:"sealed,omitempty"`

	// Previous is what this step has installed on this target before, newest
	// first: the newest of all and, where it is another, the newest that succeeded.
	Previous []Installed `json:"previous,omitempty"`
	// Retire are directories of this step on this target that may be removed once
	// it has succeeded.
	Retire []string `json:"retire,omitempty"`
	// OutputKey is the public key that sensitive outputs are sealed to; without it
	// they are not passed on.
	OutputKey []byte `json:"outputKey,omitempty"`
}

// Installed is one run of a step that installed a package on a target: an entry
// of the journal that is kept centrally, one list for each project,
// environment, step and target (Octopus's retention policy set).
type Installed struct {
	Deployment string    `json:"deployment"`
	Package    string    `json:"package"`
	Version    string    `json:"version"`
	FileName   string    `json:"fileName,omitempty"`
	Directory  string    `json:"directory"`        // where it was unpacked
	Custom     string    `json:"custom,omitempty"` // custom installation directory
	Succeeded  bool      `json:"succeeded,omitempty"`
	At         time.Time `json:"at"`
}

// Work is one step type's payload: Kind chooses the half on the host that
// understands Settings.
type Work struct {
	Kind     string          `json:"kind"`
	Settings json.RawMessage `json:"settings"`
}

// Package names the bytes to install. The bytes come over the connection, or
// are already on the host: SHA256 (lower-case hex) is what counts.
type Package struct {
	ID       string `json:"id"`
	Version  string `json:"version"`
	FileName string `json:"fileName"`
	SHA256   string `json:"sha256"`
	Size     int64  `json:"size"`
}

// Variable is one name and its text, possibly with `#{…}` that only the host
// can resolve. A secret's value is in Order.Sealed under the same name.
type Variable struct {
	Name   string `json:"name"`
	Value  string `json:"value,omitempty"`
	Secret bool   `json:"secret,omitempty"`
}

// Duration is a time.Duration written as text, like `1h30m0s`.
type Duration time.Duration

// MarshalText writes the duration as Go writes it.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	*d = Duration(v)
	return err
}
