package xdt

// Level says how bad a message is.
type Level uint8

// Info is for who looks closely; a Warning is about a transform that did less
// than it says; an Error about one that did nothing.
const (
	Info Level = iota
	Warning
	Error
)

func (l Level) String() string { return [...]string{"info", "warning", "error"}[l] }

// Message is about one place of the transform file; no Line is about the file
// as a whole. It never holds a value: that may be a secret.
type Message struct {
	Level        Level
	Line, Column int
	Text         string
}

// Report is what happened, in order.
type Report struct {
	Messages []Message
}

// Count is the number of messages of a level.
func (r Report) Count(level Level) int {
	n := 0
	for _, m := range r.Messages {
		if m.Level == level {
			n++
		}
	}
	return n
}
