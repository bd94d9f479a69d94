// Package openings says what a deployment is open to at this moment, and for
// whom: an answer, a choice, being taken up again, giving way to another.
//
// It reads nothing and changes nothing: requests refuse by it what views do not
// offer, so that both follow one rule.
package openings

import (
	"cmp"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
	"slipway/runner/records"
)

// Asks says whether a step is a sign-off that waits for an answer. A step on
// hosts may wait too, but for a choice.
func Asks(l records.Loaded, step int) bool {
	return l.Plan.Steps[step].Kind == plan.Ask && l.State.Head.Steps[step].Status == pipelines.Waiting
}

// Answer says why the principal cannot answer a sign-off, nil if they can. Who
// has approved cannot approve again, but may still reject.
func Answer(p pipelines.Principal, l records.Loaded, step int, proceed bool) error {
	question := l.Plan.Steps[step].Question
	where := pipelines.Where{Project: l.Plan.Project, Environment: l.Plan.Environment}
	if err := (pipelines.Approval{Teams: question.Teams}).MayAnswer(p, where); err != nil {
		return err
	}
	if question.NotRequester && AsksFor(p.UserID, l) {
		did := "asked for"
		if p.UserID == l.Plan.CausedBy {
			did = "caused"
		}
		return pipelines.Refuse(pipelines.Forbidden, "%s has %s %s%s and cannot answer %s: somebody else of %s must", p.Username, did, l.Deployment.ID, within(l.Deployment.How()), l.Plan.Steps[step].Name, Whom(*question))
	}
	if proceed && HasApproved(p.UserID, l, step) {
		return pipelines.Refuse(pipelines.Conflict, "you have approved already; %d more of %s must", Missing(l, step), Whom(*question))
	}
	return nil
}

// Concerns refuses whoever has nothing to do with a deployment, in the words for
// one that is not there: they may not see it, and no sign-off of it is theirs.
func Concerns(p pipelines.Principal, l records.Loaded) error {
	where := pipelines.Where{Project: l.Plan.Project, Environment: l.Plan.Environment}
	asked := func(s plan.Step) bool {
		return s.Kind == plan.Ask && (pipelines.Approval{Teams: s.Question.Teams}).MayAnswer(p, where) == nil
	}
	switch {
	case !p.Known():
		return pipelines.Refuse(pipelines.Unauthenticated, "sign in first, or use the link in your mail")
	case mayAct(p, where) || slices.ContainsFunc(l.Plan.Steps, asked):
		return nil
	}
	return Seen(p, l.Deployment.ID, where)
}

// Seen refuses whoever may not see a deployment in a place: in the words for one
// that is not there, so that nobody finds out what there is by asking for it. Who
// may act on it knows of it, and is told what is lacking.
func Seen(p pipelines.Principal, id string, where pipelines.Where) error {
	err := p.Demand(pipelines.DeploymentView, where)
	if err == nil || !p.Known() || mayAct(p, where) {
		return err
	}
	return pipelines.Refuse(pipelines.NotFound, "there is no deployment %q", id)
}

// Hide is a refusal as those are told it whom the deployment does not concern: it
// is not there.
func Hide(p pipelines.Principal, l records.Loaded, refusal error) error {
	if refusal == nil || !p.Known() {
		return refusal
	}
	return cmp.Or(Concerns(p, l), refusal)
}

func mayAct(p pipelines.Principal, where pipelines.Where) bool {
	may := func(want pipelines.Permission) bool { return p.Allows(want, where) }
	return slices.ContainsFunc([]pipelines.Permission{pipelines.DeploymentView, pipelines.DeploymentCreate, pipelines.TaskCancel}, may)
}

// AsksFor says whether a user has asked for the deployment, has made it begin by
// itself, or has taken it up again.
func AsksFor(userID string, l records.Loaded) bool {
	return l.Plan.Began(userID) || slices.ContainsFunc(l.State.Head.Resumed, func(t graph.Takeup) bool { return t.UserID == userID })
}

// HasApproved says whether a user is among those who have approved a sign-off
// that needs several.
func HasApproved(userID string, l records.Loaded, step int) bool {
	for _, a := range l.State.Head.Steps[step].Approved {
		if a.UserID == userID {
			return true
		}
	}
	return false
}

// Missing is how many more must approve.
func Missing(l records.Loaded, step int) int {
	return max(1, l.Plan.Steps[step].Question.Minimum) - len(l.State.Head.Steps[step].Approved)
}

// Whom names those who are asked.
func Whom(q plan.Question) string {
	if len(q.Teams) == 0 {
		return "those who may deploy here"
	}
	return strings.Join(q.Teams, " or ")
}
