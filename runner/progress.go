package runner

import (
	"fmt"

	"slipway/pipelines"
	"slipway/pipelines/octostache"
	"slipway/pipelines/task"
	"slipway/runner/records"
)

// progress is what a step may tell of the steps of its deployment, how each
// stands, and of what went wrong so far. It begins with the names of the steps
// in the order of the process, which is the order of a loop over them.
//
// A script is told of all steps: its own is Running, later ones are Pending. A
// mail or a question is told of those alone that have finished or were skipped,
// so that no mail says "Running" of itself or of what never came.
func progress(at records.Loaded, of int, people bool) (names, stands []task.Variable) {
	told := func(i int) bool { return !people || at.State.Head.Steps[i].Status.Ended() }
	for _, v := range at.Plan.Process(told) {
		names = append(names, task.Variable{Name: v.Name, Value: v.Value})
	}
	failure := ""
	for i, s := range at.State.Head.Steps {
		if !told(i) {
			continue
		}
		step := at.Plan.Steps[i].Name
		status, trouble := s.Status, ""
		if i == of && !status.Ended() {
			status = pipelines.Running
		}
		if status.Ended() && status != pipelines.Succeeded && status != pipelines.Skipped {
			trouble = s.Message
			if failure == "" {
				failure = step + ": " + s.Message
			}
		}
		name := fmt.Sprintf("Octopus.Step[%s].Status.", step)
		stands = append(stands,
			task.Variable{Name: name + "Code", Value: status.Code()},
			task.Variable{Name: name + "Error", Value: octostache.Escape(trouble)},
			task.Variable{Name: name + "ErrorDetail", Value: octostache.Escape(trouble)},
		)
		if status == pipelines.Skipped {
			stands = append(stands, task.Variable{Name: fmt.Sprintf("Octopus.Action[%s].IsSkipped", step), Value: "True"})
		}
	}
	return names, append(stands,
		task.Variable{Name: "Octopus.Deployment.Error", Value: octostache.Escape(failure)},
		task.Variable{Name: "Octopus.Deployment.ErrorDetail", Value: octostache.Escape(failure)},
	)
}
