package web

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"slipway/runner/graph"
	"slipway/runner/views"
	"slipway/web/pages"
)

// decided are all answers and choices of a deployment where its state does not
// tell them. The page is worth showing without.
func (s *site) decided(r *http.Request, d views.Deployment) []views.Decision {
	all, err := s.Views.Decided(r.Context(), d)
	if err != nil {
		s.Log.Error("who decided before", "deployment", d.Deployment.ID, "error", err)
	}
	return all
}

// answersOf are those to a step's newest question, the one that decided last.
func answersOf(now graph.StepState) []graph.Answered {
	if now.Answer == nil {
		return now.Approved
	}
	return append(slices.Clip(now.Approved), *now.Answer)
}

func answerWords(a graph.Answered) string {
	return withNote(fmt.Sprintf("%s by %s (%s)", answerWord(a.Proceed), a.By(), wayWords(a.Via)), a.Note)
}

func choiceWords(c graph.Decided) string {
	return withNote(fmt.Sprintf("of attempt %d, %s chose to %s (%s)", c.Attempt, c.Called, c.Choice, wayWords(c.Via)), c.Note)
}

func withNote(text, note string) string {
	if note == "" {
		return text
	}
	return text + ": " + note
}

// saidBefore are the decisions about a step that its state has no longer: those
// before the deployment was taken up again, and all but the newest choice about a
// host.
func saidBefore(d views.Deployment, at int) []string {
	var out []string
	for _, one := range d.Decided {
		if one.Step != at || stands(d, one) {
			continue
		}
		out = append(out, "Before, on "+one.At.UTC().Format(clockTime)+": "+toSentence(decisionWords(one)))
	}
	return out
}

// stands says whether the state has a decision still.
func stands(d views.Deployment, one views.Decision) bool {
	if one.Choice == nil {
		return slices.Contains(answersOf(d.State.Head.Steps[one.Step]), *one.Answer) && keptSince(d, one)
	}
	chosen := d.State.Task(one.Choice.Task).Chosen
	return chosen != nil && chosen.Attempt == one.Choice.Attempt
}

// keptSince says whether a step has kept its answers since a decision: no later one
// about it is there. Not every step is tried again when its deployment is.
func keptSince(d views.Deployment, one views.Decision) bool {
	return !slices.ContainsFunc(d.Decided, func(later views.Decision) bool {
		return later.Answer != nil && later.Step == one.Step && later.Round > one.Round
	})
}

func decisionWords(one views.Decision) string {
	if one.Choice == nil {
		return answerWords(*one.Answer)
	}
	text := choiceWords(*one.Choice)
	if one.Target != "" {
		text = one.Target + ", " + text
	}
	return text
}

// decidedFacts are all decisions, and who took the deployment up again between them,
// as they happened.
func decidedFacts(d views.Deployment) []pages.Fact {
	type happened struct {
		at   time.Time
		fact pages.Fact
	}
	var all []happened
	for _, one := range d.Decided {
		all = append(all, happened{one.At, pages.Fact{Label: d.Plan.Steps[one.Step].Name, Text: decisionWords(one), Exact: one.At.UTC().Format(exactly)}})
	}
	for _, t := range d.State.Head.Resumed {
		all = append(all, happened{t.At, takeupFact(t)})
	}
	slices.SortStableFunc(all, func(a, b happened) int { return a.at.Compare(b.at) })
	out := make([]pages.Fact, len(all))
	for i, one := range all {
		out[i] = one.fact
	}
	return out
}
