package requests

import (
	"slipway/pipelines"
	"slipway/runner/records"
)

// become is how something stands, as a sentence about it goes on.
func become(s pipelines.Status) string {
	switch s {
	case pipelines.Succeeded, pipelines.Failed:
		return "has " + string(s)
	case pipelines.Cancelled, pipelines.Skipped:
		return "was " + string(s)
	case pipelines.Unknown:
		return "ended nobody knows how"
	case pipelines.Pending:
		return "has not begun"
	case pipelines.Waiting:
		return "waits for a person"
	case pipelines.Cancelling:
		return "is being cancelled"
	}
	return "is " + string(s)
}

// answered is what became of a question: who decided it, where somebody did.
func answered(l records.Loaded, step int) string {
	now := l.State.Head.Steps[step]
	a := now.Answer
	switch {
	case a == nil || a.Via == "time" || a.Called == "":
		return "it " + become(now.Status)
	case a.Proceed:
		return a.By() + " has approved it"
	}
	return a.By() + " has rejected it"
}
