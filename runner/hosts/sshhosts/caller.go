package sshhosts

import (
	"context"
	"errors"
	"fmt"
	"io"

	"slipway/runner/hosts"
	"slipway/runner/hosts/wire"
)

// caller runs the executor of one target over the target's connection.
type caller struct {
	hosts   *Hosts
	target  hosts.Target
	hostKey string // as the last connection presented it
}

func (c *caller) Run(ctx context.Context, args []string, stdin io.Reader, stdout io.Writer) error {
	for {
		conn, kept, err := c.hosts.borrow(ctx, c.target)
		if err != nil {
			return err
		}
		c.hostKey = conn.hostKey
		err = c.run(ctx, conn, args, stdin, stdout)
		conn.giveBack()
		if kept && errors.Is(err, errUntouched) && ctx.Err() == nil {
			conn.close()
			continue // most likely it broke while it lay idle
		}
		return err
	}
}

func (c *caller) run(ctx context.Context, conn *connection, args []string, stdin io.Reader, stdout io.Writer) error {
	asked := ctx
	if !wire.Long(args) {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.hosts.settings.CallTimeout)
		defer cancel()
	}
	command, err := conn.shell.call(conn.executor.Hash, append(conn.executor.Words[:len(conn.executor.Words):len(conn.executor.Words)], args...))
	if err != nil {
		return err
	}
	err = conn.exec(ctx, command, stdin, stdout)
	switch exit, isExit := errors.AsType[*wire.ExitError](err); {
	case asked.Err() != nil:
		return asked.Err()
	case ctx.Err() != nil:
		return fmt.Errorf("%s did not answer %s within %s: %w", conn.address, args[0], c.hosts.settings.CallTimeout, hosts.ErrUnreachable)
	case isExit && conn.shell.missing(exit.Code):
		// The shell's codes for a program it cannot run. The next connection
		// looks again what is there.
		conn.close()
		return fmt.Errorf("the executor on %s cannot be run (%s): %w; trying again brings it anew", conn.address, exit, hosts.ErrUnreachable)
	}
	return err
}
