package executor

import "slipway/pipelines/task"

// Call is one call of the executor, as `reply` gets it: what to do where the
// answer cannot go back over a connection, and the form that takes it.
type Call struct {
	Args  []string `json:"args"` // a verb and its arguments
	Stdin []byte   `json:"stdin,omitempty"`
	// Rest reads what follows on stdin, where that is too much to send along.
	Rest *task.Request `json:"rest,omitempty"`
	// Parts takes what is printed, piece by piece, numbered from 000001 on.
	Parts task.Form     `json:"parts"`
	Every task.Duration `json:"every"` // the pause between two parts
	Lease task.Duration `json:"lease"` // how long a call may print
}

// Part is a piece of what the call prints. After the last nothing comes.
type Part struct {
	Out    []byte `json:"out,omitempty"`
	Last   bool   `json:"last,omitempty"`
	Exit   int    `json:"exit,omitempty"`
	Stderr string `json:"stderr,omitempty"`
}

// maxPart is about how many bytes of output one part holds.
const maxPart = 256 << 10
