package graph

import (
	"sort"

	"slipway/pipelines"
	"slipway/pipelines/plan"
)

// fits says whether a state can be one of the plan: reading a stored item that
// was cut or mixed up must end in an error that says so.
func fits(p *plan.Plan, s *State) error {
	if s.Head.Format > Format {
		return pipelines.Refuse(pipelines.Unavailable, "the state of %s has format %d, this program understands up to %d: use the newer program", p.Deployment, s.Head.Format, Format)
	}
	room := 0
	for i := range s.Parts {
		room += len(s.Parts[i].Tasks)
		if i < len(s.Parts)-1 && len(s.Parts[i].Tasks) != PartSize {
			room = -1
			break
		}
	}
	if len(s.Head.Steps) != len(p.Steps) || room != taskCount(p) {
		return pipelines.Refuse(pipelines.Invalid, "the stored state of %s does not belong to its plan (%d steps and %d tasks, the plan has %d and %d): it is damaged", p.Deployment, len(s.Head.Steps), room, len(p.Steps), taskCount(p))
	}
	return nil
}

// tasksOf is Step.Tasks without a copy of the step.
func tasksOf(s *plan.Step) int {
	switch {
	case s.Skip != "" || s.Kind == plan.Rolling:
		return 0
	case s.Kind == plan.OnHosts:
		return len(s.Targets)
	}
	return 1
}

func taskCount(p *plan.Plan) int {
	if len(p.Steps) == 0 {
		return 0
	}
	last := &p.Steps[len(p.Steps)-1]
	return last.First + tasksOf(last)
}

// stepOf is Plan.StepOf by halving: steps stand in the order of their tasks.
func stepOf(p *plan.Plan, number int) (step, place int) {
	i := sort.Search(len(p.Steps), func(i int) bool { return p.Steps[i].First+tasksOf(&p.Steps[i]) > number })
	if number < 0 || i == len(p.Steps) {
		return -1, -1
	}
	return i, number - p.Steps[i].First
}

// question of an Ask step; what a plan leaves out has its zero meaning.
func question(s *plan.Step) plan.Question {
	if s.Question == nil {
		return plan.Question{}
	}
	return *s.Question
}

// parent is the rolling step that a child step belongs to, or -1.
func (t *turn) parent(i int) int { return t.plan.Steps[i].Within - 1 }

// children are the indexes of a rolling step's child steps: from, up to to.
func children(p *plan.Plan, i int) (from, to int) {
	return i + 1, min(i+1+p.Steps[i].Children, len(p.Steps))
}

// placeIn finds the place of a target among a child step's targets, by its place
// among the rolling step's: the same, or as many less as were left out before.
// -1: the child step does not go there.
func placeIn(child, rolling *plan.Step, place int) int {
	if child.Skip != "" {
		return -1
	}
	id := rolling.Targets[place].ID
	least := max(0, place-(len(rolling.Targets)-len(child.Targets)))
	for at := min(place, len(child.Targets)-1); at >= least; at-- {
		if child.Targets[at].ID == id {
			return at
		}
	}
	return -1
}

// laneOf is the other way round: the place among the rolling step's targets.
func laneOf(child, rolling *plan.Step, place int) int {
	id := child.Targets[place].ID
	most := min(place+len(rolling.Targets)-len(child.Targets), len(rolling.Targets)-1)
	for at := place; at <= most; at++ {
		if rolling.Targets[at].ID == id {
			return at
		}
	}
	return -1
}
