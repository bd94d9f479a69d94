package executor

import (
	"fmt"
	"strconv"

	"slipway/runner/executor/attempts"
)

// ask answers with what the ledger knows now.
func (c *call) ask(args []string) error {
	report, err := c.host().Ask(args[0])
	if err != nil {
		return err
	}
	return c.answer(report)
}

// attach prints reports until the attempt has ended and all lines are out.
func (c *call) attach(args []string) error {
	since, err := strconv.ParseInt(args[1], 10, 64)
	if err != nil || since < 0 {
		return fmt.Errorf("%q is no line number to go on from", args[1])
	}
	return c.host().Attach(c.ctx, args[0], since, listener{c})
}

// listener is whoever reads what this process prints.
type listener struct{ *call }

func (l listener) Hear(report attempts.Lines) error { return l.answer(report) }

func (l listener) Gone() bool { return listenerGone(l.stdout) }

// stop ends the attempt and answers with what the ledger says then.
func (c *call) stop(args []string) error {
	report, err := c.host().Stop(c.ctx, args[0])
	if err != nil {
		return err
	}
	return c.answer(report)
}
