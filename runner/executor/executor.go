// Package executor is the program that does the work on a host: it takes an
// order, runs it detached from every connection, keeps the ledger, and lets
// any later call read what happened.
//
// It decides nothing about a deployment: each call is one short-lived process
// with a verb, text in and text out; transports carry it. Where no transport
// holds a connection, an `errand` brings the leave to report by signed forms, and
// that is all it ever says to anybody. The idea a newcomer would miss: `start`
// only makes the order durable and spawns `run`, which lives on alone under the
// target's lock. Whoever asks later (`attach`, `ask`, `stop`, `report`) finds the
// attempt in the ledger, not in a connection or a parent process.
package executor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"slipway/runner/executor/install"
	"slipway/runner/executor/ledger"
)

// usage is printed for calls that cannot be understood.
const usage = `usage: executor [--root DIR] hello | holds SHA256 | deliver | start | attach ID SINCE | ask ID | stop ID | artifact ID SHA256 | errand | reply sealed|open`

// call is one call of the program.
type call struct {
	ctx            context.Context
	args           []string // the whole command line behind the program's own words
	root           string
	ledger         *ledger.Ledger
	stdin          io.Reader
	stdout, stderr io.Writer
	env            func(string) (string, bool)
	now            func() time.Time
}

// errUsage makes a call end with exit code 2.
var errUsage = errors.New(usage)

// Main carries out one call and returns its exit code: 0 when the call itself
// worked, whatever became of the attempt; 1 with one sentence on stderr; 2 for
// a call that cannot be understood; an errand that was not begun has codes of its
// own. Args begin behind the program's name (and
// behind the hidden verb where the server's own binary serves as executor).
func Main(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, env func(string) (string, bool)) int {
	c := &call{ctx: ctx, args: args, stdin: stdin, stdout: stdout, stderr: stderr, env: env, now: time.Now}
	return c.exit(c.perform(args))
}

// exit says why on stderr, and which code the process ends with.
func (c *call) exit(err error) int {
	if err == nil {
		return 0
	}
	fmt.Fprintln(c.stderr, err)
	if notBegun, ok := errors.AsType[*notBegunError](err); ok {
		return notBegun.code
	}
	if errors.Is(err, errUsage) {
		return 2
	}
	return 1
}

func (c *call) perform(args []string) error {
	if len(args) >= 2 && args[0] == "--root" {
		c.root, args = args[1], args[2:]
	}
	if len(args) == 0 {
		return errUsage
	}
	verb, known := verbs()[args[0]]
	if !known || len(args)-1 != verb.args {
		return errUsage
	}
	if err := c.openLedger(); err != nil {
		return err
	}
	return verb.do(c, args[1:])
}

type verb struct {
	args int
	do   func(*call, []string) error
}

// verbs is a function because a verb may carry out another.
func verbs() map[string]verb {
	return map[string]verb{
		"hello":    {0, (*call).hello},
		"holds":    {1, (*call).holds},
		"deliver":  {0, (*call).deliver},
		"start":    {0, (*call).start},
		"attach":   {2, (*call).attach},
		"ask":      {1, (*call).ask},
		"stop":     {1, (*call).stop},
		"run":      {1, (*call).run},
		"artifact": {2, (*call).artifact},
		"errand":   {0, (*call).errand},
		"report":   {1, (*call).report},
		"reply":    {1, (*call).reply},
		"stream":   {0, (*call).stream},
	}
}

func (c *call) openLedger() (err error) {
	if c.root == "" {
		home, err := c.home()
		if err != nil {
			return err
		}
		c.root = filepath.Join(home, ".slipway")
	}
	if c.root, err = filepath.Abs(c.root); err != nil {
		return err
	}
	c.ledger, err = ledger.Open(c.root)
	return err
}

func (c *call) home() (string, error) {
	for _, name := range homeNames {
		if home, ok := c.env(name); ok && home != "" {
			return home, nil
		}
	}
	return "", errors.New("neither HOME nor USERPROFILE is set, so there is no place for the ledger and for applications: give the user of this host a home folder, or call with --root DIR")
}

// applications is the folder packages are installed below.
func (c *call) applications() (string, error) {
	if dir, ok := c.env("SLIPWAY_APPLICATIONS"); ok && dir != "" {
		return filepath.Abs(dir)
	}
	return install.Root(func(name string) string {
		name, _ = strings.CutPrefix(name, "env:")
		value, _ := c.env(name)
		return value
	})
}

// answer prints one JSON object.
func (c *call) answer(v any) error { return json.NewEncoder(c.stdout).Encode(v) }
