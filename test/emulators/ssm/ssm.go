// Package ssm is a fake of AWS Systems Manager's Run Command: the part of the
// AmazonSSM API (JSON 1.1) that sends a script to an instance and says what
// became of it.
//
// It has no documents but AWS-RunShellScript and AWS-RunPowerShellScript, checks
// no signatures and costs nothing. How a script runs on an instance is the
// test's choice (Run), and so is whether the instance can be reached. Everything
// an operator could read in the account is in History, for leak tests. Beside a
// behaviour stands AWS's own sentence, with the page it is from.
package ssm

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// Run runs a script on an instance as the agent would, and returns its exit
// code. When ctx is done the agent wants it ended.
type Run func(ctx context.Context, instance, script string, stdout, stderr io.Writer) (exit int)

// Options have defaults for everything but Run.
type Options struct {
	Run     Run
	Events  func(event []byte) // gets EventBridge's JSON at every change of status; nil is nobody
	Account string             // "" is 123456789012
	Region  string             // "" is eu-central-1
	Now     func() time.Time   // nil is time.Now
}

// Reach says how an instance can be reached.
type Reach int

// The ways. Gone is an instance that was never registered, or whose agent does
// not answer; Silent is one whose agent will not pick up what is sent to it.
const (
	Gone Reach = iota
	Online
	Silent
)

// Fake is the API. It is an http.Handler.
type Fake struct {
	options Options

	mu        sync.Mutex
	instances map[string]*instance
	commands  []*command
	throttle  int
	busy      sync.WaitGroup
}

type instance struct {
	id, platform string
	reach        Reach
}

// New makes an API without instances.
func New(o Options) *Fake {
	if o.Account == "" {
		o.Account = "123456789012"
	}
	if o.Region == "" {
		o.Region = "eu-central-1"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Fake{options: o, instances: map[string]*instance{}}
}

// Instance registers an instance (`i-…` or `mi-…`) of the platform "linux" or
// "windows", or changes how it can be reached. One that comes online gets what
// waits for it.
func (f *Fake) Instance(id, platform string, reach Reach) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.instances[id] = &instance{id: id, platform: platform, reach: reach}
	if reach != Online {
		return
	}
	for _, c := range f.commands {
		if i := c.invocation(id); i != nil && i.details == pending {
			f.deliver(c, i)
		}
	}
}

// Throttle refuses the next n calls.
//
// "The request or operation couldn't be performed because the service is
// throttling requests." (API_SendCommand, ThrottlingException)
func (f *Fake) Throttle(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.throttle = n
}

// Expire lets the time of all commands pass that have not ended.
//
// "If a command reaches the command expiration limit (total timeout), it changes
// status to DeliveryTimedOut for all invocations that are currently have status
// of InProgress, Pending or Delayed." (monitor-commands)
func (f *Fake) Expire() { f.settleAll(deliveryTimedOut) }

// Undeliverable lets AWS give up on all commands that have not ended.
//
// "The command can't be delivered to the managed node." (monitor-commands)
func (f *Fake) Undeliverable() { f.settleAll(undeliverable) }

func (f *Fake) settleAll(as status) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.commands {
		for _, i := range c.invocations {
			f.settle(c, i, as)
		}
	}
}

// Wait returns once no script runs any more.
func (f *Fake) Wait() { f.busy.Wait() }

// Sent is one command as anybody with the right to list commands reads it.
type Sent struct {
	ID, Document, Comment string
	Instances             []string
	Parameters            map[string][]string
	Stdout, Stderr        string // of all instances, as cut by AWS
	Status                string // of the last instance, in detail
	Timeout               int    // seconds for the delivery
}

// History is every command of the account, oldest first.
func (f *Fake) History() []Sent {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []Sent
	for _, c := range f.commands {
		s := Sent{ID: c.id, Document: c.document, Comment: c.comment, Parameters: c.parameters, Timeout: c.timeout}
		for _, i := range c.invocations {
			s.Instances = append(s.Instances, i.instance)
			s.Stdout, s.Stderr, s.Status = s.Stdout+i.shownOut(), s.Stderr+i.shownErr(), i.details.details
		}
		all = append(all, s)
	}
	return all
}

// newID is a UUID, as commands and events have.
func newID() string {
	b := make([]byte, 16)
	rand.Read(b)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

var _ http.Handler = (*Fake)(nil)
