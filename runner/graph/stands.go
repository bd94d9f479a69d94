package graph

import "slipway/pipelines"

// TaskStatus is how a step stands on one of its targets, by the number of the
// task. What never began is left pending by Advance, whatever became of the
// step: once that has ended, it will not begin.
func TaskStatus(s State, step, number int) pipelines.Status {
	task, whole := s.Task(number).Status, s.Head.Steps[step].Status
	switch {
	case task != pipelines.Pending || !whole.Ended():
		return task
	case whole == pipelines.Cancelled:
		return pipelines.Cancelled
	}
	return pipelines.Skipped
}
