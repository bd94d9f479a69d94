package pipelines

import (
	"fmt"
	"iter"
)

// StepPlace is where a step stands in its process: Index within the project's
// steps, Child within that step's own, -1 for the step itself.
type StepPlace struct{ Index, Child int }

// Path leads to the step from the project.
func (at StepPlace) Path() string {
	path := index("steps", at.Index)
	if at.Child >= 0 {
		path += "." + index("steps", at.Child)
	}
	return path
}

// AllSteps are the steps of the process with their child steps, each of which
// stands behind the one it belongs to: the order in which they are numbered.
func (p Project) AllSteps() iter.Seq2[StepPlace, Step] {
	return func(yield func(StepPlace, Step) bool) {
		for i, s := range p.Steps {
			if !yield(StepPlace{i, -1}, s) {
				return
			}
			for j, child := range s.Steps {
				if !yield(StepPlace{i, j}, child) {
					return
				}
			}
		}
	}
}

// StepNamed finds a step or a child step.
func (p Project) StepNamed(name string) (Step, bool) {
	for _, s := range p.AllSteps() {
		if SameName(s.Name, name) {
			return s, true
		}
	}
	return Step{}, false
}

func (p Project) checkSteps(known Known) []Problem {
	var found []Problem
	seen := map[string]bool{}
	for at, s := range p.AllSteps() {
		problems := s.check(known, at.Child >= 0)
		if key := NameKey(s.Name); seen[key] {
			problems = append(problems, Problem{Path: "name", Message: "there are two steps named " + quote(s.Name) + ": names are unique without regard to case"})
		} else {
			seen[key] = true
		}
		problems = append(problems, p.checkScopedChannels("channels", s.Channels)...)
		found = append(found, under(at.Path(), problems)...)
	}
	if _, problems := p.Graph(); len(found) == 0 {
		found = append(found, problems...)
	}
	if known.ActionProblems != nil {
		found = append(found, known.ActionProblems(p, known.Environments)...)
	}
	return found
}

// check finds what is wrong with a step by itself; child: it is one of
// another's.
func (s Step) check(known Known, child bool) []Problem {
	found := checkName("name", "step", s.Name)
	found = append(found, s.checkCondition()...)
	if s.Start != "" && s.Start != StartWithPrevious {
		found = append(found, Problem{Path: "start", Message: fmt.Sprintf("start is %s or left out; got %q", StartWithPrevious, s.Start)})
	}
	if s.Start != "" && s.Needs != nil {
		found = append(found, Problem{Path: "start", Message: "a step has `needs` or `start`, not both"})
	}
	if s.NoTargets != "" && s.NoTargets != NoTargetsSkip {
		found = append(found, Problem{Path: "no-targets", Message: fmt.Sprintf("no-targets is %s or left out; got %q", NoTargetsSkip, s.NoTargets)})
	}
	if _, err := s.WindowOf(100); err != nil {
		found = append(found, Problem{Path: "window", Message: err.Error()})
	}
	if s.Retries < 0 || s.Retries > 10 {
		found = append(found, Problem{Path: "retries", Message: fmt.Sprintf("retries are 0 to 10; got %d", s.Retries)})
	}
	found = append(found, checkTimeout(s.Timeout)...)
	found = append(found, checkEnvironments("environments", s.Environments, known.Environments)...)
	found = append(found, checkEnvironments("skip-environments", s.SkipEnvironments, known.Environments)...)
	switch {
	case child:
		found = append(found, s.checkChild()...)
	case len(s.Steps) > 0:
		found = append(found, s.checkRolling()...)
	}
	if s.Action.Type == "" && len(s.Steps) == 0 {
		found = append(found, Problem{Path: "", Message: "step " + quote(s.Name) + " does nothing: give it one of the step types, like `script:` or `nginx:`"})
	}
	return found
}

func (s Step) checkCondition() []Problem {
	var found []Problem
	switch s.Run {
	case "", RunSuccess, RunFailure, RunAlways:
	default:
		if !s.Run.IsText() {
			found = append(found, Problem{Path: "run", Message: fmt.Sprintf("run is success, failure or always, or a text with #{…} in it; got %q", s.Run)})
		}
	}
	if s.If != "" && s.Run != "" {
		found = append(found, Problem{Path: "if", Message: "a step has `if` or `run`, not both: `if` can ask how steps ended itself, like steps[\"Deploy\"].failed"})
	}
	return found
}
