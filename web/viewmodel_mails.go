package web

import (
	"context"
	"fmt"
	"strings"

	"slipway/runner/views"
)

// mailNotes say which of a deployment's mails did not go out yet, and what became
// of those that went out late. The page is worth showing without.
func (s *site) mailNotes(ctx context.Context, d views.Deployment) (told []string, of map[string]bool) {
	waiting, late, err := s.Views.MailsOf(ctx, d)
	if err != nil {
		s.Log.Error("mails of a deployment", "deployment", d.Deployment.ID, "error", err)
	}
	of = map[string]bool{}
	for _, w := range waiting {
		of[w.Step] = true
		told = append(told, fmt.Sprintf("The mail of %s to %s waits, and is tried again by itself: %s", w.Step, strings.Join(w.To, ", "), toSentence(w.Why)))
	}
	for _, l := range late {
		of[l.Step] = true
		when := l.At.UTC().Format("2 Jan 2006, 15:04 UTC")
		if l.GivenUp {
			told = append(told, fmt.Sprintf("The mail of %s to %s was given up on %s: %s", l.Step, strings.Join(l.To, ", "), when, toSentence(l.Why)))
			continue
		}
		told = append(told, fmt.Sprintf("The mail of %s to %s went out late, on %s.", l.Step, strings.Join(l.To, ", "), when))
	}
	return told, of
}
