package graph

import (
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/octostache"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
)

// Reader is who is told of a deployment: a step, and where it goes to a target,
// which one.
type Reader struct {
	Step  int
	Place int // of the target among the step's own; -1 for none
	// People: it is a mail or a question. They are told of those steps alone that
	// have finished or were skipped, so that no mail says "Running" of itself or of
	// what never came. A script is told of all: its own is Running, later ones are
	// Pending.
	People bool
}

// Progress is what a step may tell of the steps of its deployment, how each
// stands, and of what went wrong so far. It begins with the names of the steps
// in the order of the process, which is the order of a loop over them. A child
// step is told of those beside it as they stand on its own target.
func Progress(p plan.Plan, s State, r Reader) (names, stands []task.Variable) {
	v := view{plan: &p, state: &s, Reader: r}
	return v.progress(nil)
}

// Common is what all orders of a deployment have in common, since it follows from
// the plan alone. Nobody changes it.
type Common struct {
	// Variables are the names of the steps, which are the first half of what
	// Progress tells, and the variables that hold for every step, of secrets the
	// names.
	Variables []task.Variable
	status    []statusNames
}

// CommonOf works it out.
func CommonOf(p *plan.Plan) *Common {
	c := &Common{Variables: told(slices.Concat(p.Process(nil), p.Variables)), status: make([]statusNames, len(p.Steps))}
	for i := range p.Steps {
		c.status[i] = statusNamesOf(p.Steps[i].Name)
	}
	return c
}

// Stands appends the other half of what Progress tells.
func (c *Common) Stands(to []task.Variable, p *plan.Plan, s *State, r Reader) []task.Variable {
	v := view{plan: p, state: s, Reader: r, common: c}
	return v.stands(to, nil)
}

// MostStands is how many variables Stands appends at most.
func MostStands(p *plan.Plan) int { return 4*len(p.Steps) + 2 }

// statusNames are the names under which it is told how a step stands.
type statusNames struct{ code, trouble, detail, skipped string }

func statusNamesOf(step string) statusNames {
	status := "Octopus.Step[" + step + "].Status."
	detail := status + "ErrorDetail"
	return statusNames{status + "Code", strings.TrimSuffix(detail, "Detail"), detail, "Octopus.Action[" + step + "].IsSkipped"}
}

func told(process []plan.Variable) []task.Variable {
	out := make([]task.Variable, len(process))
	for i, x := range process {
		out[i] = task.Variable{Name: x.Name, Value: x.Value, Secret: x.Secret != ""}
	}
	return out
}

// view is a deployment as one reader sees it.
type view struct {
	plan  *plan.Plan
	state *State
	Reader
	// asked are the steps that a condition may look at; nil for other readers.
	asked  []bool
	common *Common // of the plan, where somebody has worked it out
}

func (v *view) statusNames(i int) statusNames {
	if v.common != nil {
		return v.common.status[i]
	}
	return statusNamesOf(v.plan.Steps[i].Name)
}

func (v *view) told(i int) bool {
	if v.asked != nil {
		return v.asked[i]
	}
	return !v.People || v.state.Head.Steps[i].Status.Ended()
}

// of is how a step stands, and its message.
func (v *view) of(i int) (pipelines.Status, string) {
	now := &v.state.Head.Steps[i]
	status, message := now.Status, now.Message
	if x := v.beside(i); x != nil {
		status, message = x.Status, x.Message
		if x.untouched() {
			status = pipelines.Pending
		}
	}
	if i == v.Step && !status.Ended() {
		status = pipelines.Running
	}
	return status, message
}

// beside is the task that another child step has in the reader's lane; nil where
// there is none.
func (v *view) beside(i int) *TaskState {
	own, other := &v.plan.Steps[v.Step], &v.plan.Steps[i]
	if v.Place < 0 || i == v.Step || own.Within == 0 || own.Within != other.Within || own.Within > len(v.plan.Steps) {
		return nil
	}
	rolling := &v.plan.Steps[own.Within-1]
	place := placeIn(other, rolling, laneOf(own, rolling, v.Place))
	if place < 0 {
		return nil
	}
	return v.state.at(other.First + place)
}

// progress is Progress for those steps that only lets pass; nil: all.
func (v *view) progress(only func(step int) bool) (names, stands []task.Variable) {
	return told(v.plan.Process(func(i int) bool { return v.told(i) && (only == nil || only(i)) })), v.stands(nil, only)
}

func (v *view) stands(out []task.Variable, only func(step int) bool) []task.Variable {
	out = slices.Grow(out, 3*len(v.plan.Steps)+2)
	failure := ""
	for i := range v.state.Head.Steps {
		if !v.told(i) {
			continue
		}
		status, message := v.of(i)
		trouble := ""
		if status.Bad() {
			trouble = message
			if failure == "" {
				failure = v.plan.Steps[i].Name + ": " + message
			}
		}
		if only != nil && !only(i) {
			continue
		}
		trouble = octostache.Escape(trouble)
		name := v.statusNames(i)
		out = append(out,
			task.Variable{Name: name.code, Value: status.Code()},
			task.Variable{Name: name.trouble, Value: trouble},
			task.Variable{Name: name.detail, Value: trouble},
		)
		if status == pipelines.Skipped {
			out = append(out, task.Variable{Name: name.skipped, Value: "True"})
		}
	}
	failure = octostache.Escape(failure)
	return append(out,
		task.Variable{Name: "Octopus.Deployment.Error", Value: failure},
		task.Variable{Name: "Octopus.Deployment.ErrorDetail", Value: failure},
	)
}
