package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"slipway/pipelines/plan"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/views"
	"slipway/web/pages"
)

// signOffs are the open questions, those that the viewer may answer first.
func (s *site) signOffs(r *http.Request, d views.Deployment) []pages.SignOff {
	var own, others []pages.SignOff
	for _, at := range d.Questions {
		if d.MayAnswer[at] {
			own = append(own, s.signOff(r, d, at))
			continue
		}
		others = append(others, s.signOff(r, d, at))
	}
	return append(own, others...)
}

// approvedBy says how many have approved where several must, "" where one is
// enough.
func approvedBy(s plan.Step, now graph.StepState) string {
	if s.Question.Minimum < 2 {
		return ""
	}
	if len(now.Approved) == 0 {
		return fmt.Sprintf("%d must approve; nobody has yet.", s.Question.Minimum)
	}
	var names []string
	for _, a := range now.Approved {
		names = append(names, a.By())
	}
	return fmt.Sprintf("%d of %d have approved: %s.", len(names), s.Question.Minimum, anded(names))
}

// questionID names a step that asks, in an address.
func questionID(deployment string, step int) string { return deployment + "." + strconv.Itoa(step) }

func (s *site) signOff(r *http.Request, d views.Deployment, at int) pages.SignOff {
	step := d.Plan.Steps[at]
	out := pages.SignOff{
		ID: questionID(d.Deployment.ID, at), Step: step.Name, Round: d.State.Head.Steps[at].Round, Instructions: s.instructionsNow(r.Context(), d.Loaded, at),
		Version: d.Deployment.Release, Environment: d.Deployment.Environment,
		Asked: step.Question.Teams, MayAnswer: d.MayAnswer[at], Taken: s.takenOn(r, d, at),
	}
	if len(out.Asked) == 0 {
		out.Asked = []string{askedOf(step)}
	}
	now := d.State.Head.Steps[at]
	out.Approved = approvedBy(step, now)
	out.Until, out.Else = s.deadline(d, at)
	if err := d.WhyNot[at]; err != nil {
		out.WhyNot = toYou(s.SignIn.Principal(r).Username, err)
	}
	return out
}

// toYou is a refusal to answer, said to the one who may not.
func toYou(username string, err error) string {
	said := err.Error()
	if rest, ok := strings.CutPrefix(said, username+" cannot "); ok {
		said = "you cannot " + rest
	} else if rest, ok := strings.CutPrefix(said, username+" has "); ok {
		said = "you have " + rest
	}
	return toSentence(said)
}

// takenOn is who has a sign-off, nil for nobody. The question is worth showing
// without.
func (s *site) takenOn(r *http.Request, d views.Deployment, at int) *pages.Taken {
	has, there, err := s.Views.TakenOn(r.Context(), d, at)
	if err != nil {
		s.Log.Error("who has a sign-off", "deployment", d.Deployment.ID, "error", err)
	}
	if !there {
		return nil
	}
	return s.taken(has, s.SignIn.Principal(r).UserID)
}

func (s *site) taken(has records.Taken, viewer string) *pages.Taken {
	return &pages.Taken{Who: has.Called, Since: pages.Moment{Text: "since " + has.At.UTC().Format("2 Jan, 15:04"), Exact: has.At.UTC().Format(exactly)}, Note: has.Note, Mine: has.UserID == viewer}
}

// deadline is until when a question waits, and what it comes to then; nothing
// where it waits on.
func (s *site) deadline(d views.Deployment, at int) (until pages.Moment, otherwise string) {
	end, there := d.Times().Expires[at]
	if !there {
		return pages.Moment{}, ""
	}
	until, otherwise = s.moment(end), "(then it counts as rejected)"
	until.Text = end.UTC().Format("Mon 2 Jan 15:04")
	if d.Plan.Steps[at].Question.OnTimeout == "approve" {
		otherwise = "(then it counts as approved)"
	}
	return until, otherwise
}

// instructionsNow are the instructions with what earlier steps have put out. An
// error is the sign-off mail's to report: pages ask every second.
func (s *site) instructionsNow(ctx context.Context, l records.Loaded, at int) string {
	if s.Instructions != nil {
		if text, err := s.Instructions(ctx, l, at); err == nil {
			return text
		}
	}
	return l.Plan.Steps[at].Instructions()
}
