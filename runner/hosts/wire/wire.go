// Package wire is our half of the conversation with the executor on a host:
// which words it is called with, what it answers, and which error that is.
//
// It opens no connection; a Runner does. The idea a newcomer would miss: every
// call is one short process on the host, and nothing is lost with it. An
// attempt lives on there, so a call that broke off is simply made again.
package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"slipway/runner/hosts"
)

// Runner runs the executor once on one host.
//
// Run returns nil when the process ended with exit code 0, an *ExitError when
// it ended with another, an error that wraps hosts.ErrUnreachable when nobody
// can say how it ended, and ctx.Err() once ctx is done. After it has returned
// it neither reads stdin nor writes to stdout.
type Runner interface {
	Run(ctx context.Context, args []string, stdin io.Reader, stdout io.Writer) error
}

// ExitError is a process that ended with another code than 0. Its text is what
// the process wrote to stderr: one sentence for people.
type ExitError struct {
	Code   int
	Stderr string
}

func (e *ExitError) Error() string {
	if said := strings.TrimSpace(e.Stderr); said != "" {
		return said
	}
	return fmt.Sprintf("the executor ended with exit code %d and said nothing", e.Code)
}

// Long says whether a call may take as long as it likes; every other answers
// at once or something is wrong.
func Long(args []string) bool {
	return args[0] == "attach" || args[0] == "deliver" || args[0] == "artifact"
}

// Sentence keeps the beginning of what a process writes to stderr.
type Sentence struct{ text []byte }

func (s *Sentence) Write(p []byte) (int, error) {
	const most = 8 << 10
	s.text = append(s.text, p[:min(len(p), most-len(s.text))]...)
	return len(p), nil
}

func (s *Sentence) String() string { return string(s.text) }

// Client speaks with the executor of one target.
type Client struct {
	Runner Runner
	Target hosts.Target
}

// call runs one verb and says on which host it went wrong.
func (c Client) call(ctx context.Context, stdin io.Reader, stdout io.Writer, args ...string) error {
	err := c.Runner.Run(ctx, args, stdin, stdout)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, hosts.ErrUnreachable):
		return err
	default:
		return fmt.Errorf("%s: %w", c.name(), err)
	}
}

func (c Client) name() string {
	if c.Target.Name != "" {
		return c.Target.Name
	}
	return c.Target.ID
}
