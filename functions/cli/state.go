package cli

import (
	"slipway/pipelines"
	"slipway/web/pages"
	"slipway/web/rest"
)

// look is how a state looks: the shapes of the pages, as far as a terminal has
// them, and a colour.
type look struct{ shape, ink string }

var looks = map[pipelines.Status]look{
	pipelines.Pending:    {"·", "2"},
	pipelines.Queued:     {"○", "2"},
	pipelines.Running:    {"◌", "36"},
	pipelines.Waiting:    {"◆", "33"},
	pipelines.Cancelling: {"⊖", "33"},
	pipelines.Succeeded:  {"●", "32"},
	pipelines.Failed:     {"☒", "31"},
	pipelines.Skipped:    {"–", "2"},
	pipelines.Cancelled:  {"⊖", "35"},
	pipelines.Unknown:    {"?", "35"},
	rest.Held:            {"!", "31"},
}

func lookOf(s pipelines.Status) look {
	if l, ok := looks[s]; ok {
		return l
	}
	return looks[pipelines.Unknown]
}

// word is the word for a state, the one that the pages use.
func word(s pipelines.Status) string {
	switch s {
	case pipelines.Pending:
		return "Pending"
	case rest.Held:
		return "Held"
	}
	return pages.State(s).Word()
}

// shaped is a text with the state's shape before it, in the state's colour.
func shaped(s pipelines.Status, text string) cell {
	l := lookOf(s)
	return cell{l.shape + " " + text, l.ink}
}

// outcome is the exit code of a deployment. One that failed only because nobody
// can say how a step of it ended is told from one that is known to have failed.
func outcome(d rest.Deployment) error {
	switch d.Status {
	case pipelines.Succeeded:
		return nil
	case pipelines.Cancelled, pipelines.Skipped:
		return exit(codeCancelled)
	case pipelines.Unknown:
		return exit(codeUnknown)
	}
	unknown, failed := false, false
	for _, s := range d.Steps {
		unknown = unknown || s.Status == pipelines.Unknown
		failed = failed || s.Status == pipelines.Failed
	}
	if unknown && !failed {
		return exit(codeUnknown)
	}
	return exit(codeFailed)
}
