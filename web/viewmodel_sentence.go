package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
	"slipway/runner/requests/openings"
	"slipway/runner/spend"
	"slipway/runner/views"
	"slipway/web/pages"
)

// inWords is how a deployment stands, in one sentence.
func inWords(d views.Deployment) string {
	head := d.State.Head
	switch head.Status {
	case pipelines.Queued, pipelines.Pending:
		if isScheduled(d) {
			return fmt.Sprintf("It is to begin on %s.", d.Plan.NotBefore.UTC().Format("Monday 2 January 2006 at 15:04 UTC"))
		}
		if d.Holder == "" && d.Ahead == 0 {
			return "It begins in a moment."
		}
		if head.Cancel != nil {
			return fmt.Sprintf("%s cancelled it: the steps that always run follow once %s is free.", head.Cancel.Called, d.Deployment.Environment)
		}
		if !head.Started.IsZero() {
			return fmt.Sprintf("It goes on once %s is free.", d.Deployment.Environment)
		}
		return fmt.Sprintf("%s waits until %s is free.", d.Deployment.Release, d.Deployment.Environment)
	case pipelines.Waiting:
		if text := choosing(d); text != "" {
			return text
		}
		return waitingFor(d) + meanwhile(d)
	case pipelines.Cancelling:
		return cancelling(head)
	case pipelines.Succeeded:
		return fmt.Sprintf("%s is in %s; it took %s.", d.Deployment.Release, d.Deployment.Environment, between(head.Started, head.Ended))
	case pipelines.Cancelled:
		return toSentence(head.Message) + cancelNote(head)
	case pipelines.Running:
		return runningSteps(d)
	}
	return toSentence(head.Message)
}

// isScheduled says whether a deployment waits for its time. It changes by an event
// alone, so that a page stands still while nothing happens.
func isScheduled(d views.Deployment) bool {
	head := d.State.Head
	waits := head.Status == pipelines.Queued || head.Status == pipelines.Pending
	return waits && head.Started.IsZero() && head.Stands() == graph.PlaceNone && !d.Plan.NotBefore.IsZero()
}

// cancelling says who stops what runs: a person, or the time limit.
func cancelling(head graph.Head) string {
	who := head.Cancel.Called + " cancelled it"
	if limit := head.Cancel.Limit; limit > 0 {
		who = "It took longer than " + took(time.Duration(limit))
	}
	return who + ": what runs is stopped, then the steps that always run follow."
}

func cancelNote(head graph.Head) string {
	if head.Cancel == nil || head.Cancel.Note == "" {
		return ""
	}
	return " " + toSentence(head.Cancel.Note)
}

// meanwhile says that others may use the environment while people think.
func meanwhile(d views.Deployment) string {
	if d.State.Head.Stands() != graph.PlaceNone {
		return ""
	}
	return fmt.Sprintf(" Other deployments may go to %s meanwhile.", d.Deployment.Environment)
}

// waitingFor names the first question that waits, and whom it waits for.
func waitingFor(d views.Deployment) string {
	if len(d.Questions) == 0 {
		return "It waits for a person."
	}
	at := d.Questions[0]
	for _, q := range d.Questions {
		if d.MayAnswer[q] {
			at = q
			break
		}
	}
	step := d.Plan.Steps[at]
	whom := askedOf(step)
	if missing := openings.Missing(d.Loaded, at); missing > 1 || len(d.State.Head.Steps[at].Approved) > 0 {
		if d.MayAnswer[at] {
			return fmt.Sprintf("%s waits for you, %s of %s must still approve.", step.Name, grouped(missing), whom)
		}
		return fmt.Sprintf("%s waits for %s of %s to approve.", step.Name, grouped(missing), whom)
	}
	if len(step.Question.Teams) > 0 {
		whom = "one of " + whom
		if d.MayAnswer[at] {
			whom = "you or another of " + ored(step.Question.Teams)
		}
	} else if d.MayAnswer[at] {
		whom = "you, or whoever else may deploy here"
	}
	return step.Name + " waits for " + whom + "."
}

// runningSteps says what runs now, and how far it is.
func runningSteps(d views.Deployment) string {
	var out []string
	for i, now := range d.State.Head.Steps {
		if now.Status == pipelines.Running {
			out = append(out, fmt.Sprintf("step %d of %d, %s, runs%s", i+1, len(d.Plan.Steps), d.Plan.Steps[i].Name, onHosts(d.Plan.Steps[i], now)))
		}
	}
	if len(out) == 0 {
		return "It runs."
	}
	return toSentence(strings.Join(out, "; "))
}

func onHosts(s plan.Step, now graph.StepState) string {
	n := len(s.Targets)
	if s.Kind != plan.OnHosts || n == 0 {
		return ""
	}
	if n == 1 {
		return " on " + s.Targets[0].Name
	}
	text := fmt.Sprintf(" on %d of %d hosts", now.Running, n)
	if now.Done > 0 {
		text += fmt.Sprintf("; %d%s done", now.Done, verb(now.Done, " is", " are"))
	}
	if now.Bad > 0 {
		text += fmt.Sprintf(", %d of them badly", now.Bad)
	}
	return text
}

// facts are what does not change while a deployment's page is read.
// withUsername is who ordered a deployment, with the name to sign in with beside a
// name that is only shown.
func withUsername(d pipelines.Deployment, username string) string {
	if username == "" || username == d.CreatedBy || d.CreatedByID == "" {
		return d.CreatedBy
	}
	return d.CreatedBy + " (" + username + ")"
}

func (s *site) facts(r *http.Request, d views.Deployment) []pages.Fact {
	about := d.Deployment
	created := s.moment(about.Created)
	out := []pages.Fact{
		{Label: "Project", Text: about.Project, Path: pages.ProjectPath(about.ProjectID)},
		{Label: "Release", Text: about.Release, Code: true, Path: pages.ReleasePath(about.ProjectID, about.Release)},
		{Label: "Environment", Text: about.Environment},
	}
	if about.Channel != "" {
		out = append(out, pages.Fact{Label: "Channel", Text: about.Channel})
	}
	if d.Plan.Address != "" {
		out = append(out, application(d.Plan.Address))
	}
	out = append(out, pages.Fact{Label: "Ordered", Text: created.Text + " " + by(withUsername(about, d.Plan.OrderedBy()), about.Via), Exact: created.Exact})
	for _, p := range about.Packages {
		where := pages.Fact{Label: "Package", Text: p.Package + " " + p.Version, Code: true, Path: pages.PackageVersionPath(p.Package, p.Version)}
		if p.FeedID != "" {
			where.Path = pages.FeedPackagePath(p.FeedID, p.Package)
		}
		out = append(out, where)
		if p.Feed != "" {
			out = append(out, pages.Fact{Label: "Feed", Text: p.Feed})
		}
		out = append(out, pages.Fact{Label: "SHA-256", Text: p.SHA256, Code: true})
	}
	out = append(out, s.buildFacts(r, about)...)
	out = append(out, givenFacts(about)...)
	if about.Comment != "" {
		out = append(out, pages.Fact{Label: "Comment", Text: about.Comment})
	}
	if len(about.Skip) > 0 {
		out = append(out, pages.Fact{Label: "Left out", Text: anded(about.Skip)})
	}
	if limit := time.Duration(d.Plan.Timeout); limit > 0 {
		out = append(out, pages.Fact{Label: "Time limit", Text: took(limit)})
	}
	if about.Replaces != "" {
		out = append(out, pages.Fact{Label: "Replaces", Text: about.Replaces, Code: true})
	}
	out = append(out, planFact(about.ID), pages.Fact{Label: "Plan", Text: about.Plan, Code: true}, valuesFact(about.ID))
	return append(out, s.laterFacts(d)...)
}

// laterFacts come while one reads, so they stand behind the others and move none.
func (s *site) laterFacts(d views.Deployment) []pages.Fact {
	head := d.State.Head
	var out []pages.Fact
	if d.Decided != nil {
		out = decidedFacts(d)
	} else {
		for _, t := range head.Resumed {
			out = append(out, takeupFact(t))
		}
		for i, now := range head.Steps {
			if now.Answer != nil {
				out = append(out, answerFacts(d.Plan.Steps[i].Name, now)...)
			}
		}
	}
	if head.Status.Ended() {
		ended := s.moment(head.Ended)
		out = append(out, pages.Fact{Label: "Ended", Text: ended.Text, Exact: ended.Exact})
		if !head.Started.IsZero() {
			out = append(out, pages.Fact{Label: "Took", Text: between(head.Started, head.Ended)})
		}
	}
	return append(out, cost(d.Spent)...)
}

// cost is what the deployment has cost so far, where that is counted.
func cost(spent spend.Counts) []pages.Fact {
	if len(spent) == 0 {
		return nil
	}
	return []pages.Fact{
		{Label: "Cost", Text: spend.Money(spent.Dollars()), Code: true},
		{Label: "Counted", Text: fmt.Sprintf("%s, at the prices of %s in %s", anded(spent.Each()), spend.PricesRegion, spend.PricesDate)},
	}
}

// application is where people look at what was deployed.
func application(address string) pages.Fact {
	return pages.Fact{Label: "Application", Text: address, Address: address}
}

// answerFacts are the one that decided, behind those who had approved before.
func answerFacts(step string, now graph.StepState) []pages.Fact {
	var out []pages.Fact
	for _, a := range answersOf(now) {
		out = append(out, pages.Fact{Label: step, Text: answerWords(a)})
	}
	out[len(out)-1].Exact = now.Ended.UTC().Format(exactly)
	return out
}

func takeupFact(t graph.Takeup) pages.Fact {
	text := fmt.Sprintf("by %s, after it was %s", t.Called, t.Was)
	if t.Note != "" {
		text += ": " + t.Note
	}
	return pages.Fact{Label: "Tried again", Text: text, Exact: t.At.UTC().Format(exactly)}
}
