package cli

import (
	"fmt"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/web/rest"
)

// standing is what matters about a deployment as a whole beside its steps.
func (p *program) standing(d rest.Deployment) {
	if d.Comment != "" {
		p.say("%s", oneLine(d.Comment))
	}
	if len(d.Skip) > 0 {
		p.say("leaves out %s", strings.Join(d.Skip, ", "))
	}
	for _, r := range d.Resumed {
		text := fmt.Sprintf("retried by %s %s, after it had ended as %s", r.By, p.ago(r.At), r.Was)
		p.say("%s", strings.TrimSuffix(text+": "+oneLine(r.Note), ": "))
	}
	if at := p.starts(d); at != nil {
		p.say("starts %s", p.when(*at))
	}
	if d.Holder != "" {
		text := d.Holder + " holds its place"
		if d.Ahead > 0 {
			text += ", and " + counted(d.Ahead, "deployment") + " would have it before"
		}
		p.say("%s", text)
	}
	if d.Status == pipelines.Waiting && d.Place == "none" {
		p.say("others may be deployed to %s meanwhile", d.Environment)
	}
	if d.Limit != nil {
		p.say("its time is over %s", p.when(*d.Limit))
	}
}

// starts is when a deployment that is scheduled begins, nil for all others.
func (p *program) starts(d rest.Deployment) *time.Time {
	if d.Status == pipelines.Queued && d.NotBefore != nil && d.Started == nil && d.NotBefore.After(p.now()) {
		return d.NotBefore
	}
	return nil
}

// stateWord is the word for how a deployment stands, with its time if it waits for
// that.
func (p *program) stateWord(d rest.Deployment) string {
	if at := p.starts(d); at != nil {
		return "Scheduled for " + at.Local().Format(whenClock)
	}
	return word(d.Status)
}

func (p *program) steps(d rest.Deployment) {
	var rows [][]cell
	number := 0
	for i, s := range d.Steps {
		if s.Within != "" {
			continue // it stands with its parent
		}
		number++
		rows = append(rows, []cell{plain(count(number)), plain(s.Name), shaped(s.Status, word(s.Status)), plain(noteOf(d, s))})
		switch {
		case s.Kind == plan.Rolling:
			rows = append(rows, lanes(s, childrenOf(d, i))...)
		case len(s.Targets) > 1:
			rows = append(rows, onTargets(s)...)
		}
	}
	p.table(rows)
}

func onTargets(s rest.Step) [][]cell {
	var rows [][]cell
	for _, t := range s.Targets {
		rows = append(rows, []cell{{}, plain("  " + t.Target), shaped(t.Status, word(t.Status)), plain(taskNote(t))})
	}
	return rows
}

// childrenOf are the child steps that follow a rolling step.
func childrenOf(d rest.Deployment, parent int) []rest.Step {
	end := parent + 1
	for end < len(d.Steps) && d.Steps[end].Within == d.Steps[parent].Name {
		end++
	}
	return d.Steps[parent+1 : end]
}

// lanes are a rolling step's targets, each with its child steps in their order.
func lanes(s rest.Step, children []rest.Step) [][]cell {
	var rows [][]cell
	for _, lane := range s.Targets {
		rows = append(rows, []cell{{}, plain("  " + lane.Target), shaped(lane.Status, word(lane.Status)), {}})
		if lane.Status == pipelines.Skipped {
			continue // nothing of it began
		}
		for _, child := range children {
			for _, t := range child.Targets {
				if t.Target == lane.Target {
					rows = append(rows, []cell{{}, plain("    " + child.Name), shaped(t.Status, word(t.Status)), plain(taskNote(t))})
				}
			}
		}
	}
	for _, child := range children {
		if len(child.Targets) == 0 {
			rows = append(rows, []cell{{}, plain("  " + child.Name), shaped(child.Status, word(child.Status)), plain(oneLine(child.Message))})
		}
	}
	return rows
}

// taskNote is what matters about a task beside its state.
func taskNote(t rest.TaskOnTarget) string {
	var parts []string
	if t.Message != "" {
		parts = append(parts, oneLine(t.Message))
	}
	if t.Attempt > 1 {
		parts = append(parts, "attempt "+count(t.Attempt))
	}
	if c := t.Choice; c != nil && t.Ask == "" {
		parts = append(parts, strings.TrimSuffix(c.By+" chose "+string(c.Choice)+": "+oneLine(c.Note), ": "))
	}
	return strings.Join(parts, ", ")
}

// asksPeople says whether a step is a sign-off that may wait for an answer: a
// step on hosts waits for a choice.
func asksPeople(s rest.Step) bool { return s.Kind == "" || s.Kind == plan.Ask }

// noteOf is what matters about a step beside its state.
func noteOf(d rest.Deployment, s rest.Step) string {
	var parts []string
	switch {
	case s.Kind == plan.Rolling && len(s.Targets) > 0:
		parts = append(parts, rolled(s))
	case len(s.Targets) == 1:
		parts = append(parts, "on "+s.Targets[0].Target)
	}
	if s.Started != nil && s.Ended != nil && s.Status != pipelines.Skipped {
		parts = append(parts, lasted(s.Ended.Sub(*s.Started)))
	}
	if s.Kind == plan.OnHosts && len(s.Targets) == 1 {
		one := s.Targets[0]
		if one.Message == s.Message {
			one.Message = "" // said below
		}
		if note := taskNote(one); note != "" {
			parts = append(parts, note)
		}
	}
	if a := s.Answer; a != nil {
		decided := "rejected by "
		if a.Proceed {
			decided = "approved by " + before(s.Approved, a.By)
		}
		parts = append(parts, strings.TrimSuffix(decided+a.By+": "+oneLine(a.Note), ": "))
	}
	if s.Status == pipelines.Waiting {
		parts = append(parts, waitsFor(d, s)...)
	}
	if s.Message != "" && (s.Answer == nil || s.Answer.Proceed) { // a rejection is said above
		parts = append(parts, oneLine(s.Message))
	}
	return strings.Join(parts, ", ")
}

// rolled is how far a rolling step has come.
func rolled(s rest.Step) string {
	done := 0
	for _, t := range s.Targets {
		if t.Status.Ended() && t.Status != pipelines.Skipped {
			done++
		}
	}
	window := fmt.Sprintf("%d at a time", max(1, s.Window))
	if s.Status.Ended() && s.Message != "" {
		return window // the message counts those that ended badly
	}
	return fmt.Sprintf("%d of %s done, %s", done, counted(len(s.Targets), "target"), window)
}

// before names those who approved before the one who decided.
func before(all []rest.Answer, last string) string {
	out := ""
	for _, a := range all {
		if a.By != last {
			out += a.By + ", "
		}
	}
	return out
}

// waitsFor says whom or what a step waits for, and what to type.
func waitsFor(d rest.Deployment, s rest.Step) []string {
	if !asksPeople(s) {
		return []string{"for a choice: slipway decide " + d.ID}
	}
	text := "for " + asked(s.Teams)
	if who := d.CausedBy; s.NotRequester && d.Automatic && who != "" {
		text += " but not " + who
	} else if s.NotRequester && !d.Automatic {
		text += " but not " + d.CreatedBy
	}
	parts := []string{text + ": slipway approve " + d.ID}
	if s.Needs > 1 {
		parts = append(parts, approvals(s))
	}
	if s.Round > 0 {
		parts = append(parts, "asked "+times(s.Round)+" before")
	}
	return parts
}

// deadlines says what the time will do about sign-offs that wait.
func (p *program) deadlines(d rest.Deployment) {
	for _, s := range d.Steps {
		var parts []string
		if s.Expires != nil {
			parts = append(parts, onTimeout(s)+" "+p.when(*s.Expires))
		}
		if s.Reminds != nil {
			next := "reminder "
			if s.Reminded > 0 {
				next = "reminded " + times(s.Reminded) + ", again "
			}
			parts = append(parts, next+p.when(*s.Reminds))
		}
		if len(parts) > 0 {
			p.say("%s: %s", s.Name, strings.Join(parts, "; "))
		}
	}
}

// approvals is how many of those that are needed there are, and by whom.
func approvals(s rest.Step) string {
	text := fmt.Sprintf("%d of %d approvals", len(s.Approved), s.Needs)
	var names []string
	for _, a := range s.Approved {
		names = append(names, a.By)
	}
	if len(names) > 0 {
		text += " by " + strings.Join(names, " and ")
	}
	return text
}

// onTimeout says what the time decides if nobody does.
func onTimeout(s rest.Step) string {
	if s.OnTimeout == "approve" {
		return "counts as approved"
	}
	return "counts as rejected"
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return count(n) + " times"
}
