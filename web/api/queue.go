package api

import (
	"net/http"

	"slipway/pipelines"
	"slipway/runner/views"
	"slipway/web/rest"
)

// queue says who holds each place, and who waits.
func (a *API) queue(r *http.Request, p pipelines.Principal) (any, error) {
	q := r.URL.Query()
	places, err := a.Views.Queue(r.Context(), p, q.Get("project"), q.Get("environment"))
	out := rest.Queue{Places: []rest.QueuePlace{}}
	for _, place := range places {
		out.Places = append(out.Places, a.placeOf(place))
	}
	return out, err
}

func (a *API) placeOf(p views.Place) rest.QueuePlace {
	out := rest.QueuePlace{Project: p.Project, Environment: p.Environment, Policy: p.Policy, Waiting: []rest.Queued{}, Without: []rest.Queued{}}
	before := ""
	if p.Holder != nil {
		holder := a.queuedOf(*p.Holder)
		out.Holder, before = &holder, holder.ID
	}
	for _, d := range p.Waiting {
		next := a.queuedOf(d)
		next.Behind, before = before, next.ID
		out.Waiting = append(out.Waiting, next)
	}
	for _, d := range p.Without {
		out.Without = append(out.Without, a.queuedOf(d))
	}
	return out
}

func (a *API) queuedOf(d views.Deployment) rest.Queued {
	about, head := d.Deployment, d.State.Head
	out := rest.Queued{
		ID: about.ID, Release: about.Release, Status: about.Status, Message: about.Message, Created: about.Created, CreatedBy: about.CreatedBy, Automatic: about.Automatic,
		Begun: !head.Started.IsZero(), NotBefore: notBefore(about, head.Stands()), Choices: len(d.Choices), Address: a.deploymentOf(about).Address,
	}
	for _, step := range d.Questions {
		out.Asks = append(out.Asks, asksOf(d, step))
	}
	return out
}

func asksOf(d views.Deployment, step int) rest.Asks {
	s := d.Plan.Steps[step]
	out := rest.Asks{Step: s.Name, Teams: s.Question.Teams, Approved: len(d.State.Head.Steps[step].Approved)}
	if needs := s.Question.Minimum; needs > 1 {
		out.Needs = needs
	}
	return out
}
