package lambda

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Invoke runs one event and waits for its end. It is ErrThrottled if no process is free and no more may be started; a function that
// fails is no error, Result.Error says so.
func (f *Function) Invoke(ctx context.Context, event []byte) (Result, error) {
	return f.run(ctx, newID(), event)
}

func (f *Function) run(ctx context.Context, id string, event []byte) (Result, error) {
	begun := time.Now()
	p, cold, nth, err := f.take()
	record := Record{RequestID: id, Function: f.settings.Name, Event: event, At: begun, Cold: cold, Memory: f.settings.Memory}
	if never := new(initError); errors.As(err, &never) {
		record.Error, record.Answer, record.Init = "Runtime.ExitError", never.payload, time.Since(begun)
		record.Billed = billed(record.Init, 0)
		f.note(record)
		return Result{RequestID: id, Payload: never.payload, Error: "Unhandled"}, nil
	}
	if err != nil {
		return Result{}, err
	}
	record.PID = p.cmd.Process.Pid
	if cold {
		record.Init = p.init
	}
	var lives time.Duration
	if f.settings.KillAt != nil {
		lives = f.settings.KillAt(nth)
	}
	given := time.Now()
	o := p.handle(ctx, &job{id: id, payload: event, deadline: given.Add(f.settings.Timeout), answer: make(chan outcome, 1)}, lives)
	record.Duration = time.Since(given)
	record.Billed, record.MaxRSS = billed(record.Init, record.Duration), o.maxRSS
	record.Error, record.Answer = o.errType, o.payload
	f.note(record)
	f.background.Go(func() { f.giveBack(p) })
	result := Result{RequestID: id, Payload: o.payload}
	if o.errType != "" {
		result.Error = "Unhandled"
	}
	return result, nil
}

// handle gives the process its event and waits for the answer, the deadline or the process's end.
func (p *process) handle(ctx context.Context, j *job, lives time.Duration) outcome {
	p.mu.Lock()
	p.current = j
	p.mu.Unlock()
	p.thaw()
	// The deadline counts from here: "the date that the function times out in Unix time milliseconds".
	late := time.NewTimer(time.Until(j.deadline))
	defer late.Stop()
	select {
	case p.jobs <- j:
	case <-p.dead:
		return p.exited(j)
	case <-late.C:
		return p.timedOut(j)
	}
	var death <-chan time.Time
	if lives > 0 {
		timer := time.NewTimer(lives)
		defer timer.Stop()
		death = timer.C
	}
	for {
		select {
		case o := <-j.answer:
			return o
		case <-death:
			p.kill()
		case <-late.C:
			return p.timedOut(j)
		case <-p.of.ctx.Done():
			p.kill()
			<-p.dead
			return p.exited(j)
		case <-p.dead:
			select {
			case o := <-j.answer:
				return o
			default:
				return p.exited(j)
			}
		}
	}
}

// timedOut: "When the specified timeout value is reached, Lambda stops the function" (Configure Lambda function timeout).
func (p *process) timedOut(j *job) outcome {
	rss := maxRSS(p.cmd.Process.Pid)
	p.kill()
	<-p.dead
	text := fmt.Sprintf("%s %s Task timed out after %.2f seconds", time.Now().UTC().Format("2006-01-02T15:04:05.000Z"), j.id, p.of.settings.Timeout.Seconds())
	return outcome{errType: "Sandbox.Timedout", payload: failure("Sandbox.Timedout", text), maxRSS: rss}
}

func (p *process) exited(j *job) outcome {
	return outcome{errType: "Runtime.ExitError", payload: failure("Runtime.ExitError", "RequestId: "+j.id+" Error: Runtime exited with error: "+p.exit)}
}

// take finds a process that is free, or starts one: "each instance of your execution environment can serve one request at a time"
// (Understanding Lambda function scaling).
func (f *Function) take() (p *process, cold bool, nth int, err error) {
	f.mu.Lock()
	if f.closed {
		f.mu.Unlock()
		return nil, false, 0, errors.New("the function is closed")
	}
	if n := len(f.idle); n > 0 {
		p, f.idle = f.idle[n-1], f.idle[:n-1]
		f.begun++
		nth = f.begun
		f.mu.Unlock()
		return p, false, nth, nil
	}
	if len(f.alive) >= f.settings.Concurrency {
		f.mu.Unlock()
		return nil, false, 0, ErrThrottled
	}
	p, err = f.start(f.bootstrap)
	if err != nil {
		f.mu.Unlock()
		return nil, false, 0, err
	}
	f.alive[p] = true
	f.begun++
	nth = f.begun
	f.mu.Unlock()
	return p, true, nth, p.awaitReady()
}

// giveBack waits until the process asks for its next event, freezes it and lets others have it.
func (f *Function) giveBack(p *process) {
	select {
	case <-p.asks:
	case <-p.dead:
		return
	case <-f.ctx.Done():
		p.kill()
		return
	case <-time.After(f.settings.Timeout):
		p.kill()
		return
	}
	p.freeze()
	f.mu.Lock()
	defer f.mu.Unlock()
	if p.outdated || f.closed {
		p.kill()
		return
	}
	f.idle = append(f.idle, p)
	f.free()
}

// forget takes a process that has ended off the books.
func (f *Function) forget(p *process) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.alive, p)
	f.idle = slices.DeleteFunc(f.idle, func(o *process) bool { return o == p })
	f.free()
}

// free tells those who wait that it is worth another try; the caller holds the lock.
func (f *Function) free() {
	close(f.freed)
	f.freed = make(chan struct{})
}
