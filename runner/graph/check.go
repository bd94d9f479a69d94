package graph

import (
	"fmt"

	"slipway/pipelines"
	"slipway/pipelines/plan"
)

// Check holds a state against what must always be true of one; a break is a
// fault of ours, whatever happened to the deployment.
func Check(p plan.Plan, s State) error {
	if err := fits(&p, &s); err != nil {
		return err
	}
	c := checker{plan: &p, state: &s}
	for i := range p.Steps {
		err := c.step(i)
		if err == nil && p.Steps[i].Kind == plan.Rolling {
			err = c.rolling(i)
		}
		if err != nil {
			return fmt.Errorf("step %s: %w", p.Steps[i].Name, err)
		}
	}
	if err := c.place(); err != nil {
		return err
	}
	return c.end()
}

type checker struct {
	plan  *plan.Plan
	state *State
}

// tally is what the tasks of a step say of themselves.
type tally struct{ running, choices, done, bad, behind int }

func (c checker) tally(i int) (sum tally, err error) {
	s := &c.plan.Steps[i]
	for number := s.First; number < s.First+tasksOf(s); number++ {
		x := c.state.at(number)
		if (x.Ask != "") != (x.Status == pipelines.Waiting) {
			return sum, fmt.Errorf("task %d is %s and asks about %q", number, x.Status, x.Ask)
		}
		switch {
		case x.Status == pipelines.Running, x.Status == pipelines.Waiting:
			sum.running++
			if x.Ask != "" {
				sum.choices++
			}
		case x.Status.Ended():
			sum.done++
			if x.Status.Bad() {
				sum.bad++
			}
		case number < s.First+c.state.Head.Steps[i].Next && s.Within == 0:
			return sum, fmt.Errorf("task %d was begun and is pending", number)
		}
		if !x.untouched() {
			sum.behind = number - s.First + 1
		}
		if !x.Wake.IsZero() && x.Status != pipelines.Running {
			return sum, fmt.Errorf("task %d is %s and waits for another attempt", number, x.Status)
		}
	}
	return sum, nil
}

func (c checker) step(i int) error {
	s, now := &c.plan.Steps[i], &c.state.Head.Steps[i]
	if s.Kind == plan.Rolling {
		return nil
	}
	sum, err := c.tally(i)
	if err != nil {
		return err
	}
	of := tasksOf(s)
	switch {
	case sum.running != now.Running || sum.done != now.Done || sum.bad != now.Bad || sum.choices != now.Choices:
		return fmt.Errorf("counts %d running, %d of them with a choice, %d done, %d bad; has %d, %d, %d, %d", now.Running, now.Choices, now.Done, now.Bad, sum.running, sum.choices, sum.done, sum.bad)
	case s.Within > 0 && sum.behind > now.Next:
		return fmt.Errorf("the last task begun is %d, and it says %d", sum.behind, now.Next)
	case now.Status.Ended() && sum.running > 0:
		return fmt.Errorf("it is %s while %d tasks run", now.Status, sum.running)
	case s.Within == 0 && sum.running > max(1, s.Window):
		return fmt.Errorf("%d tasks run in a window of %d", sum.running, s.Window)
	case now.Next > 0 && !c.needsEnded(s) && !c.stayed(i):
		return fmt.Errorf("it began before what it needs had ended")
	case now.Status == pipelines.Succeeded && (sum.bad > 0 || sum.done < of):
		return fmt.Errorf("it succeeded with %d of %d tasks done, %d of them badly", sum.done, of, sum.bad)
	}
	return c.waiting(i)
}

// waiting: a step waits exactly if all that is left of it waits for people.
func (c checker) waiting(i int) error {
	s, now := &c.plan.Steps[i], &c.state.Head.Steps[i]
	waits := now.Running > 0 && (s.Kind == plan.Ask || now.Choices == now.Running)
	begun := now.Status == pipelines.Running || now.Status == pipelines.Waiting
	switch {
	case s.Within == 0 && begun && now.Running == 0:
		return fmt.Errorf("it is %s, and nothing of it runs", now.Status)
	case (now.Status == pipelines.Waiting) != waits:
		return fmt.Errorf("it is %s with %d running, %d of them with a choice", now.Status, now.Running, now.Choices)
	case s.Kind == plan.Ask && s.Question != nil && len(now.Approved) > max(0, s.Question.Minimum-1):
		return fmt.Errorf("%d have approved, %d are enough", len(now.Approved), s.Question.Minimum)
	case s.Kind == plan.Ask && now.Status == pipelines.Succeeded && now.Answer == nil:
		return fmt.Errorf("it succeeded, and nobody has answered")
	}
	return nil
}

// stayed: the step was finished when the deployment was resumed.
func (c checker) stayed(i int) bool {
	return len(c.state.Head.Resumed) > 0 && c.state.Head.Steps[i].Status == pipelines.Succeeded
}

func (c checker) needsEnded(s *plan.Step) bool {
	for _, n := range s.Needs {
		if !c.state.Head.Steps[n].Status.Ended() {
			return false
		}
	}
	return true
}

// rolling holds the lanes of a rolling step against its counts: in each that is
// in progress one task runs, and what comes after it has not begun.
func (c checker) rolling(i int) error {
	now := &c.state.Head.Steps[i]
	var sum tally
	t := turn{plan: c.plan, state: *c.state}
	for place := range c.plan.Steps[i].Targets {
		running, choices, wrong, open := 0, 0, 0, 0
		from, to := children(c.plan, i)
		for child := from; child < to; child++ {
			number := t.taskIn(child, lane{i, place})
			if number < 0 {
				continue
			}
			x := c.state.at(number)
			switch {
			case x.untouched():
				open++
				continue
			case open > 0 && x.Status != pipelines.Succeeded: // one that stayed from before a resume
				return fmt.Errorf("lane %d has begun step %s before an earlier one", place, c.plan.Steps[child].Name)
			case !x.Status.Ended() && running > 0:
				return fmt.Errorf("two tasks run in lane %d", place)
			case x.Status.Bad():
				wrong = 1
			}
			if !x.Status.Ended() {
				running = 1
				open++
				if x.Ask != "" {
					choices = 1
				}
			}
		}
		if place >= now.Next {
			if running > 0 {
				return fmt.Errorf("lane %d runs and has not begun", place)
			}
			continue
		}
		sum.running += running
		sum.choices += choices
		if running == 0 && open == 0 {
			sum.done++
			sum.bad += wrong
		}
	}
	switch {
	case sum.running != now.Running || sum.choices != now.Choices || sum.done != now.Done || sum.bad != now.Bad:
		return fmt.Errorf("counts lanes: %d in progress, %d with a choice, %d done, %d bad; has %d, %d, %d, %d", now.Running, now.Choices, now.Done, now.Bad, sum.running, sum.choices, sum.done, sum.bad)
	case now.Running > max(1, c.plan.Steps[i].Window):
		return fmt.Errorf("%d lanes are in progress in a window of %d", now.Running, c.plan.Steps[i].Window)
	case now.Next > 0 && !c.needsEnded(&c.plan.Steps[i]) && !c.stayed(i):
		return fmt.Errorf("it began before what it needs had ended")
	}
	return c.waiting(i)
}

// place: a task on a host runs only where the deployment has its place, and who
// queues is queued.
func (c checker) place() error {
	head := &c.state.Head
	stands := head.Stands()
	if (head.Status == pipelines.Queued) != (stands == PlaceWanted || stands == PlaceNone && head.waitsToBegin()) {
		return fmt.Errorf("the deployment is %s and its place is %s", head.Status, stands)
	}
	if stands == PlaceHeld || stands == "" {
		return nil
	}
	for i := range c.plan.Steps {
		if c.plan.Steps[i].Kind == plan.OnHosts && head.Steps[i].Running > 0 {
			return fmt.Errorf("step %s runs on hosts, and the place of the deployment is %s", c.plan.Steps[i].Name, stands)
		}
	}
	return nil
}

func (c checker) end() error {
	head := &c.state.Head
	if !head.Status.Ended() {
		return nil
	}
	if head.Blocked && head.Status == pipelines.Succeeded || head.Cancel != nil && head.Status == pipelines.Succeeded {
		return fmt.Errorf("the deployment succeeded, although it was stopped")
	}
	for i := range head.Steps {
		step := &head.Steps[i]
		if !step.Status.Ended() {
			return fmt.Errorf("the deployment is %s, but its step %s is %s", head.Status, c.plan.Steps[i].Name, step.Status)
		}
		if head.Status == pipelines.Succeeded && step.Status.Bad() {
			return fmt.Errorf("the deployment succeeded, but its step %s is %s", c.plan.Steps[i].Name, step.Status)
		}
	}
	return nil
}
