package web

import (
	"fmt"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/views"
	"slipway/web/pages"
)

// process is a project's steps in words.
func (s *site) process(project pipelines.Project) []pages.ProcessStep {
	needs, _ := project.Graph() // what is wrong with it was said when it was applied
	var out []pages.ProcessStep
	for i, step := range project.Steps {
		row := pages.ProcessStep{Name: step.Name, Type: typeWord(step.Action.Type), Condition: condition(step)}
		s.describe(&row, project, step)
		if i < len(needs) && !follows(needs[i], i) {
			row.Details = append(row.Details, "Runs after "+after(project, needs[i])+".")
		}
		if len(step.Steps) > 0 {
			row.Type, row.Where = "Rolling", "on targets with role "+ored(step.AnyRoles())
			row.Details = append(row.Details, "Each target takes its child steps in order.")
			row.Details = append(row.Details, pace(step)...)
		}
		out = append(out, row)
		for _, child := range step.Steps {
			below := pages.ProcessStep{Name: child.Name, Type: typeWord(child.Action.Type), Condition: condition(child), Child: true}
			s.describe(&below, project, child)
			below.Where = ""
			if len(child.Roles) > 0 {
				below.Where = "on targets with role " + ored(child.Roles)
			}
			out = append(out, below)
		}
	}
	return out
}

// describe says where a step happens and with what.
func (s *site) describe(row *pages.ProcessStep, project pipelines.Project, step pipelines.Step) {
	kind, ok := s.Requests.Types[step.Action.Type]
	if !ok {
		return
	}
	want, err := kind.Want(plan.Context{Project: project.Name, Step: step.Name}, step.Action.Settings)
	if err != nil {
		row.Details = append(row.Details, toSentence(err.Error()))
		return
	}
	switch want.Kind {
	case plan.OnHosts:
		row.Where = "on targets with role " + ored(step.Roles)
		row.Details = append(row.Details, pace(step)...)
	case plan.Ask:
		row.Where = "asks whoever may deploy there"
		if len(want.Question.Teams) > 0 {
			row.Where = "asks " + ored(want.Question.Teams)
		}
		row.Details = append(row.Details, want.Question.Instructions)
	case plan.Mail:
		row.Where = "to " + want.Message.To
		row.Details = append(row.Details, "Subject: "+want.Message.Subject)
	}
	if id := kind.Package(step.Action.Settings); id != "" {
		from := ""
		if feed := plan.FeedOf(kind, step.Action.Settings); feed != "" {
			from = " from feed " + feed
		}
		row.Details = append([]string{"Package " + id + from + "." + ports(want)}, row.Details...)
	}
}

// ports are what the step will listen on, as written.
func ports(want plan.Want) string {
	var out []string
	for _, c := range want.Claims {
		if c.Kind == "port" {
			out = append(out, c.Value)
		}
	}
	if len(out) == 0 {
		return ""
	}
	return " Port " + anded(out) + "."
}

func pace(step pipelines.Step) []string {
	var out []string
	if step.Window != "" {
		if step.Window == "1" {
			out = append(out, "One target at a time.")
		} else {
			out = append(out, "At most "+step.Window+" targets at a time.")
		}
	}
	if step.Retries > 0 {
		out = append(out, "Tried again up to "+plural(step.Retries, "time")+".")
	}
	if step.Timeout > 0 {
		out = append(out, "Stopped after "+fmt.Sprint(step.Timeout)+".")
	}
	if step.NoTargets == pipelines.NoTargetsSkip {
		out = append(out, "Skipped where there is no target.")
	}
	return out
}

// condition says when a step takes part, where that is not simply always.
func condition(step pipelines.Step) string {
	var out []string
	if step.Disabled {
		out = append(out, "disabled")
	}
	switch {
	case step.If != "":
		out = append(out, "if "+step.If)
	case step.Run == pipelines.RunAlways:
		out = append(out, "always, also after a failure")
	case step.Run == pipelines.RunFailure:
		out = append(out, "only after a failure")
	case step.Run.IsText():
		out = append(out, "if "+string(step.Run)+" says so")
	}
	if step.Required || step.Action.Type == "approval" {
		out = append(out, "cannot be left out")
	}
	if len(step.Environments) > 0 {
		out = append(out, "only in "+anded(step.Environments))
	}
	if len(step.SkipEnvironments) > 0 {
		out = append(out, "not in "+ored(step.SkipEnvironments))
	}
	return strings.Join(out, "; ")
}

// follows says whether a step simply comes after the one before it.
func follows(needs []int, i int) bool {
	return i == 0 && len(needs) == 0 || len(needs) == 1 && needs[0] == i-1
}

func after(project pipelines.Project, needs []int) string {
	if len(needs) == 0 {
		return "nothing: it begins at once"
	}
	names := make([]string, len(needs))
	for i, n := range needs {
		names[i] = project.Steps[n].Name
	}
	return anded(names)
}

func variableRows(all []pipelines.Variable) []pages.VariableRow {
	out := make([]pages.VariableRow, len(all))
	for i, v := range all {
		out[i] = pages.VariableRow{Name: v.Name, VariableValue: valuesHome{}.value(views.Value{Variable: v, Index: i})}
	}
	return out
}

func phases(l pipelines.Lifecycle) []pages.Phase {
	out := make([]pages.Phase, len(l.Phases))
	for i, p := range l.Phases {
		out[i] = pages.Phase{Name: p.Name, Optional: p.Optional, Automatic: p.Automatic, Environments: p.Environments, Rule: phaseRule(p, i == len(l.Phases)-1)}
	}
	return out
}

func phaseRule(p pipelines.Phase, last bool) string {
	need := p.Minimum
	if need == 0 {
		need = len(p.Environments)
	}
	switch {
	case p.Optional:
		return "may be left out"
	case last:
		return ""
	case need == 1:
		return "1 success opens the next phase"
	}
	return fmt.Sprintf("%d successes open the next phase", need)
}

// stepInstalling is the name of the step that installs a package.
func (s *site) stepInstalling(project pipelines.Project, chosen pipelines.Selected) string {
	for _, step := range project.AllSteps() {
		kind, ok := s.Requests.Types[step.Action.Type]
		if ok && pipelines.SameName(kind.Package(step.Action.Settings), chosen.Package) && pipelines.SameName(plan.FeedOf(kind, step.Action.Settings), chosen.Feed) {
			return step.Name
		}
	}
	return ""
}
