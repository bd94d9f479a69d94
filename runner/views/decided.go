package views

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"slipway/pipelines/plan"
	"slipway/runner/graph"
	"slipway/runner/records"
)

// Decision is an answer to a sign-off, or a choice about a task, as the journal
// tells it. The state knows only those of the newest attempt.
type Decision struct {
	At     time.Time
	Round  int             // how often the deployment had been taken up again before
	Step   int             // index
	Answer *graph.Answered // nil for a choice
	Choice *graph.Decided  // nil for an answer
	Target string          // what the choice was about
}

// Decided are all answers and choices that were given, the first one first; nil
// where the state tells them all. The deployment is one that the principal was
// shown already.
func (v *Views) Decided(ctx context.Context, d Deployment) ([]Decision, error) {
	mark := decidedMark(d.State)
	if mark == "" || d.Held != "" {
		return nil, nil
	}
	mark = d.Deployment.ID + " " + mark
	if known, ok := v.decided.get(mark); ok {
		return known, nil
	}
	turns, err := v.Records.Journal(ctx, d.Deployment.ID)
	if err != nil {
		return nil, err
	}
	out := decisions(d.Plan, turns)
	v.decided.keep(mark, out)
	return out, nil
}

// decidedMark is another one after every decision, and "" while the state has all
// there is to say of them.
func decidedMark(s graph.State) string {
	answers, several, choices := 0, false, 0
	for _, step := range s.Head.Steps {
		answers += len(step.Approved)
		several = several || len(step.Approved) > 0
		if step.Answer != nil {
			answers++
		}
	}
	for _, part := range s.Parts {
		for i := range part.Tasks {
			if c := part.Tasks[i].Chosen; c != nil {
				choices += c.Attempt
			}
		}
	}
	if s.Head.TakenUp() == 0 && !several && choices == 0 {
		return ""
	}
	return strings.Join([]string{strconv.Itoa(s.Head.TakenUp()), strconv.Itoa(answers), strconv.Itoa(choices)}, " ")
}

// decisions reads them from the turns. Answers are taken from what the turns made
// of them: one that came too late was none.
func decisions(p plan.Plan, turns []records.Turn) []Decision {
	var out []Decision
	known := make([]int, len(p.Steps)) // answers of each step so far, of its newest question
	rounds := make([]int, len(p.Steps))
	for _, turn := range turns {
		before := len(out)
		for i := range turn.Head.Steps[:min(len(turn.Head.Steps), len(p.Steps))] {
			step := &turn.Head.Steps[i]
			if step.Round != rounds[i] {
				known[i], rounds[i] = 0, step.Round
			}
			all := step.Approved
			if step.Answer != nil {
				all = append(slices.Clip(all), *step.Answer)
			}
			for ; known[i] < len(all); known[i]++ {
				a := all[known[i]]
				out = append(out, Decision{At: answeredAt(turn.Events, a), Round: turn.Head.TakenUp(), Step: i, Answer: &a})
			}
		}
		for _, e := range turn.Events {
			if c, ok := e.Of.(graph.Decided); ok {
				out = append(out, choiceOf(p, c, e.At, turn.Head.TakenUp()))
			}
		}
		slices.SortStableFunc(out[before:], func(a, b Decision) int { return a.At.Compare(b.At) })
	}
	return out
}

// answeredAt is when somebody answered, among the events of the turn that took it;
// of what nobody answered it is when the time was over.
func answeredAt(events []graph.Event, a graph.Answered) time.Time {
	var last time.Time
	for _, e := range events {
		if given, ok := e.Of.(graph.Answered); ok && given.Step == a.Step && given.UserID == a.UserID && given.Called == a.Called {
			return e.At
		}
		last = e.At
	}
	return last
}

func choiceOf(p plan.Plan, c graph.Decided, at time.Time, round int) Decision {
	out := Decision{At: at, Round: round, Choice: &c}
	step, place := p.StepOf(c.Task)
	if out.Step = max(step, 0); step >= 0 && place < len(p.Steps[step].Targets) {
		out.Target = p.Steps[step].Targets[place].Name
	}
	return out
}

// mostDecided is how many deployments' decisions are remembered: those that
// somebody looks at right now, second by second.
const mostDecided = 64

// decidedBefore remembers decisions by their mark, so that an open page does not
// read a journal each second.
type decidedBefore struct {
	mu  sync.Mutex
	all map[string][]Decision
}

func (b *decidedBefore) get(mark string) ([]Decision, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	out, ok := b.all[mark]
	return out, ok
}

func (b *decidedBefore) keep(mark string, all []Decision) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.all == nil || len(b.all) >= mostDecided {
		b.all = map[string][]Decision{}
	}
	b.all[mark] = all
}
