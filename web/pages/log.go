package pages

import "strconv"

// Log is a stretch of a deployment's output, the tail unless something else was
// asked for.
type Log struct {
	Lines      []LogLine
	Total      string // "1,204 lines"
	Earlier    string // path of the stretch before this one
	Later      string // path of the stretch after it, when this is not the tail
	Filter     string // "step Deploy web app to Nginx", "" when all is shown
	Said       string // how the step ended that is the filter, in full
	All        string // path of the log without the filter
	FirstError string // path of the first line that is an error
	Empty      string // what stands here while there is no line
}

// LogLine is one line of output.
type LogLine struct {
	Number int
	Path   string // the page with this line in view, without the #
	Time   string // "14:03:07"
	Host   string
	Step   string
	Stream Stream
	Text   string
}

// Stream says where a line comes from.
type Stream string

// The streams of a task log.
const (
	Out   Stream = "out"
	Err   Stream = "err"   // standard error: marked, not yet an error
	Error Stream = "error" // an error
	Warn  Stream = "warning"
	Note  Stream = "note" // said by Slipway itself
)

func (l LogLine) anchor() string { return "L" + strconv.Itoa(l.Number) }

func (l LogLine) class() string {
	switch l.Stream {
	case Err, Error, Warn, Note:
		return "line is-" + string(l.Stream)
	}
	return "line"
}
