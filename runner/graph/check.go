package graph

import (
	"fmt"

	"slipway/pipelines"
	"slipway/pipelines/plan"
)

// Check holds a state against what must always be true of one; a break is a
// fault of ours, whatever happened to the deployment.
func Check(p plan.Plan, s State) error {
	for i, step := range p.Steps {
		if err := checkStep(p, s, i, step); err != nil {
			return fmt.Errorf("step %s: %w", step.Name, err)
		}
	}
	if !s.Head.Status.Ended() {
		return nil
	}
	for i, step := range s.Head.Steps {
		if !step.Status.Ended() {
			return fmt.Errorf("the deployment is %s, but its step %s is %s", s.Head.Status, p.Steps[i].Name, step.Status)
		}
		if s.Head.Status == pipelines.Succeeded && bad(step.Status) {
			return fmt.Errorf("the deployment succeeded, but its step %s is %s", p.Steps[i].Name, step.Status)
		}
	}
	return nil
}

func checkStep(p plan.Plan, s State, i int, step plan.Step) error {
	now := s.Head.Steps[i]
	running, done, wrong := 0, 0, 0
	for number := step.First; number < step.First+step.Tasks(); number++ {
		switch x := s.Task(number); {
		case x.Status == pipelines.Running:
			running++
		case x.Status.Ended():
			done++
			if x.Status != pipelines.Succeeded {
				wrong++
			}
		case number < step.First+now.Next:
			return fmt.Errorf("task %d was begun and is %s", number, x.Status)
		}
	}
	switch {
	case running != now.Running || done != now.Done || wrong != now.Bad:
		return fmt.Errorf("counts %d running, %d done, %d bad; has %d, %d, %d", now.Running, now.Done, now.Bad, running, done, wrong)
	case now.Status.Ended() && running > 0:
		return fmt.Errorf("it is %s while %d tasks run", now.Status, running)
	case running > max(1, step.Window):
		return fmt.Errorf("%d tasks run in a window of %d", running, step.Window)
	case now.Next > 0 && !needsEnded(s, step):
		return fmt.Errorf("it began before what it needs had ended")
	case now.Status == pipelines.Succeeded && (wrong > 0 || done < step.Tasks()):
		return fmt.Errorf("it succeeded with %d of %d tasks done, %d of them badly", done, step.Tasks(), wrong)
	}
	return nil
}

func needsEnded(s State, step plan.Step) bool {
	for _, n := range step.Needs {
		if !s.Head.Steps[n].Status.Ended() {
			return false
		}
	}
	return true
}
