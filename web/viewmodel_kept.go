package web

import (
	"fmt"

	"slipway/runner/kept"
	"slipway/web/pages"
)

func (s *site) keptEvents(f pages.Frame, all []kept.Event, problems []pages.Problem) pages.KeptEvents {
	v := pages.KeptEvents{Frame: f, Problems: problems}
	for _, e := range all {
		v.Items = append(v.Items, pages.KeptEvent{
			Key: e.Key, What: e.What, Deployments: e.Deployments, Why: toSentence(e.Why), Tries: tries(e.Tries),
			When: s.moment(e.At), Replayable: e.Payload != nil,
		})
	}
	return v
}

func keptSentence(all []kept.Event) string {
	const what = "What AWS gave up delivering; a replay hands the same event in again."
	switch {
	case len(all) == 0:
		return ""
	case len(all) >= kept.Most:
		return fmt.Sprintf("The newest %d. %s", kept.Most, what)
	case len(all) == 1:
		return "1 event. " + what
	}
	return fmt.Sprintf("%d events. %s", len(all), what)
}

func tries(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "After 1 try."
	}
	return fmt.Sprintf("After %d tries.", n)
}
