// Package lambda runs a function's own program as AWS Lambda does: it starts the processes, speaks the runtime API with them,
// keeps to deadlines and sizes, tries asynchronous events again, and stands as a function URL before them.
//
// It knows nothing of what the function is for and limits neither CPU nor memory; it measures them.
// The idea a newcomer would miss: a process has a runtime API of its own, so whoever calls it is known without asking, and between two
// events the process is really stopped, as the service freezes it: work left to a goroutine does not go on.
//
// Beside each behaviour stands the sentence of AWS it follows, with the page of the Lambda Developer Guide that has it.
package lambda

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// Settings are what a function is made of.
type Settings struct {
	Name        string
	Bootstrap   string            // path of the program
	Env         map[string]string // the function's own variables; credentials and region among them
	Memory      int               // MB; it is reported and billed, not enforced
	Timeout     time.Duration     // of one event
	Concurrency int               // processes at once; 0 means 10
	Region      string
	Account     string

	// Retries are the pauses before each further attempt of an asynchronous event. Lambda waits one minute and then two;
	// nil means two short ones.
	Retries []time.Duration
	// OnFailure takes the record of an asynchronous event that failed every attempt.
	OnFailure func(key string, record []byte)

	// KillAfterEach ends the process as soon as it has answered an event, so that nothing in its memory reaches the next.
	KillAfterEach bool
	// KillAt says how long the nth process lives with its event, from 1 on; 0 lets it live.
	KillAt func(nth int) time.Duration

	Log io.Writer // what the processes say on standard output and error; nil drops it
}

// Result is what a caller of a function gets.
type Result struct {
	RequestID string
	Payload   []byte
	Error     string // "" or Unhandled: the function failed, Payload says how
}

// ErrThrottled says that all processes are busy.
// "After concurrency is used up, Lambda throttles" further requests (Understanding Lambda function scaling).
var ErrThrottled = errors.New("TooManyRequestsException: Rate Exceeded")

// Function is one function with its processes.
type Function struct {
	settings Settings

	mu        sync.Mutex
	bootstrap string
	idle      []*process
	alive     map[*process]bool
	begun     int // events given to processes, for KillAt
	records   []Record
	closed    bool
	freed     chan struct{} // closed and made anew when a process becomes free

	background sync.WaitGroup
	ctx        context.Context
	stop       context.CancelFunc
}

// New makes a function; no process is started before its first event.
func New(s Settings) *Function {
	if s.Concurrency == 0 {
		s.Concurrency = 10
	}
	if s.Retries == nil {
		s.Retries = []time.Duration{200 * time.Millisecond, 400 * time.Millisecond}
	}
	if s.Log == nil {
		s.Log = io.Discard
	}
	ctx, stop := context.WithCancel(context.Background())
	return &Function{settings: s, bootstrap: s.Bootstrap, alive: map[*process]bool{}, freed: make(chan struct{}), ctx: ctx, stop: stop}
}

// Name is the function's.
func (f *Function) Name() string { return f.settings.Name }

// ARN names the function in the account.
func (f *Function) ARN() string {
	return fmt.Sprintf("arn:aws:lambda:%s:%s:function:%s", f.settings.Region, f.settings.Account, f.settings.Name)
}

// Update makes later processes run another program, and ends idle ones; those at work finish with the old one.
func (f *Function) Update(bootstrap string) {
	f.mu.Lock()
	f.bootstrap = bootstrap
	old := f.idle
	f.idle = nil
	for p := range f.alive {
		p.outdated = true
	}
	f.mu.Unlock()
	for _, p := range old {
		p.kill()
	}
}

// KillAll ends every process at once, whatever it is doing.
func (f *Function) KillAll() {
	f.mu.Lock()
	all := make([]*process, 0, len(f.alive))
	for p := range f.alive {
		all = append(all, p)
	}
	f.idle = nil
	f.mu.Unlock()
	for _, p := range all {
		p.kill()
	}
}

// Close ends all processes and waits for what is under way.
func (f *Function) Close() {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.stop()
	f.KillAll()
	f.background.Wait()
}

// newID is a random UUID.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
