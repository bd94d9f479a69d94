package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"slipway/pipelines/task"
	"slipway/runner/hosts"
)

// Ready asks for the facts and compares the executor's key with the pinned one.
func (c Client) Ready(ctx context.Context) (hosts.Facts, error) {
	var f hosts.Facts
	if err := c.ask(ctx, nil, &f, "hello"); err != nil {
		return hosts.Facts{}, err
	}
	if len(f.ExecutorKey) != 32 {
		return hosts.Facts{}, fmt.Errorf("%s: the executor shows a sealing key of %d bytes, 32 are due", c.name(), len(f.ExecutorKey))
	}
	if c.Target.ExecutorKey != nil && !bytes.Equal(c.Target.ExecutorKey, f.ExecutorKey) {
		return hosts.Facts{}, fmt.Errorf("%s has another sealing key than the pinned one: if its .slipway folder was removed or the host was reinstalled, remove the target and add it again, which pins the new key; no secret was sent", c.name())
	}
	return f, nil
}

// Holds says whether the host has the package.
func (c Client) Holds(ctx context.Context, sha256 string) (bool, error) {
	var a struct{ Holds bool }
	err := c.ask(ctx, nil, &a, "holds", sha256)
	return a.Holds, err
}

// Deliver sends one line about the package, then its bytes.
func (c Client) Deliver(ctx context.Context, p task.Package, from io.Reader) error {
	head, err := json.Marshal(p)
	if err != nil {
		return err
	}
	var a struct{ Holds bool }
	if err := c.ask(ctx, io.MultiReader(bytes.NewReader(append(head, '\n')), from), &a, "deliver"); err != nil {
		return err
	}
	if !a.Holds {
		return fmt.Errorf("%s did not keep package %s, and did not say why", c.name(), p.FileName)
	}
	return nil
}

// Start hands over the order.
func (c Client) Start(ctx context.Context, o task.Order) error {
	body, err := json.Marshal(o)
	if err != nil {
		return err
	}
	var a struct{ Started, Busy string }
	if err := c.ask(ctx, bytes.NewReader(body), &a, "start"); err != nil {
		return err
	}
	switch {
	case a.Busy != "":
		return &hosts.BusyError{Attempt: a.Busy}
	case a.Started != o.ID:
		return fmt.Errorf("%s: ordered attempt %q, the executor started %q", c.name(), o.ID, a.Started)
	}
	return nil
}

// Ask says what the ledger knows now.
func (c Client) Ask(ctx context.Context, attempt string) (task.Report, error) {
	var r task.Report
	err := c.ask(ctx, nil, &r, "ask", attempt)
	return r, err
}

// Stop ends the attempt's processes.
func (c Client) Stop(ctx context.Context, attempt string) error {
	var r task.Report
	return c.ask(ctx, nil, &r, "stop", attempt)
}

// Fetch writes out a file that the attempt keeps for us.
func (c Client) Fetch(ctx context.Context, attempt, sha256 string, to io.Writer) error {
	return c.call(ctx, nil, to, "artifact", attempt, sha256)
}

// ask runs a verb that answers with one JSON object.
func (c Client) ask(ctx context.Context, stdin io.Reader, answer any, args ...string) error {
	var out limited
	if err := c.call(ctx, stdin, &out, args...); err != nil {
		return err
	}
	if err := json.Unmarshal(out.Bytes(), answer); err != nil {
		return fmt.Errorf("%s: answer to %s is not the executor's: %q (does a start-up file of the login shell print something?)", c.name(), args[0], start(out.Bytes()))
	}
	return nil
}

// limited keeps an answer that a healthy executor would give, not more.
type limited struct{ bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	const most = 16 << 20
	if l.Len()+len(p) > most {
		return 0, fmt.Errorf("answer is longer than %d bytes", most)
	}
	return l.Buffer.Write(p)
}

func start(b []byte) []byte { return b[:min(len(b), 200)] }
