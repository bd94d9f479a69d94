package sshhosts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"golang.org/x/crypto/ssh"

	"slipway/runner/hosts"
	"slipway/runner/hosts/wire"
)

// errUntouched is wrapped by a lost connection's error when neither stdin was
// read nor stdout written: then the same call can be made again over another
// connection, since every verb may be repeated.
var errUntouched = errors.New("nothing was exchanged")

// exec runs one command line and keeps the promises of wire.Runner.
func (c *connection) exec(ctx context.Context, command string, stdin io.Reader, stdout io.Writer) error {
	select {
	case c.room <- struct{}{}:
	case <-c.lost:
		return fmt.Errorf("%w: %w", c.lostError(), errUntouched)
	case <-ctx.Done():
		return ctx.Err()
	}
	e := &execution{stdin: stdin, stdout: stdout}
	ended := make(chan error, 1)
	go func() {
		defer func() { <-c.room }()
		ended <- e.run(c, command)
	}()
	var err error
	select {
	case err = <-ended:
	case <-c.lost:
		err = c.lostError()
	case <-ctx.Done():
		err = ctx.Err()
	}
	if e.end(); errors.Is(err, hosts.ErrUnreachable) && !e.touched.Load() {
		return fmt.Errorf("%w: %w", err, errUntouched)
	}
	return err
}

// execution is one command on its way. Once ended it touches neither stdin nor
// stdout, even if the host goes on talking.
type execution struct {
	stdin  io.Reader
	stdout io.Writer
	stderr wire.Sentence

	reading, writing sync.Mutex
	readEnd, outEnd  bool
	readErr          error // why stdin could not be read

	touched atomic.Bool

	mu      sync.Mutex
	session *ssh.Session
	over    bool
}

func (e *execution) run(c *connection, command string) error {
	session, err := c.client.NewSession()
	if err != nil {
		return fmt.Errorf("%w (%v)", c.lostError(), err)
	}
	if !e.begin(session) {
		return session.Close()
	}
	defer session.Close()
	feed, err := e.feeder(session)
	if err != nil {
		return err
	}
	session.Stdout, session.Stderr = writeEnd{e}, &e.stderr
	if err := session.Start(command); err != nil {
		return fmt.Errorf("%w (%v)", c.lostError(), err)
	}
	go feed()
	err = session.Wait()
	if failed := e.readFailure(); failed != nil {
		return failed
	}
	switch exit, isExit := errors.AsType[*ssh.ExitError](err); {
	case err == nil:
		return nil
	case isExit && exit.Signal() != "":
		e.touched.Store(true) // it ran, over a sound connection
		return fmt.Errorf("the executor on %s was killed (signal %s): %w", c.address, exit.Signal(), hosts.ErrUnreachable)
	case isExit:
		return &wire.ExitError{Code: exit.ExitStatus(), Stderr: e.stderr.String()}
	default:
		return fmt.Errorf("%w (%v)", c.lostError(), err)
	}
}

// feeder copies stdin beside the session, which would wait for it: a command may
// well end before it has read all.
func (e *execution) feeder(s *ssh.Session) (func(), error) {
	if e.stdin == nil {
		return func() {}, nil
	}
	in, err := s.StdinPipe()
	return func() {
		io.Copy(in, readEnd{e})
		in.Close()
	}, err
}

func (e *execution) readFailure() error {
	e.reading.Lock()
	defer e.reading.Unlock()
	return e.readErr
}

func (e *execution) begin(s *ssh.Session) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.session = s
	return !e.over
}

// end waits for a read or write that is under way, then lets none happen.
func (e *execution) end() {
	e.mu.Lock()
	e.over = true
	session := e.session
	e.mu.Unlock()
	if session != nil {
		go session.Close() // may wait for a connection that stands still
	}
	e.reading.Lock()
	e.readEnd = true
	e.reading.Unlock()
	e.writing.Lock()
	e.outEnd = true
	e.writing.Unlock()
}

type readEnd struct{ e *execution }

func (r readEnd) Read(p []byte) (int, error) {
	r.e.reading.Lock()
	defer r.e.reading.Unlock()
	if r.e.readEnd {
		return 0, io.EOF
	}
	r.e.touched.Store(true)
	n, err := r.e.stdin.Read(p)
	if err != nil && err != io.EOF {
		r.e.readErr = err
	}
	return n, err
}

type writeEnd struct{ e *execution }

func (w writeEnd) Write(p []byte) (int, error) {
	w.e.writing.Lock()
	defer w.e.writing.Unlock()
	if w.e.outEnd {
		return len(p), nil
	}
	w.e.touched.Store(true)
	return w.e.stdout.Write(p)
}
