package replay_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/runner/graph"
	"slipway/runner/replay"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// host is a step on targets; each needs the one before it.
func host(name string, targets ...string) plan.Step {
	s := plan.Step{Name: name, Type: "script", Kind: plan.OnHosts, Window: max(1, len(targets))}
	for _, t := range targets {
		s.Targets = append(s.Targets, plan.Target{ID: "Machines-" + t, Name: t})
	}
	return s
}

func ask(name string, q plan.Question) plan.Step {
	if q.Teams == nil {
		q.Teams = []string{"Stakeholders"}
	}
	return plan.Step{Name: name, Type: "approval", Kind: plan.Ask, Question: &q}
}

func mail(name string) plan.Step {
	return plan.Step{Name: name, Type: "email", Kind: plan.Mail, Run: pipelines.RunAlways, Message: &plan.Message{To: "team@example.org"}}
}

func planned(steps ...plan.Step) plan.Plan {
	p := plan.Plan{
		Format: plan.Format, Deployment: "Deployments-7", Project: "Random Quotes", Release: "1.0.7", Environment: "Test", Created: noon,
		Variables: []plan.Variable{{Name: "Greeting", Value: "Hello"}, {Name: "Password", Secret: "db@2"}, {Name: "Address", Value: "http://#{Host}:#{Port}"}, {Name: "Port", Value: "8082"}, {Name: "Flag", Value: "no"}},
	}
	for i, s := range steps {
		s.First = p.Tasks()
		if i > 0 && s.Needs == nil && s.Within == 0 {
			s.Needs = []int{i - 1}
		}
		p.Steps = append(p.Steps, s)
	}
	return p
}

// play makes the journal that today's code writes of these turns, a minute
// apart.
func play(t testing.TB, p plan.Plan, turns ...[]graph.Happening) replay.Journal {
	t.Helper()
	j := replay.Journal{Plan: p, Deployment: pipelines.Deployment{ID: p.Deployment, Project: p.Project, Release: p.Release, Environment: p.Environment, CreatedBy: "Stella"}}
	recorder, state, at, n := replay.NewRecorder(p), graph.Begin(p), noon, 0
	for _, turn := range turns {
		at = at.Add(time.Minute)
		before := state
		var events []graph.Event
		var asked []string
		for _, h := range turn {
			n++
			e := graph.Event{ID: fmt.Sprintf("event-%d", n), At: at, Of: h}
			next, effects, err := graph.Advance(p, state, e)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range effects {
				asked = append(asked, x.ID)
			}
			state, events = next, append(events, e)
		}
		j.Newest++
		j.Turns = append(j.Turns, recorder.Turn(1, j.Newest, events, state.Head, state.Changed(before), asked))
	}
	return j
}

func each(all ...graph.Happening) [][]graph.Happening {
	var out [][]graph.Happening
	for _, h := range all {
		out = append(out, []graph.Happening{h})
	}
	return out
}

func good(number int) graph.TaskReported {
	return graph.TaskReported{Task: number, Attempt: 1, Outcome: task.Succeeded}
}

func bad(number int, message string) graph.TaskReported {
	return graph.TaskReported{Task: number, Attempt: 1, Outcome: task.Failed, Exit: 3, Message: message}
}

func sent(step int) graph.Mailed { return graph.Mailed{Step: step, Attempt: 1, Sent: true} }

func answered(step int, proceed bool, who, note string) graph.Answered {
	return graph.Answered{Step: step, Proceed: proceed, UserID: "Users-" + who, Called: who, Note: note, Via: "page"}
}

// told writes an answer as people read it.
func told(a replay.Answer) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n  rule: %s\n", a.Status, a.Because, a.Rule)
	for _, f := range a.Facts {
		fmt.Fprintf(&b, "  saw: %s: %s%s\n", f.Of, f.Is, when(f.Revision))
	}
	for _, h := range a.History {
		fmt.Fprintf(&b, "  %d: %s\n", h.Revision, h.Text)
	}
	return b.String()
}

func when(revision int64) string {
	if revision == 0 {
		return ""
	}
	return fmt.Sprintf(" (revision %d)", revision)
}

func toldValue(v replay.Value) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s = %q%s%s\n  from: %s%s\n", v.Name, v.Value, labelled(" secret ", v.Secret), labelled(" elsewhere: ", v.Elsewhere), v.From, when(v.Revision))
	if v.Comes+v.Open != "" {
		fmt.Fprintf(&b, "  %s%s\n", labelled("comes to ", v.Comes), labelled("open: ", v.Open))
	}
	for _, h := range v.Hidden {
		fmt.Fprintf(&b, "  goes before %q from %s%s\n", h.Value, h.From, when(h.Revision))
	}
	return b.String()
}

func labelled(label, text string) string {
	if text == "" {
		return ""
	}
	return label + text
}
