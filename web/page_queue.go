package web

import (
	"net/http"

	"slipway/pipelines"
	"slipway/runner/graph"
	"slipway/runner/views"
	"slipway/web/pages"
)

// queuePage shows who has the places of projects and environments, and who
// waits for them.
func (s *site) queuePage(w http.ResponseWriter, r *http.Request) {
	places, err := s.Views.Queue(r.Context(), s.SignIn.Principal(r), "", "")
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := pages.Queue{Frame: s.pageFrame(r, pages.InQueue, "Queue", "One deployment at a time is carried out for each project and environment.")}
	for _, p := range places {
		place := pages.QueuePlace{Project: p.Project, ProjectID: p.ProjectID, Environment: p.Environment, Policy: policyWords(p.Policy)}
		if p.Holder != nil {
			place.Rows = append(place.Rows, s.queueRow(*p.Holder, "has the place"))
		}
		for i, d := range p.Waiting {
			place.Rows = append(place.Rows, s.queueRow(d, ordinal(i+1)+" in the queue"))
		}
		for _, d := range p.Without {
			said := "needs no place while people think"
			if isScheduled(d) {
				said = "scheduled for " + d.Plan.NotBefore.UTC().Format("2 Jan 2006, 15:04 UTC")
			}
			place.Rows = append(place.Rows, s.queueRow(d, said))
		}
		v.Places = append(v.Places, place)
	}
	s.show(w, r, http.StatusOK, pages.QueuePage(v))
}

func (s *site) queueRow(d views.Deployment, stands string) pages.QueueRow {
	row := pages.QueueRow{
		ID: d.Deployment.ID, Version: d.Deployment.Release, State: stateOf(d.Deployment.Status), Stands: stands,
		Since: s.moment(d.Deployment.Created), Who: by(d.Deployment.CreatedBy, d.Deployment.Via),
	}
	if d.Held != "" {
		row.Sentence = "It is held: its state cannot be read."
		return row
	}
	row.Sentence = inWords(d)
	if isScheduled(d) || d.State.Head.Stands() == graph.PlaceWanted && d.State.Head.Started.IsZero() {
		row.Sentence = "" // what it stands for says it already
	}
	return row
}

// policyWords is what becomes of those that wait, "" for the plain rule.
func policyWords(p pipelines.QueuePolicy) string {
	switch p {
	case pipelines.QueueSkipSuperseded:
		return "One that a newer release waits behind is left out."
	case pipelines.QueueReplaceWaiting:
		return "A new one puts an end to those that wait."
	}
	return ""
}
