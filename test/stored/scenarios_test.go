package stored

import (
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/runner/graph"
)

// lives are what is written, in the order of their ids.
func lives() []life {
	return append(ended(), unfinished()...)
}

// ended are deployments that have come to their end.
func ended() []life {
	rolling, onFailure, elsewhere := script("Work"), script("Clean up"), script("Only in Prod")
	rolling.Window, onFailure.Run, elsewhere.Environments = "1", pipelines.RunFailure, []string{"Prod"}
	told := graph.Mailed{Step: 2, Attempt: 1, Sent: true}
	unknown := graph.TaskReported{Task: 1, Attempt: 1, Outcome: task.Unknown, Message: "the host was restarted"}
	return []life{
		{name: "succeeded, with a host and a mail that were tried again", happens: oneByOne(append(begun(),
			answer(1, true, "looks good"), graph.Mailed{Step: 2, Attempt: 1, Message: "451 try later"}, graph.TimerRang{Task: 3, Attempt: 1}, graph.Mailed{Step: 2, Attempt: 2, Sent: true}, graph.Closed{})...)},
		{name: "cancelled, with an attempt that was lost", happens: oneByOne(graph.Started{}, graph.CancelAsked{UserID: "Users-1", Called: "Stella", Note: "wrong one"},
			graph.TaskReported{Task: 0, Attempt: 1, Outcome: task.Cancelled}, graph.TaskReported{Task: 1, Attempt: 1, Outcome: task.Unknown, Message: "lost"}, told, graph.Closed{})},
		{name: "rejected", happens: oneByOne(append(begun(), answer(1, false, "not today"), told, graph.Closed{})...)},
		{name: "an outcome that nobody knew, tried again", happens: oneByOne(graph.Started{}, installed(0, 1), unknown, chosen(1, 1, graph.Retry), installed(1, 2), answer(1, true, ""), told, graph.Closed{})},
		{name: "a failure that a person ignored", late: guided, happens: oneByOne(graph.Started{}, installed(0, 1), failed(1, 1, "disk full"), graph.TimerRang{Task: 1, Attempt: 1}, failed(1, 2, "disk full"),
			graph.TimerRang{Task: 1, Attempt: 2}, failed(1, 3, "disk full"), chosen(1, 3, graph.Ignore), answer(1, true, ""), told, graph.Closed{})},
		{name: "one at a time, stopped by the second of three", process: []pipelines.Step{rolling, elsewhere, onFailure, tell()}, targets: 3, happens: oneByOne(graph.Started{},
			graph.TaskReported{Task: 0, Attempt: 1, Outcome: task.Succeeded}, failed(1, 1, "disk full"),
			graph.TaskReported{Task: 3, Attempt: 1, Outcome: task.Succeeded}, graph.TaskReported{Task: 4, Attempt: 1, Outcome: task.Succeeded}, graph.TaskReported{Task: 5, Attempt: 1, Outcome: task.Succeeded},
			graph.Mailed{Step: 3, Attempt: 1, Sent: true}, graph.Closed{})},
		{name: "stopped by its plan", late: func(p *plan.Plan) {
			p.Findings = append(p.Findings, plan.Finding{Step: "Deploy web app to Nginx", Message: "port 8082 is another project's", Blocks: true})
		}, happens: oneByOne(graph.Started{}, told, graph.Closed{})},
		{name: "stopped by what another project has come to hold", happens: oneByOne(graph.Started{Clash: "port 8082 belongs to Other in Test"}, told, graph.Closed{})},
		{name: "cancelled twice", happens: oneByOne(graph.Started{}, graph.CancelAsked{UserID: "Users-1", Called: "Stella"}, graph.CancelAsked{UserID: "Users-2", Called: "Ida", Note: "at once"}, graph.Closed{})},
		{name: "left out for a newer release", happens: oneByOne(graph.Superseded{By: "Deployments-99", Why: "superseded by Deployments-99 (1.0.8), which waits behind it"}, graph.Closed{})},
		{name: "nobody answered in time", late: asked, happens: oneByOne(append(begun(), graph.AlarmRang{Name: "remind"}, graph.AlarmRang{Name: "remind"}, graph.AlarmRang{Name: "expire"}, told, graph.Closed{})...)},
		{name: "it took too long", late: func(p *plan.Plan) { p.Timeout = task.Duration(2 * time.Minute) }, happens: oneByOne(graph.Started{}, installed(0, 1), graph.AlarmRang{Name: "limit"},
			graph.TaskReported{Task: 1, Attempt: 1, Outcome: task.Cancelled}, told, graph.Closed{})},
	}
}

// unfinished are deployments that later code goes on with.
func unfinished() []life {
	behind := script("Behind")
	failing := []graph.Happening{graph.Started{}, installed(0, 1), failed(1, 1, "disk full"), graph.TimerRang{Task: 1, Attempt: 1}, failed(1, 2, "disk full"), graph.TimerRang{Task: 1, Attempt: 2}, failed(1, 3, "disk full")}
	return []life{
		{name: "asked for, and never begun"},
		{name: "it is not its time yet", late: func(p *plan.Plan) { p.NotBefore = p.Created.Add(48 * time.Hour) }},
		{name: "waits at its sign-off after the change", happens: oneByOne(begun()...)},
		{name: "waits at a gate before the first change", process: []pipelines.Step{signOff(), nginx(), tell()}, happens: oneByOne(graph.Started{})},
		{name: "waits for the second of two people", late: asked, happens: oneByOne(append(begun(), graph.AlarmRang{Name: "remind"}, answer(1, true, "fine"))...)},
		{name: "two sign-offs side by side, one answered", process: sideBySide(), happens: oneByOne(graph.Started{}, installed(0, 1), installed(1, 1), answer(1, true, ""))},
		{name: "queues for its place again, behind a sign-off", process: []pipelines.Step{nginx(), signOff(), behind, tell()}, happens: oneByOne(append(begun(), answer(1, true, ""))...)},
		{name: "has its place again", process: []pipelines.Step{nginx(), signOff(), behind, tell()}, happens: oneByOne(append(begun(), answer(1, true, ""), graph.Placed{})...)},
		{name: "waits for a choice", happens: oneByOne(graph.Started{}, installed(0, 1), graph.TaskReported{Task: 1, Attempt: 1, Outcome: task.Unknown, Message: "the host was restarted"})},
		{name: "under way, with an attempt that waits for its time", happens: oneByOne(graph.Started{}, failed(0, 1, "nginx refused the configuration"), installed(1, 1))},
		{name: "cancelling, its last mail not sent yet", happens: oneByOne(append(begun(), graph.CancelAsked{UserID: "Users-1", Called: "Stella", Note: "never mind"})...)},
		{name: "taken up again", happens: oneByOne(append(failing, graph.Mailed{Step: 2, Attempt: 1, Sent: true}, graph.Closed{}, graph.Resumed{UserID: "Users-1", Called: "Stella", Note: "the disk is larger now"}, graph.Placed{})...)},
		{name: "child steps, in the second lane", process: []pipelines.Step{lanes(), signOff(), tell()}, targets: 3, happens: oneByOne(graph.Started{}, installed(0, 1), installed(3, 1), installed(1, 1))},
		{name: "conditions that look at outputs and at how steps ended", process: conditional(), happens: oneByOne(graph.Started{}, output(0, "yes"), output(1, "yes"))},
		{name: "wide, with snapshots, under way", process: []pipelines.Step{nginx(), signOff(), tell()}, targets: 140, happens: append(oneByOne(graph.Started{}), wide(0, 136, 2)...)},
	}
}

// guided has people decide where a task fails.
func guided(p *plan.Plan) { p.GuidedFailure = true }

// asked wants two people, reminds them and does not wait for ever.
func asked(p *plan.Plan) {
	q := p.Steps[1].Question
	q.Minimum, q.Remind, q.Timeout = 2, task.Duration(50*time.Second), task.Duration(150*time.Second)
}

func chosen(number, attempt int, choice graph.Choice) graph.Decided {
	return graph.Decided{Task: number, Attempt: attempt, Choice: choice, UserID: "Users-2", Called: "Ida", Note: "I have looked", Via: "page"}
}

func output(number int, value string) graph.TaskReported {
	return graph.TaskReported{Task: number, Attempt: 1, Outcome: task.Succeeded, Outputs: map[string]string{"Ready": value}}
}

// sideBySide has two sign-offs, of which only both together let the rest begin.
func sideBySide() []pipelines.Step {
	second, behind := signOff(), script("Behind")
	second.Name, second.Start = "Second Sign Off", pipelines.StartWithPrevious
	return []pipelines.Step{nginx(), signOff(), second, behind, tell()}
}

// lanes is a rolling step: one target at a time takes both child steps.
func lanes() pipelines.Step {
	first, second := script("Stop"), script("Begin")
	first.Roles, second.Roles = nil, nil
	return pipelines.Step{Name: "One by one", Roles: []string{"web"}, Window: "1", Steps: []pipelines.Step{first, second}}
}

func conditional() []pipelines.Step {
	check, ready, unless := script("Check"), script("If ready"), script("Unless")
	ready.Run = "#{Octopus.Action[Check].Output.Ready}"
	unless.If = `steps["Check"].status == "failed"`
	return []pipelines.Step{check, ready, unless, tell()}
}
