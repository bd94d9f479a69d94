package pages

// State is how something stands. Each has one shape, one word and one colour,
// everywhere.
type State string

// The states of a deployment, a step, or a step on one host.
const (
	Queued State = "queued"
	// Scheduled looks as Queued does: it waits too, for its time.
	Scheduled State = "scheduled"
	Running   State = "running"
	Waiting   State = "waiting" // for a person
	Succeeded State = "succeeded"
	Failed    State = "failed"
	Skipped   State = "skipped"
	// Cancelling looks as Running does, because something still runs.
	Cancelling State = "cancelling"
	Cancelled  State = "cancelled"
	Unknown    State = "unknown"
)

var stateWords = map[State]string{
	Queued:     "Queued",
	Scheduled:  "Scheduled",
	Running:    "Running",
	Waiting:    "Waiting for a person",
	Succeeded:  "Succeeded",
	Failed:     "Failed",
	Skipped:    "Skipped",
	Cancelling: "Being cancelled",
	Cancelled:  "Cancelled",
	Unknown:    "Unknown",
}

// Word is the state as it is written beside its shape.
func (s State) Word() string {
	if w, ok := stateWords[s]; ok {
		return w
	}
	return stateWords[Unknown]
}

// shape is the state's name in class names and symbol ids; what is not known is
// drawn as unknown rather than as nothing.
func (s State) shape() string {
	switch s {
	case Cancelling:
		return string(Running)
	case Scheduled:
		return string(Queued)
	}
	if _, ok := stateWords[s]; ok {
		return string(s)
	}
	return string(Unknown)
}
