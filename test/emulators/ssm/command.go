package ssm

import (
	"bytes"
	"context"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// command is one SendCommand.
type command struct {
	id, document, comment string
	parameters            map[string][]string
	timeout               int
	requested             time.Time
	invocations           []*invocation
}

// invocation is a command's copy for one instance.
type invocation struct {
	instance       string
	details        status
	asked          bool // whether anybody has looked for it
	exit           int
	stdout, stderr bytes.Buffer
	begun, ended   time.Time
	stop           context.CancelFunc
}

// status is a status with its details, as the API writes them.
type status struct{ status, details string }

// The names of CommandInvocation's Status and StatusDetails
// (API_CommandInvocation, monitor-commands).
var (
	pending           = status{"Pending", "Pending"}
	inProgress        = status{"InProgress", "InProgress"}
	success           = status{"Success", "Success"}
	failed            = status{"Failed", "Failed"}
	cancelled         = status{"Cancelled", "Cancelled"}
	deliveryTimedOut  = status{"TimedOut", "DeliveryTimedOut"}
	executionTimedOut = status{"TimedOut", "ExecutionTimedOut"}
	undeliverable     = status{"Failed", "Undeliverable"}
)

func (s status) final() bool { return s != pending && s != inProgress }

func (c *command) invocation(instance string) *invocation {
	for _, i := range c.invocations {
		if i.instance == instance {
			return i
		}
	}
	return nil
}

func (c *command) script() string { return strings.Join(c.parameters["commands"], "\n") + "\n" }

// executionTimeout is the document's parameter.
//
// "executionTimeout": {"type": "String", "default": "3600"} (monitor-commands,
// the sample of AWS-RunShellScript)
func (c *command) executionTimeout() time.Duration {
	if p := c.parameters["executionTimeout"]; len(p) == 1 {
		if n, err := strconv.Atoi(p[0]); err == nil {
			return time.Duration(n) * time.Second
		}
	}
	return time.Hour
}

// expires adds both times up.
//
// "Total timeout is equal to the value of delivery timeout plus execution
// timeout." (monitor-commands)
func (c *command) expires() time.Time {
	return c.requested.Add(time.Duration(c.timeout)*time.Second + c.executionTimeout())
}

// deliver hands the script to the instance. The caller has the lock.
func (f *Fake) deliver(c *command, i *invocation) {
	ctx, cancel := context.WithTimeout(context.Background(), c.executionTimeout())
	i.stop = cancel
	i.begun = f.options.Now()
	f.change(c, i, inProgress)
	f.busy.Go(func() {
		defer cancel()
		var out, errs bytes.Buffer
		exit := f.options.Run(ctx, i.instance, c.script(), &out, &errs)
		late := ctx.Err() == context.DeadlineExceeded
		f.mu.Lock()
		defer f.mu.Unlock()
		if i.details.final() {
			return // the agent's answer came too late
		}
		i.exit, i.stdout, i.stderr = exit, out, errs
		switch {
		// "Command execution started on the managed node, but the execution wasn't
		// complete before the execution timeout expired." (monitor-commands)
		case late:
			f.settle(c, i, executionTimedOut)
		// "For a plugin, this indicates that the result code wasn't zero." (monitor-commands)
		case exit != 0:
			// The agent closes stderr with its own line (amazon-ssm-agent, seen in issue 46).
			i.stderr.WriteString("failed to run commands: exit status " + strconv.Itoa(exit))
			f.settle(c, i, failed)
		default:
			f.settle(c, i, success)
		}
	})
}

// settle gives an invocation its last status. The caller has the lock.
func (f *Fake) settle(c *command, i *invocation, as status) {
	if i.details.final() {
		return
	}
	if i.stop != nil {
		i.stop()
	}
	// "If the response code is -1, then the command hasn't started running on the
	// managed node, or it wasn't received by the node." (API_GetCommandInvocation)
	if as == deliveryTimedOut || as == undeliverable || as == cancelled {
		i.exit = -1
	}
	i.ended = f.options.Now()
	f.change(c, i, as)
}

// shownOut is cut as AWS cuts.
//
// "The first 24,000 characters written by the plugin to stdout. If the command
// hasn't finished running […] then this string is empty." (API_GetCommandInvocation)
func (i *invocation) shownOut() string { return i.shown(i.stdout.String(), 24_000) }

// shownErr is cut as AWS cuts.
//
// "The first 8,000 characters written by the plugin to stderr."
// (API_GetCommandInvocation)
func (i *invocation) shownErr() string { return i.shown(i.stderr.String(), 8_000) }

func (i *invocation) shown(text string, most int) string {
	if !i.details.final() {
		return ""
	}
	if utf8.RuneCountInString(text) > most {
		return string([]rune(text)[:most])
	}
	return text
}
