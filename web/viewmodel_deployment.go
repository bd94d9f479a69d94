package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
	"slipway/runner/views"
	"slipway/web/pages"
)

// deploymentParts is what changes on a deployment's page while it runs. Nothing
// in it changes by the mere passing of time, so that a page stands still while
// nothing happens.
func (s *site) deploymentParts(r *http.Request, d views.Deployment, selected int) pages.DeploymentParts {
	parts := pages.DeploymentParts{
		State: stateOf(d.State.Head.Status), Sentence: inWords(d),
		Queue:    s.queue(r, d),
		Graph:    stepGraph(d, selected),
		Record:   s.withLastLines(r.Context(), d, record(d)),
		SignOffs: s.signOffs(r, d),
		Choices:  choices(d, whyNotChoose(s.SignIn.Principal(r), d)),
		Retry:    takeUp(d),
		Unknown:  unknown(d),

		Artifacts: s.artifacts(r, d),
	}
	if isScheduled(d) {
		parts.State = pages.Scheduled
	}
	if d.MayCancel {
		parts.Cancel = offerCancel(d)
	}
	if d.Held != "" {
		parts.State, parts.Sentence = pages.Unknown, toSentence(d.Held)
		return parts
	}
	where := pipelines.Where{Project: d.Plan.Project, Environment: d.Plan.Environment}
	if d.State.Head.Status.Ended() && s.SignIn.Principal(r).Allows(pipelines.DeploymentCreate, where) {
		about := d.Deployment
		parts.Again = &pages.DeployLink{ProjectID: about.ProjectID, Version: about.Release, EnvironmentID: about.EnvironmentID, Environment: about.Environment}
	}
	return parts
}

// artifacts are the files that scripts wanted kept. The page is worth showing
// without them.
func (s *site) artifacts(r *http.Request, d views.Deployment) []pages.Artifact {
	all, err := s.Views.Artifacts(r.Context(), d)
	if err != nil {
		s.Log.Error("artifacts", "deployment", d.Deployment.ID, "error", err)
	}
	var out []pages.Artifact
	for _, a := range all {
		out = append(out, pages.Artifact{
			Name: a.Name, Size: size(a.Size), From: a.Step + " on " + a.Target, Missing: a.Missing,
			Path: pages.DeploymentPath(d.Deployment.ID) + "/artifacts/" + a.ID,
		})
	}
	return out
}

func offerCancel(d views.Deployment) *pages.Cancel {
	if d.Held != "" {
		return &pages.Cancel{
			Button:   "Give it up",
			Question: "It counts as failed then, and its place is free for others. What it has done on hosts stays, and what still runs there may go on.",
		}
	}
	if d.State.Head.Cancel != nil {
		return &pages.Cancel{
			Button:   "End it at once",
			Question: "It is being cancelled already. Ending it at once also leaves out the steps that always run, and what still runs on a host may go on there.",
		}
	}
	if d.State.Head.Started.IsZero() {
		return &pages.Cancel{Button: "Cancel this deployment", Question: "It has not begun: none of its steps will run."}
	}
	if !slices.ContainsFunc(d.State.Head.Steps, func(s graph.StepState) bool { return s.Status == pipelines.Running }) {
		return &pages.Cancel{Button: "Cancel this deployment", Question: "Nothing runs at this moment. What has not run is left out, but for the steps that always run. What was changed on hosts stays changed."}
	}
	return &pages.Cancel{
		Button:   "Cancel this deployment",
		Question: "Running steps are stopped, or listed as possibly running, within a minute or two; then the steps that always run follow. What was changed on hosts stays changed.",
	}
}

// queue says who is before a deployment that waits for its place.
func (s *site) queue(r *http.Request, d views.Deployment) string {
	if d.State.Head.Status != pipelines.Queued || d.Holder == "" {
		return ""
	}
	behind := d.Holder
	if holder, err := s.Views.Deployment(r.Context(), s.SignIn.Principal(r), d.Holder); err == nil {
		behind = holder.Deployment.Release
	}
	return fmt.Sprintf("%s in the queue, behind %s.", ordinal(d.Ahead+1), behind)
}

func stepGraph(d views.Deployment, selected int) pages.Graph {
	var g pages.Graph
	for i, s := range d.Plan.Steps {
		now := d.State.Head.Steps[i]
		step := pages.GraphStep{
			ID: stepID(i), Name: s.Name, Type: typeWord(s.Type), State: stateOf(now.Status), Note: stepNote(s, now),
			Path: pages.DeploymentPath(d.Deployment.ID) + "?step=" + stepID(i), Selected: i == selected,
		}
		step.State = stepState(s, now)
		step.Needs = drawnAfter(d.Plan, i)
		if s.Skip == "" && s.Kind == plan.OnHosts {
			step.Hosts = hostStates(d, i)
		}
		g.Steps = append(g.Steps, step)
	}
	return g
}

// drawnAfter are the steps that a step is drawn behind: those it needs, and of
// child steps the one before, since each host takes them in order.
func drawnAfter(p plan.Plan, i int) []string {
	s := p.Steps[i]
	if s.Within > 0 {
		return []string{stepID(i - 1)}
	}
	var out []string
	for _, n := range s.Needs {
		out = append(out, stepID(n+p.Steps[n].Children))
	}
	return out
}

func stepID(i int) string { return strconv.Itoa(i + 1) }

func hostStates(d views.Deployment, at int) []pages.GraphHost {
	s := d.Plan.Steps[at]
	out := make([]pages.GraphHost, len(s.Targets))
	ended := d.State.Head.Steps[at].Status.Ended()
	for i, t := range s.Targets {
		out[i] = pages.GraphHost{Name: t.Name, State: stateOf(d.State.Task(s.First + i).Status)}
		if ended && out[i].State == pages.Queued {
			out[i].State = pages.Skipped // its turn never came
		}
	}
	return out
}

// stepNote stands under a step's name.
func stepNote(s plan.Step, now graph.StepState) string {
	switch now.Status {
	case pipelines.Pending:
		return s.Skip
	case pipelines.Running:
		return "since " + now.Started.UTC().Format("15:04:05")
	case pipelines.Waiting:
		if now.Choices > 0 {
			return "waits for a choice"
		}
		return "asks " + askedOf(s)
	case pipelines.Cancelled:
		return strings.TrimPrefix(now.Message, "cancelled ") // the word stands before it
	case pipelines.Skipped:
		return now.Message
	}
	if a := now.Answer; a != nil {
		return answerWord(a.Proceed) + " by " + a.By()
	}
	return between(now.Started, now.Ended)
}

func answerWord(proceed bool) string {
	if proceed {
		return "approved"
	}
	return "rejected"
}

func askedOf(s plan.Step) string {
	if s.Question == nil || len(s.Question.Teams) == 0 {
		return "whoever may deploy here"
	}
	return ored(s.Question.Teams)
}

// unknown are the attempts whose end nobody could learn.
func unknown(d views.Deployment) []pages.UnknownAttempt {
	var out []pages.UnknownAttempt
	for i, s := range d.Plan.Steps {
		if s.Kind != plan.OnHosts || d.State.Head.Steps[i].Bad == 0 {
			continue
		}
		for place := range s.Tasks() {
			if now := d.State.Task(s.First + place); now.Status == pipelines.Unknown {
				out = append(out, pages.UnknownAttempt{Step: s.Name, Host: s.Targets[place].Name, Text: toSentence(now.Message)})
			}
		}
	}
	return out
}

// notes are things to know that do not change while the page is read. What became
// of the mails of some steps is told better, and not a second time here.
func notes(d views.Deployment, mailOf map[string]bool) []string {
	var out []string
	for _, f := range d.Plan.Findings {
		out = append(out, toSentence(f.Message))
	}
	for i, now := range d.State.Head.Steps {
		if now.Warning && !mailOf[d.Plan.Steps[i].Name] {
			out = append(out, toSentence(d.Plan.Steps[i].Name+": "+now.Message))
		}
	}
	return out
}
