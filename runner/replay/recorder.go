package replay

import (
	"reflect"

	"slipway/pipelines/plan"
	"slipway/runner/graph"
)

// Recorder makes the turns of a Journal from turns as they are stored, which
// hold all steps and whole parts.
type Recorder struct{ now *stored }

// NewRecorder begins before the first turn.
func NewRecorder(p plan.Plan) *Recorder { return &Recorder{newStored(p)} }

// Turn takes the next stored turn.
func (r *Recorder) Turn(format int, revision int64, events []graph.Event, head graph.Head, parts map[int]graph.Part, effects []string) Turn {
	t := Turn{Format: format, Revision: revision, Events: events, Head: head, Effects: effects, Steps: map[int]graph.StepState{}, Tasks: map[int]graph.TaskState{}}
	t.Head.Steps = nil
	for i := range head.Steps {
		if i >= len(r.now.head.Steps) || !sameStep(&head.Steps[i], &r.now.head.Steps[i]) {
			t.Steps[i] = head.Steps[i]
		}
	}
	for number, part := range parts {
		for i, x := range part.Tasks {
			if at := number*graph.PartSize + i; at >= len(r.now.tasks) || !reflect.DeepEqual(x, r.now.tasks[at]) {
				t.Tasks[at] = x
			}
		}
	}
	r.now.take(&t)
	return t
}

// stored is the state as the turns of a journal tell it.
type stored struct {
	head  graph.Head
	tasks []graph.TaskState
}

func newStored(p plan.Plan) *stored {
	begin := graph.Begin(p)
	s := &stored{head: begin.Head}
	for _, part := range begin.Parts {
		s.tasks = append(s.tasks, part.Tasks...)
	}
	return s
}

// take applies a turn. What lies outside of the plan is left out: check names it.
func (s *stored) take(t *Turn) {
	steps := s.head.Steps
	s.head = t.Head
	s.head.Steps = steps
	for i, step := range t.Steps {
		if i >= 0 && i < len(steps) {
			steps[i] = step
		}
	}
	for number, task := range t.Tasks {
		if number >= 0 && number < len(s.tasks) {
			s.tasks[number] = task
		}
	}
}

// state is a copy for the graph to go on from.
func (s *stored) state(p plan.Plan) graph.State {
	head := s.head
	head.Steps = append([]graph.StepState(nil), head.Steps...)
	parts := map[int]graph.Part{}
	for from := 0; from < len(s.tasks); from += graph.PartSize {
		parts[from/graph.PartSize] = graph.Part{Tasks: append([]graph.TaskState(nil), s.tasks[from:min(from+graph.PartSize, len(s.tasks))]...)}
	}
	return graph.Load(p, head, parts)
}
