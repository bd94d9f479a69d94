package pages

import "strconv"

// DeploymentLogPath is a deployment's log as a text file, with the query of the
// step and host that it is narrowed to.
func DeploymentLogPath(id string) string { return DeploymentPath(id) + "/log.txt" }

// Log is a stretch of a deployment's output, the tail unless something else was
// asked for.
type Log struct {
	LogLinks
	Path    string // of its page, without a query
	Lines   []LogLine
	Earlier string   // path of the stretch before this one
	Later   string   // path of the stretch after it, when this is not the tail
	Tail    string   // path of the tail then
	Step    string   // number of the step that alone is shown, "" when all are
	Host    string   // of that step
	Filter  string   // "step Deploy web app to Nginx", "" when all is shown
	Said    []string // how the step that is the filter ended, its attempts and choices
	Hosts   []Link   // of the step, each with its own lines
	All     string   // path of the log without the filter
	Empty   string   // what stands here while there is no line

	Find                 string // what was looked for
	Hits                 string // "3 of 12 lines", "no line"
	Hit                  int    // number of the line that is shown for it
	PreviousHit, NextHit string // paths
}

// LogLinks stand beside the title and change with each line that comes.
type LogLinks struct {
	Total string // "1,204 lines"
	Raw   string // path of the text of all of it; "" while there is none
}

// LogLine is one line of output.
type LogLine struct {
	Again  bool // the step is that of the line before
	Number int
	Path   string // the page with this line in view, without the #
	Time   string // "14:03:07"
	Host   string
	Step   string
	Stream Stream
	Text   string
	Anew   string   // "attempt 2", said on its first line; "" where no attempt was before
	Found  []string // Text in pieces, of which every other one is what was looked for
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

// notPrinted says, on paper, which lines are not there, and where they are.
func (v Log) notPrinted() string {
	if len(v.Lines) == 0 || v.Raw == "" {
		return "The lines before these are not printed."
	}
	last := v.Lines[0].Number - 1
	if last == 1 {
		return "Line 1 is not printed: all lines are at " + v.Raw
	}
	return "Lines 1 to " + strconv.Itoa(last) + " are not printed: all lines are at " + v.Raw
}

func (l LogLine) anchor() string { return "L" + strconv.Itoa(l.Number) }

func (l LogLine) class() string {
	switch l.Stream {
	case Err, Error, Warn, Note:
		return "line is-" + string(l.Stream)
	}
	return "line"
}
