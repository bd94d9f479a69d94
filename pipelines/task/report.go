package task

import "time"

// Outcome says how an attempt ended.
type Outcome string

// The outcomes. Unknown is honest: the payload began and nobody can say how it
// ended (power cut, killed executor); it is never repeated blindly.
const (
	Succeeded Outcome = "succeeded"
	Failed    Outcome = "failed"
	Cancelled Outcome = "cancelled"
	Unknown   Outcome = "unknown"
)

// Phase says how far an attempt has come on its host.
type Phase string

// The phases. Absent: the host's ledger has never heard of the attempt.
const (
	Absent  Phase = "absent"
	Waiting Phase = "waiting" // accepted, payload not begun
	Running Phase = "running"
	Ended   Phase = "ended"
)

// Report is what the host says of one attempt. A stream of reports carries
// lines in order of Seq; the last one has Phase Ended and an End.
type Report struct {
	Attempt string `json:"attempt"`
	Phase   Phase  `json:"phase"`
	Lines   []Line `json:"lines,omitempty"`
	End     *End   `json:"end,omitempty"`
	// Puts is how many objects the host has written, this one included, where it
	// reports through a Form.
	Puts int `json:"puts,omitempty"`
}

// Line is one line of output. Seq counts from 1 within the attempt.
type Line struct {
	Seq    int64     `json:"seq"`
	At     time.Time `json:"at"`
	Stream Stream    `json:"stream"`
	Text   string    `json:"text"`
}

// Stream tells who wrote a line.
type Stream string

// The streams: a script's two, and the executor's own words.
const (
	Stdout  Stream = "out"
	Stderr  Stream = "err"
	Note    Stream = "note"    // what the executor does and why
	Warning Stream = "warning" // what somebody should look at
)

// LongestMessage is how many bytes of an End's message are kept. Whoever has
// more to say puts all of it into the output, too.
const LongestMessage = 400

// End is the outcome of an attempt, with what later steps may use.
type End struct {
	Outcome  Outcome           `json:"outcome"`
	ExitCode int               `json:"exitCode,omitempty"`
	Message  string            `json:"message,omitempty"` // why it failed: the thing, the rule, the way out
	Outputs  map[string]string `json:"outputs,omitempty"` // output variables, without the `Octopus.Action[…]` prefix
	At       time.Time         `json:"at"`
	// Sealed holds a JSON object of sensitive outputs, sealed to Order.OutputKey.
	Sealed []byte `json:"sealed,omitempty"`
	// Installed is what the attempt installed, also where it failed later; Skipped
	// says that it was there already and nothing was done.
	Installed *Installed `json:"installed,omitempty"`
	Skipped   bool       `json:"skipped,omitempty"`
	Retired   []string   `json:"retired,omitempty"` // of Order.Retire, those that are gone
	Artifacts []Artifact `json:"artifacts,omitempty"`
}

// Artifact is a file that a script wants kept. The host has a copy under its
// SHA256 in the attempt's ledger until it is fetched.
type Artifact struct {
	Name   string `json:"name"` // as people will see it
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"` // lower-case hex
	// Missing says why it could not be brought home.
	Missing string `json:"missing,omitempty"`
}

// MostReported bounds one object that a host reports through a Form, artifacts
// among them.
const MostReported = 32 << 20
