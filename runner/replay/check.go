package replay

import (
	"fmt"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
)

// check says what is missing, or cannot belong to the plan.
func (j Journal) check() error {
	if err := checkPlan(j.Plan); err != nil {
		return err
	}
	for i, t := range j.Turns {
		want := int64(i + 1)
		switch {
		case t.Revision != want && want == 1:
			return damaged("revision 1 is missing: it begins with %d", t.Revision)
		case t.Revision != want:
			return damaged("revision %d is missing: after %d comes %d", want, want-1, t.Revision)
		case len(t.Events) == 0 && want > 1: // the first one may only say when it is to start
			return damaged("revision %d has no events", t.Revision)
		case t.Head.Format > graph.Format:
			return newer(fmt.Sprintf("the state in revision %d of %s", t.Revision, j.Plan.Deployment), t.Head.Format, graph.Format)
		}
		for n, step := range t.Steps {
			if n < 0 || n >= len(j.Plan.Steps) {
				return damaged("revision %d tells of step %d, and the plan has %d", t.Revision, n, len(j.Plan.Steps))
			}
			if most := max(j.Plan.Steps[n].Tasks(), len(j.Plan.Steps[n].Targets)); step.Next < 0 || step.Next > most {
				return damaged("in revision %d step %s has begun %d of %d tasks", t.Revision, j.Plan.Steps[n].Name, step.Next, most)
			}
		}
		for n := range t.Tasks {
			if n < 0 || n >= j.Plan.Tasks() {
				return damaged("revision %d tells of task %d, and the plan has %d", t.Revision, n, j.Plan.Tasks())
			}
		}
	}
	if have := int64(len(j.Turns)); have < j.Newest {
		return damaged("it ends with revision %d, and %d was the newest one", have, j.Newest)
	}
	return nil
}

// checkPlan holds against what the graph relies on.
func checkPlan(p plan.Plan) error {
	tasks := 0
	for i, s := range p.Steps {
		if s.First != tasks || s.Within < 0 || s.Within > i || s.Children < 0 || s.Children > len(p.Steps)-i-1 {
			return damaged("its plan is none: step %d does not fit to the others", i)
		}
		for _, n := range s.Needs {
			if n < 0 || n >= len(p.Steps) {
				return damaged("its plan is none: step %s needs step %d of %d", s.Name, n, len(p.Steps))
			}
		}
		tasks += s.Tasks()
	}
	return nil
}

func damaged(format string, args ...any) error {
	return pipelines.Refuse(pipelines.Invalid, "the journal is damaged: "+format+". Take it anew from the server", args...)
}

func newer(what string, has, known int) error {
	return pipelines.Refuse(pipelines.Unavailable, "%s has format %d, this program understands up to %d: use the newer program", what, has, known)
}

// refused keeps a refusal, and makes everything else one.
func refused(err error, format string) error {
	if pipelines.CodeOf(err) != "" {
		return err
	}
	return damaged(format, err)
}
