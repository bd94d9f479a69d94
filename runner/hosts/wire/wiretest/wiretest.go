// Package wiretest is a stand-in for the executor: it speaks the other half of
// runner/hosts/wire, with a pretend host behind it.
//
// It runs nothing on any host; adapters use it to test their connections
// without the real program.
package wiretest

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/hosts"
	"slipway/runner/hosts/pretendhosts"
	"slipway/runner/hosts/wire"
)

// Executor answers as an executor does, for one target.
type Executor struct {
	Hosts  *pretendhosts.Hosts
	Target hosts.Target
}

// Run is one call of the executor.
func (e Executor) Run(ctx context.Context, args []string, stdin io.Reader, stdout io.Writer) error {
	answer := json.NewEncoder(stdout)
	switch args[0] {
	case "hello":
		f, err := e.Hosts.Ready(ctx, e.Target)
		if err != nil {
			return said(err)
		}
		return answer.Encode(map[string]any{
			"os": f.OS, "arch": f.Arch, "system": f.System, "shell": f.Shell, "home": f.Home,
			"freeBytes": f.FreeBytes, "executorKey": base64.StdEncoding.EncodeToString(f.ExecutorKey), "bootId": "1",
		})
	case "holds":
		holds, err := e.Hosts.Holds(ctx, e.Target, args[1])
		return errors.Join(said(err), answer.Encode(map[string]bool{"holds": holds}))
	case "deliver":
		in := bufio.NewReader(stdin)
		head, _ := in.ReadBytes('\n')
		var p task.Package
		if err := json.Unmarshal(head, &p); err != nil {
			return said(err)
		}
		if err := e.Hosts.Deliver(ctx, e.Target, p, in); err != nil {
			return said(err)
		}
		return answer.Encode(map[string]bool{"holds": true})
	case "start":
		var o task.Order
		if err := json.NewDecoder(stdin).Decode(&o); err != nil {
			return said(err)
		}
		err := e.Hosts.Start(ctx, e.Target, o)
		if busy, ok := errors.AsType[*hosts.BusyError](err); ok {
			return answer.Encode(map[string]string{"busy": busy.Attempt})
		}
		if err != nil {
			return said(err)
		}
		return answer.Encode(map[string]string{"started": o.ID})
	case "attach":
		since, _ := strconv.ParseInt(args[2], 10, 64)
		return said(e.Hosts.Attach(ctx, e.Target, args[1], since, func(r task.Report) error { return answer.Encode(r) }))
	case "ask", "stop":
		if args[0] == "stop" {
			if err := e.Hosts.Stop(ctx, e.Target, args[1]); err != nil {
				return said(err)
			}
		}
		r, err := e.Hosts.Ask(ctx, e.Target, args[1])
		return errors.Join(said(err), answer.Encode(r))
	}
	return &wire.ExitError{Code: 2, Stderr: "unknown verb " + args[0]}
}

// said is an error as it leaves a process, unless it is the connection's.
func said(err error) error {
	if err == nil || errors.Is(err, hosts.ErrUnreachable) || errors.Is(err, context.Canceled) {
		return err
	}
	return &wire.ExitError{Code: 1, Stderr: err.Error() + "\n"}
}

// Main is the stand-in as a process: its ledger is in the folder home, for one
// target of the name host. A test's binary calls it in place of its tests.
func Main(args []string, home string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) > 2 && args[0] == "--root" {
		args = args[2:]
	}
	e := Executor{
		Hosts:  pretendhosts.New(pretendhosts.Settings{Dir: filepath.Join(home, "pretend"), Now: time.Now}),
		Target: hosts.Target{ID: "host", Name: "host"},
	}
	err := e.Run(context.Background(), args, stdin, stdout)
	if err == nil {
		return 0
	}
	fmt.Fprintln(stderr, err)
	if exit, ok := errors.AsType[*wire.ExitError](err); ok {
		return exit.Code
	}
	return 1
}

// Payloads counts what Main's processes under home have run.
func Payloads(home, attempt string) (int, error) {
	ids, err := pretendhosts.New(pretendhosts.Settings{Dir: filepath.Join(home, "pretend"), Now: time.Now}).Payloads(hosts.Target{ID: "host"})
	n := 0
	for _, id := range ids {
		if id == attempt {
			n++
		}
	}
	return n, err
}
