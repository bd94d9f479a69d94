package pages

// KeptEvents lists the events that failed for good.
type KeptEvents struct {
	Frame
	Items    []KeptEvent // newest first
	Problems []Problem   // of the last order
}

// KeptEvent is one of them.
type KeptEvent struct {
	Key         string // names it in the forms
	What        string
	Deployments []string // ids
	Why         string
	Tries       string
	When        Moment
	Replayable  bool
}
