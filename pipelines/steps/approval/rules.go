package approval

import (
	"fmt"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
)

// Bounds: more approvals than people, and reminders by the second, are slips.
const (
	mostApprovals = 50
	mostOften     = pipelines.Duration(time.Minute)
)

// checkRules finds what is wrong with how many must answer, and until when.
func (s Settings) checkRules() []pipelines.Problem {
	var found []pipelines.Problem
	say := func(path, format string, args ...any) {
		found = append(found, pipelines.Problem{Path: path, Message: fmt.Sprintf(format, args...)})
	}
	if s.Approvals != nil && (*s.Approvals < 1 || *s.Approvals > mostApprovals) {
		say("approvals", "approvals is how many people must approve, 1 to %d; got %d", mostApprovals, *s.Approvals)
	}
	if s.Timeout != nil && *s.Timeout <= 0 {
		say("timeout", "a timeout of %s would answer before anybody could: say how long to wait, like 48h, or leave it out to wait without end", *s.Timeout)
	}
	switch s.OnTimeout {
	case "", Reject, Approve:
		if s.OnTimeout != "" && s.Timeout == nil {
			say("on-timeout", "on-timeout says how a timeout answers, and there is none: add `timeout`, like 48h, or remove it")
		}
	default:
		say("on-timeout", "on-timeout is %s or %s; got %q", Reject, Approve, s.OnTimeout)
	}
	switch {
	case s.Remind == nil:
	case *s.Remind < mostOften:
		say("remind", "remind is how often those asked are reminded, at most every minute; got %s", *s.Remind)
	case s.Timeout != nil && *s.Timeout > 0 && *s.Remind >= *s.Timeout:
		say("remind", "the first reminder, after %s, would come when the timeout of %s is over: remind earlier, or wait longer", *s.Remind, *s.Timeout)
	case len(s.Teams) == 0:
		say("remind", "remind mails those who are asked, and without `teams` nobody is: name the teams, or remove it")
	}
	return found
}

// question is what people are asked. Whether it blocks, the plan says: it depends
// on what stands before it.
func (s Settings) question() *plan.Question {
	q := &plan.Question{Instructions: string(s.Instructions), Teams: s.Teams, NotRequester: s.NotRequester, OnTimeout: s.OnTimeout}
	if s.Approvals != nil {
		q.Minimum = *s.Approvals
	}
	if s.Timeout != nil {
		q.Timeout = task.Duration(*s.Timeout)
	}
	if s.Remind != nil {
		q.Remind = task.Duration(*s.Remind)
	}
	return q
}
