package scripts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"slipway/pipelines/task"
)

// quiet is how long we go on reading after the script has ended while a
// process it left behind still holds its output.
const quiet = 500 * time.Millisecond

// start is a program about to read a script.
type start struct {
	cmd       *exec.Cmd
	bootstrap string // what it reads before
	stdin     bool   // from standard input; otherwise from descriptor 3
}

// runProcess starts the language's program, which reads its bootstrap from a
// pipe, and stays with it to its end.
func runProcess(ctx context.Context, s Script, begin start, to *speech) (Result, error) {
	cmd := begin.cmd
	cmd.Dir = s.Dir
	ownGroup(cmd)
	pipe, feed, err := os.Pipe()
	if err != nil {
		return Result{}, err
	}
	defer pipe.Close()
	defer feed.Close()
	if begin.stdin {
		cmd.Stdin = pipe
	} else {
		cmd.ExtraFiles = []*os.File{pipe}
	}
	outputs, err := openOutputs(cmd)
	if err != nil {
		return Result{}, err
	}
	defer outputs.close()

	c := &child{cmd: cmd, exited: make(chan error, 1)}
	if err := startChild(cmd, c.exited); err != nil {
		return Result{}, fmt.Errorf("%s could not be started: %w", s.Name, err)
	}
	pipe.Close()
	outputs.closeWriters()
	go func() {
		io.WriteString(feed, begin.bootstrap)
		feed.Close()
	}()
	read := outputs.readAll(to)
	err = c.wait(ctx, s.Grace)
	if !outputs.drain(read) {
		to.say(task.Note, "a process that the script left behind still holds its output; not waiting for it")
	}
	to.finish()
	return to.result(c.exitCode()), err
}

// child is the running script.
type child struct {
	cmd    *exec.Cmd
	exited chan error
	ended  bool
}

// wait returns ctx's cause when the script had to be stopped, after all of its
// process group is gone.
func (c *child) wait(ctx context.Context, grace time.Duration) error {
	select {
	case err := <-c.exited:
		c.ended = true
		return ownError(err)
	case <-ctx.Done():
	}
	endGroup(c.cmd)
	if !c.gone(grace) {
		killGroup(c.cmd)
		c.gone(grace)
	}
	return context.Cause(ctx)
}

// gone waits until neither the script nor anything of its group is left.
func (c *child) gone(within time.Duration) bool {
	deadline := time.After(within)
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for !c.ended || groupAlive(c.cmd) {
		select {
		case <-c.exited:
			c.ended = true
		case <-look.C:
		case <-deadline:
			return false
		}
	}
	return true
}

// exitCode follows the shells: 128 and the signal for a script that was killed.
func (c *child) exitCode() int {
	if !c.ended {
		return -1
	}
	if code := c.cmd.ProcessState.ExitCode(); code >= 0 {
		return code
	}
	return 128 + endSignal(c.cmd.ProcessState)
}

// ownError drops what is the script's affair: that it ended with a code.
func ownError(err error) error {
	if _, ok := errors.AsType[*exec.ExitError](err); ok {
		return nil
	}
	return err
}
