package graph_test

import (
	"strconv"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/runner/graph"
)

// describes reads the lines above the first event:
//
//	step NAME host|ask|mail|rolling [on A,B] [needs X,Y] [run always] [window 2] [retries 2]
//	    [skip WHY] [approvals 2] [blocks yes] [not-requester yes] [timeout 48h] [on-timeout approve] [remind 24h]
//	child NAME [on A,B] [run always] [retries 2] [skip WHY]    of the rolling step above it
//	run NAME TEXT       a run condition with spaces in it
//	if NAME EXPRESSION
//	variable NAME VALUE
//	secret NAME
//	finding NAME TEXT
//	limit 2h | guided | scheduled 2h | requested-by USER
func (s *scenario) describes(words []string, line string) bool {
	rest := func(n int) string { return strings.TrimSpace(strings.SplitN(line, " ", n+1)[n]) }
	switch words[0] {
	case "step":
		s.step(words[1:])
	case "child":
		s.child(words[1:])
	case "run":
		s.plan.Steps[s.named(words[1])].Run = pipelines.Condition(rest(2))
	case "if":
		s.plan.Steps[s.named(words[1])].If = rest(2)
	case "variable":
		s.plan.Variables = append(s.plan.Variables, plan.Variable{Name: words[1], Value: rest(2)})
	case "secret":
		s.plan.Variables = append(s.plan.Variables, plan.Variable{Name: words[1], Secret: words[1] + "@1"})
	case "finding":
		s.plan.Findings = append(s.plan.Findings, plan.Finding{Step: words[1], Message: rest(2), Blocks: true})
	case "limit":
		s.plan.Timeout = task.Duration(s.duration(words[1]))
	case "guided":
		s.plan.GuidedFailure = true
	case "scheduled":
		s.plan.NotBefore = s.at.Add(s.duration(words[1]))
	case "requested-by":
		s.plan.RequestedBy = words[1]
	default:
		return false
	}
	if s.begun {
		s.t.Fatalf("%q stands below an event", line)
	}
	return true
}

func (s *scenario) step(words []string) {
	step := plan.Step{Name: words[0], Kind: plan.Kind(words[1]), First: s.plan.Tasks(), Window: 10}
	if step.Kind == plan.Ask {
		step.Question = &plan.Question{}
	}
	for n := len(s.plan.Steps) - 1; n >= 0; n-- {
		if s.plan.Steps[n].Within == 0 {
			step.Needs = []int{n}
			break
		}
	}
	s.settings(&step, words[2:])
	if step.Targets == nil && (step.Kind == plan.OnHosts || step.Kind == plan.Rolling) {
		step.Targets = targets("web-1")
	}
	s.plan.Steps = append(s.plan.Steps, step)
}

func (s *scenario) child(words []string) {
	at := len(s.plan.Steps) - 1
	for s.plan.Steps[at].Kind != plan.Rolling {
		at--
	}
	s.plan.Steps[at].Children++
	step := plan.Step{Name: words[0], Kind: plan.OnHosts, First: s.plan.Tasks(), Within: at + 1}
	s.settings(&step, words[1:])
	if step.Targets == nil {
		step.Targets = s.plan.Steps[at].Targets
	}
	s.plan.Steps = append(s.plan.Steps, step)
}

func (s *scenario) settings(step *plan.Step, words []string) {
	for i := 0; i+1 < len(words); i += 2 {
		value := words[i+1]
		switch words[i] {
		case "on":
			step.Targets = targets(strings.Split(value, ",")...)
		case "needs":
			step.Needs = nil
			for _, name := range strings.Split(value, ",") {
				if name != "nothing" {
					step.Needs = append(step.Needs, s.named(name))
				}
			}
		case "run":
			step.Run = pipelines.Condition(value)
		case "skip":
			step.Skip = value
		case "window":
			step.Window = s.number(value)
		case "retries":
			step.Retries = s.number(value)
		case "approvals":
			step.Question.Minimum = s.number(value)
		case "blocks":
			step.Question.Blocks = true
		case "not-requester":
			step.Question.NotRequester = true
		case "timeout":
			step.Question.Timeout = task.Duration(s.duration(value))
		case "on-timeout":
			step.Question.OnTimeout = value
		case "remind":
			step.Question.Remind = task.Duration(s.duration(value))
		default:
			s.t.Fatalf("a step has no %q", words[i])
		}
	}
}

func targets(names ...string) []plan.Target {
	var out []plan.Target
	for _, name := range names {
		out = append(out, plan.Target{ID: name, Name: name})
	}
	return out
}

func (s *scenario) named(step string) int {
	at := s.plan.Step(step)
	if at < 0 {
		s.t.Fatalf("there is no step %s", step)
	}
	return at
}

func (s *scenario) number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

func (s *scenario) duration(text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

// happening reads the events:
//
//	start [CLASH] | place [CLASH] | close
//	superseded by ID WHY
//	alarm ABOUT                       as in the line that set it
//	web-1 reports Step ok|failed|unknown|cancelled [attempt N | output NAME=VALUE | MESSAGE]
//	stella approves|rejects Step [NOTE]
//	ida decides retry|ignore|fail on web-1 Step [attempt N]
//	ida cancels | ida resumes
//	mail Step sent|refused|hopeless [MESSAGE]
//	timer Step [HOST]
func (s *scenario) happening(words []string) graph.Happening {
	rest := func(n int) string { return strings.Join(words[min(n, len(words)):], " ") }
	switch words[0] {
	case "start":
		return graph.Started{Clash: rest(1)}
	case "place":
		return graph.Placed{Clash: rest(1)}
	case "close":
		return graph.Closed{}
	case "superseded":
		return graph.Superseded{By: words[2], Why: rest(3)}
	case "alarm":
		if known := s.alarms[rest(1)]; known != "" {
			return graph.AlarmRang{Name: known}
		}
		return graph.AlarmRang{Name: rest(1)}
	case "mail":
		step := s.named(words[1])
		return graph.Mailed{Step: step, Attempt: s.state.Task(s.plan.Steps[step].First).Attempt, Sent: words[2] == "sent", Final: words[2] == "hopeless", Message: rest(3)}
	case "timer":
		number := s.plan.Steps[s.named(words[1])].First
		if len(words) > 2 {
			number = s.taskOf(words[2], words[1])
		}
		return graph.TimerRang{Task: number, Attempt: s.state.Task(number).Attempt}
	}
	switch words[1] {
	case "cancels":
		return graph.CancelAsked{UserID: words[0], Called: words[0]}
	case "resumes":
		return graph.Resumed{UserID: words[0], Called: words[0]}
	case "approves", "rejects":
		return graph.Answered{Step: s.named(words[2]), Proceed: words[1] == "approves", UserID: words[0], Called: words[0], Note: rest(3)}
	case "decides":
		number := s.taskOf(words[4], words[5])
		d := graph.Decided{Task: number, Attempt: s.state.Task(number).Attempt, Choice: graph.Choice(words[2]), UserID: words[0], Called: words[0]}
		if len(words) > 7 {
			d.Attempt = s.number(words[7])
		}
		return d
	case "reports":
		return s.report(words)
	}
	s.t.Fatalf("no event reads %v", words)
	return nil
}

func (s *scenario) taskOf(host, step string) int {
	at := s.named(step)
	for i, target := range s.plan.Steps[at].Targets {
		if target.Name == host {
			return s.plan.Steps[at].First + i
		}
	}
	s.t.Fatalf("step %s does not go to %s", step, host)
	return 0
}

func (s *scenario) report(words []string) graph.Happening {
	number := s.taskOf(words[0], words[2])
	report := graph.TaskReported{Task: number, Attempt: max(1, s.state.Task(number).Attempt), Message: strings.Join(words[4:], " ")}
	if len(words) > 5 && words[4] == "attempt" {
		report.Attempt, report.Message = s.number(words[5]), ""
	}
	if len(words) > 5 && words[4] == "output" {
		name, value, _ := strings.Cut(words[5], "=")
		report.Outputs, report.Message = map[string]string{name: value}, ""
		if value == "(long)" {
			report.Outputs, report.Blob, report.Long = nil, "results/1", []string{name}
		}
	}
	outcome, ok := map[string]task.Outcome{"ok": task.Succeeded, "failed": task.Failed, "unknown": task.Unknown, "cancelled": task.Cancelled}[words[3]]
	if !ok {
		s.t.Fatalf("no attempt ends as %q", words[3])
	}
	report.Outcome = outcome
	return report
}
