package pipelines

import "strings"

// Known is what a project's words may refer to.
type Known struct {
	Environments []Environment
	Lifecycles   []Lifecycle
	Teams        []Team
	VariableSets []VariableSet
	// Installs are the packages that steps install; nil skips that.
	Installs func([]Step) []string
	// ActionProblems checks what the steps do and the conditions on which they do
	// it, each problem with its path within the project; nil skips that.
	ActionProblems func(Project, []Environment) []Problem
}

// Check finds what is wrong with the project, seen with what it refers to.
func (p Project) Check(known Known) []Problem {
	found := checkName("name", "project", p.Name)
	if p.Lifecycle != "" && !SameName(p.Lifecycle, DefaultLifecycleName) && !hasLifecycle(known.Lifecycles, p.Lifecycle) {
		found = append(found, Problem{Path: "lifecycle", Message: "there is no lifecycle " + quote(p.Lifecycle)})
	}
	found = append(found, p.checkTriggers()...)
	found = append(found, p.checkChannels(known)...)
	found = append(found, p.checkSets(known)...)
	for i, v := range p.Variables {
		at := index("variables", i)
		found = append(found, under(at, v.Check())...)
		found = append(found, checkEnvironments(at+".environments", v.Environments, known.Environments)...)
		found = append(found, p.checkScopedChannels(at+".channels", v.Channels)...)
		found = append(found, p.checkScopedSteps(at+".steps", v.Steps)...)
	}
	found = append(found, p.checkWaiting()...)
	return append(found, p.checkSteps(known)...)
}

// checkWaiting finds what is wrong with how deployments wait, and for how long
// they may run.
func (p Project) checkWaiting() []Problem {
	var found []Problem
	switch p.Queue {
	case "", QueueWait, QueueSkipSuperseded, QueueReplaceWaiting:
	default:
		found = append(found, Problem{Path: "queue", Message: "queue is " + strings.Join([]string{string(QueueWait), string(QueueSkipSuperseded), string(QueueReplaceWaiting)}, ", ") + "; got " + quote(string(p.Queue))})
	}
	return append(found, checkTimeout(p.Timeout)...)
}

func checkTimeout(d Duration) []Problem {
	if d < 0 {
		return []Problem{{Path: "timeout", Message: "a timeout is not negative"}}
	}
	return nil
}

func (p Project) checkSets(known Known) []Problem {
	var found []Problem
	for i, name := range p.VariableSets {
		at := index("variable-sets", i)
		if _, ok := VariableSetNamed(known.VariableSets, name); !ok {
			found = append(found, Problem{Path: at, Message: "there is no variable set " + quote(name)})
		}
		if HasName(p.VariableSets[:i], name) {
			found = append(found, Problem{Path: at, Message: "the variable set " + quote(name) + " stands here twice: remove one"})
		}
	}
	return found
}

func (p Project) checkScopedChannels(path string, names []string) []Problem {
	var found []Problem
	for i, n := range names {
		if _, err := p.ChannelNamed(n); n == "" || err != nil {
			found = append(found, Problem{Path: index(path, i), Message: "the project has no channel " + quote(n)})
		}
	}
	return found
}

func (p Project) checkScopedSteps(path string, names []string) []Problem {
	var found []Problem
	for i, n := range names {
		if _, ok := p.StepNamed(n); !ok {
			found = append(found, Problem{Path: index(path, i), Message: "there is no step " + quote(n)})
		}
	}
	return found
}

func checkEnvironments(path string, names []string, known []Environment) []Problem {
	var found []Problem
	for i, n := range names {
		if _, ok := EnvironmentNamed(known, n); !ok {
			found = append(found, Problem{Path: index(path, i), Message: "there is no environment " + quote(n)})
		}
	}
	return found
}

func hasLifecycle(all []Lifecycle, name string) bool {
	for _, l := range all {
		if SameName(l.Name, name) {
			return true
		}
	}
	return false
}
