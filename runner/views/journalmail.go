package views

import (
	"slices"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
)

// mayReadMail says whether somebody is told the mail addresses of others.
func mayReadMail(p pipelines.Principal) bool {
	return p.Allows(pipelines.UserView, anywhere(p, pipelines.UserView))
}

// withoutAddress are a plan's variables without the mail address of who has asked
// for the deployment.
func withoutAddress(all []plan.Variable) []plan.Variable {
	return slices.DeleteFunc(slices.Clone(all), func(v plan.Variable) bool { return pipelines.SameName(v.Name, plan.CreatedByMail) })
}

// withoutMail are the events and the head of a turn without the mail addresses of
// those who have answered. What was given stays as it is.
func withoutMail(events []graph.Event, head graph.Head) ([]graph.Event, graph.Head) {
	events, head.Steps = slices.Clone(events), slices.Clone(head.Steps)
	for i, e := range events {
		switch a := e.Of.(type) {
		case graph.Answered:
			a.Mail = ""
			events[i].Of = a
		case *graph.Answered:
			without := *a
			without.Mail = ""
			events[i].Of = &without
		}
	}
	for i, s := range head.Steps {
		if s.Answer != nil {
			without := *s.Answer
			without.Mail = ""
			head.Steps[i].Answer = &without
		}
		head.Steps[i].Approved = slices.Clone(s.Approved)
		for j := range s.Approved {
			head.Steps[i].Approved[j].Mail = ""
		}
	}
	return events, head
}
