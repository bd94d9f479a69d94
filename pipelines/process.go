package pipelines

import (
	"fmt"
	"strconv"
	"strings"
)

// Known is what a project's words may refer to.
type Known struct {
	Environments []Environment
	Lifecycles   []Lifecycle
	Teams        []Team
	VariableSets []VariableSet
	// Installs are the packages that steps install; nil skips that.
	Installs func([]Step) []string
	// ActionProblems checks the settings of one step's action; nil skips that.
	ActionProblems func(Step) []Problem
}

// Check finds what is wrong with the project, seen with what it refers to.
func (p Project) Check(known Known) []Problem {
	found := checkName("name", "project", p.Name)
	if p.Lifecycle != "" && !SameName(p.Lifecycle, DefaultLifecycleName) && !hasLifecycle(known.Lifecycles, p.Lifecycle) {
		found = append(found, Problem{Path: "lifecycle", Message: "there is no lifecycle " + quote(p.Lifecycle)})
	}
	for i, t := range p.Triggers {
		if t.Package == "" {
			found = append(found, Problem{Path: index("triggers", i) + ".package", Message: "a trigger names the package it waits for"})
		}
	}
	found = append(found, p.checkChannels(known)...)
	found = append(found, p.checkSets(known)...)
	for i, v := range p.Variables {
		at := index("variables", i)
		found = append(found, under(at, v.Check())...)
		found = append(found, checkEnvironments(at+".environments", v.Environments, known.Environments)...)
		found = append(found, p.checkScopedChannels(at+".channels", v.Channels)...)
		found = append(found, p.checkScopedSteps(at+".steps", v.Steps)...)
	}
	return append(found, p.checkSteps(known)...)
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
		if p.step(n) < 0 {
			found = append(found, Problem{Path: index(path, i), Message: "there is no step " + quote(n)})
		}
	}
	return found
}

// step is the index of a step, or -1.
func (p Project) step(name string) int {
	for i, s := range p.Steps {
		if SameName(s.Name, name) {
			return i
		}
	}
	return -1
}

func (p Project) checkSteps(known Known) []Problem {
	var found []Problem
	names := make([]string, len(p.Steps))
	for i, s := range p.Steps {
		names[i] = s.Name
		found = append(found, under(index("steps", i), s.check(known))...)
		found = append(found, p.checkScopedChannels(index("steps", i)+".channels", s.Channels)...)
	}
	found = append(found, checkUnique("steps", "steps", names)...)
	if _, problems := p.Graph(); len(found) == 0 {
		found = append(found, problems...)
	}
	return found
}

func (s Step) check(known Known) []Problem {
	found := checkName("name", "step", s.Name)
	switch s.Run {
	case "", RunSuccess, RunFailure, RunAlways:
	default:
		found = append(found, Problem{Path: "run", Message: fmt.Sprintf("run is success, failure or always; got %q", s.Run)})
	}
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
	if s.Timeout < 0 {
		found = append(found, Problem{Path: "timeout", Message: "a timeout is not negative"})
	}
	found = append(found, checkEnvironments("environments", s.Environments, known.Environments)...)
	found = append(found, checkEnvironments("skip-environments", s.SkipEnvironments, known.Environments)...)
	if s.Action.Type == "" {
		return append(found, Problem{Path: "", Message: "step " + quote(s.Name) + " does nothing: give it one of the step types, like `script:` or `nginx:`"})
	}
	if known.ActionProblems != nil {
		found = append(found, under(s.Action.Type, known.ActionProblems(s))...)
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

// defaultWindow is how many targets a step works on at a time when it does not
// say: Octopus's number.
const defaultWindow = 10

// WindowOf says how many of n targets the step works on at a time, at least 1.
func (s Step) WindowOf(n int) (int, error) {
	text, percent := strings.CutSuffix(s.Window, "%")
	if s.Window == "" {
		return defaultWindow, nil
	}
	v, err := strconv.Atoi(text)
	if err != nil || v < 1 || percent && v > 100 {
		return 0, fmt.Errorf("a window is a number of targets, like 3, or a part of them, like 20%%; got %q", s.Window)
	}
	if percent {
		v = max(1, n*v/100)
	}
	return v, nil
}

// Graph resolves what each step needs, as indexes into Steps: without more
// words the one before it; `start: with-previous` shares the needs of the step
// before, and the next plain step waits for the whole group.
func (p Project) Graph() ([][]int, []Problem) {
	needs := make([][]int, len(p.Steps))
	var found []Problem
	var group []int // the steps a plain next step waits for
	for i, s := range p.Steps {
		switch {
		case s.Needs != nil:
			needs[i], found = p.named(i, *s.Needs, found)
			group = []int{i}
		case s.Start == StartWithPrevious && i > 0:
			needs[i] = needs[i-1]
			group = append(group[:len(group):len(group)], i)
		default:
			needs[i] = group
			group = []int{i}
		}
	}
	if at := cycle(needs); at >= 0 && len(found) == 0 {
		found = append(found, Problem{Path: index("steps", at) + ".needs", Message: "step " + quote(p.Steps[at].Name) + " needs itself by way of others: a process has no cycles"})
	}
	return needs, found
}

func (p Project) named(i int, names []string, found []Problem) ([]int, []Problem) {
	out := []int{}
	for j, n := range names {
		at := p.step(n)
		if at < 0 {
			found = append(found, Problem{Path: index(index("steps", i)+".needs", j), Message: "there is no step " + quote(n)})
			continue
		}
		out = append(out, at)
	}
	return out, found
}

// cycle is a step on a cycle, or -1.
func cycle(needs [][]int) int {
	state := make([]int8, len(needs)) // 1: being looked at, 2: fine
	var visit func(i int) int
	visit = func(i int) int {
		if state[i] == 1 {
			return i
		}
		if state[i] == 2 {
			return -1
		}
		state[i] = 1
		for _, n := range needs[i] {
			if at := visit(n); at >= 0 {
				return at
			}
		}
		state[i] = 2
		return -1
	}
	for i := range needs {
		if at := visit(i); at >= 0 {
			return at
		}
	}
	return -1
}
