package steps

import (
	"errors"

	"slipway/pipelines"
	"slipway/pipelines/conditions"
)

// conditionProblems checks the condition of one step, seen with the process: it
// asks about steps that have ended by then, and for environments that there are.
func conditionProblems(p pipelines.Project, at pipelines.StepPlace, s pipelines.Step, environments []pipelines.Environment) []pipelines.Problem {
	var found []pipelines.Problem
	if s.Run.IsText() {
		if problem, broken := unreadable("run", string(s.Run)); broken {
			found = append(found, problem)
		}
	}
	if s.If == "" {
		return found
	}
	var names []string
	for _, other := range p.AllSteps() {
		names = append(names, other.Name)
	}
	e, err := conditions.Parse(s.If, names)
	if err != nil {
		return append(found, inCondition(err))
	}
	for _, nowhere := range e.NowhereIn(environmentNames(environments)) {
		found = append(found, inCondition(nowhere))
	}
	before, known := endedBefore(p, at)
	if !known {
		return found
	}
	for _, asked := range e.Steps() {
		if !pipelines.HasName(before, asked) {
			found = append(found, pipelines.Problem{Path: "if", Message: "step " + s.Name + " asks about step " + asked + ", for which it does not wait: put it behind that one, say so in `needs`, or ask about another"})
		}
	}
	return found
}

// inCondition is what is wrong with an expression, with its place in it.
func inCondition(err error) pipelines.Problem {
	problem := pipelines.Problem{Path: "if", Message: err.Error()}
	if broken, ok := errors.AsType[*conditions.Error](err); ok {
		problem.Line, problem.Column = broken.Line, broken.Column
	}
	return problem
}

func environmentNames(all []pipelines.Environment) []string {
	out := make([]string, len(all))
	for i, e := range all {
		out[i] = e.Name
	}
	return out
}

// endedBefore are the names of the steps that have ended when a step begins;
// false where the order itself is wrong, which is told elsewhere.
func endedBefore(p pipelines.Project, at pipelines.StepPlace) ([]string, bool) {
	needs, problems := p.Graph()
	if len(problems) > 0 {
		return nil, false
	}
	before := pipelines.Before(needs, at.Index)
	var out []string
	for other, s := range p.AllSteps() {
		if before[other.Index] || other.Index == at.Index && other.Child >= 0 && other.Child < at.Child {
			out = append(out, s.Name)
		}
	}
	return out, true
}
