package iis

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"strings"
	"time"
)

// limit is far more than any of these programs takes on a healthy host.
const limit = 2 * time.Minute

// Programs runs the host's own. On Windows they are where Windows has them;
// elsewhere they are looked for in PATH.
type Programs struct{}

// Run runs a program without input.
func (p Programs) Run(ctx context.Context, name string, args ...string) (string, error) {
	return p.Feed(ctx, "", name, args...)
}

// Feed runs a program that reads the input.
func (Programs) Feed(ctx context.Context, input, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, placeOf(name), args...)
	if input != "" {
		cmd.Stdin = strings.NewReader(input)
	}
	out, words := &capped{}, &capped{}
	cmd.Stdout, cmd.Stderr = out, words
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	stdout := readable(out.Bytes())
	if err == nil || errors.Is(err, exec.ErrWaitDelay) {
		return stdout, nil
	}
	if name == Powershell {
		args = nil // a script that is always the same
	}
	return stdout, &Error{Command: strings.Join(append([]string{name}, args...), " "), Words: strings.TrimSpace(readable(words.Bytes())), Err: err}
}

// capped keeps what is worth reading of an output.
type capped struct{ bytes.Buffer }

func (c *capped) Write(b []byte) (int, error) {
	if room := mostOutput + 1 - c.Len(); room > 0 {
		c.Buffer.Write(b[:min(len(b), room)])
	}
	return len(b), nil
}

// Error is a program that could not be started or did not end with 0.
type Error struct {
	Command string
	Words   string // what it said
	Err     error
}

func (e *Error) Error() string {
	if e.Words == "" {
		return fmt.Sprintf("%s: %v", e.Command, e.Err)
	}
	return fmt.Sprintf("%s: %s", e.Command, e.Words)
}

func (e *Error) Unwrap() error { return e.Err }

// withWords adds what a program said on its stdout, where the error has none.
func withWords(err error, out string) error {
	out = strings.Join(strings.Fields(out), " ")
	var e *Error
	switch {
	case out == "" || errors.As(err, &e) && e.Words != "":
		return err
	case e != nil:
		return &Error{Command: e.Command, Words: out, Err: e.Err}
	}
	return &Error{Command: err.Error(), Words: out, Err: err}
}

// notFound says that a program is not on this host.
func notFound(err error) bool {
	return errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist)
}

// exited says that a program ran and ended by itself.
func exited(err error) bool { return exitCode(err) > 0 }

// exitCode is how a program ended, 0 where the error is about something else.
func exitCode(err error) int {
	var code interface{ ExitCode() int }
	if errors.As(err, &code) {
		return max(code.ExitCode(), 0)
	}
	return 0
}
