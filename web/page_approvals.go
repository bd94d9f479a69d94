package web

import (
	"net/http"

	"slipway/pipelines"
	"slipway/runner/requests/openings"
	"slipway/runner/views"
	"slipway/web/pages"
)

// countAsked is how many questions wait for the person that waiting was read
// for.
func countAsked(waiting []views.Deployment) int {
	n := 0
	for _, d := range waiting {
		for _, q := range d.Questions {
			if d.MayAnswer[q] {
				n++
			}
		}
		if d.MayChoose {
			n += len(d.Choices)
		}
	}
	return n
}

func (s *site) approvalsPage(w http.ResponseWriter, r *http.Request) {
	waiting, err := s.Views.Waiting(r.Context(), s.SignIn.Principal(r))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	said := ""
	if n := countAsked(waiting); n > 0 {
		said = plural(n, "decision") + verb(n, " waits", " wait") + " for you."
	}
	v := pages.Approvals{Frame: s.pageFrame(r, pages.InApprovals, "Approvals", said)}
	for _, d := range waiting {
		for _, q := range d.Questions {
			if d.MayAnswer[q] {
				v.Items = append(v.Items, s.approvalItem(r, d, q))
			}
		}
		for _, c := range d.Choices {
			if d.MayChoose {
				v.Items = append(v.Items, s.choiceItem(d, c))
			}
		}
	}
	s.show(w, r, http.StatusOK, pages.ApprovalsPage(v))
}

func (s *site) approvalItem(r *http.Request, d views.Deployment, at int) pages.ApprovalItem {
	step := d.Plan.Steps[at]
	now := d.State.Head.Steps[at]
	out := pages.ApprovalItem{
		DeploymentID: d.Deployment.ID, Project: d.Deployment.Project, Version: d.Deployment.Release, Environment: d.Deployment.Environment,
		Step: step.Name, Instructions: s.instructionsNow(r.Context(), d, at), Asked: s.moment(now.Started),
		Who: by(d.Deployment.CreatedBy, d.Deployment.Via), Approved: approvedBy(step, now),
	}
	out.Until, out.Else = s.deadline(d, at)
	return out
}

// choiceItem is an attempt about which somebody must choose.
func (s *site) choiceItem(d views.Deployment, c openings.Choice) pages.ApprovalItem {
	stands := "nobody knows how it ended on " + c.Target.Name
	if c.Ask == pipelines.Failed {
		stands = "it failed on " + c.Target.Name
	}
	return pages.ApprovalItem{
		DeploymentID: d.Deployment.ID, Project: d.Deployment.Project, Version: d.Deployment.Release, Environment: d.Deployment.Environment,
		Step: d.Plan.Steps[c.Step].Name, Instructions: stands + ": choose what becomes of it.", Asked: s.moment(d.State.Head.Steps[c.Step].Started),
		Who: by(d.Deployment.CreatedBy, d.Deployment.Via),
	}
}
