package executor

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/ledger"
)

// Started is the answer to `start`: one of the two is set.
type Started struct {
	Started string `json:"started,omitempty"` // the attempt, new or already known
	Busy    string `json:"busy,omitempty"`    // the attempt that holds the target
}

// start accepts an order and sees to it that its process runs.
func (c *call) start([]string) error {
	var o task.Order
	if err := json.NewDecoder(c.stdin).Decode(&o); err != nil {
		return fmt.Errorf("the order cannot be read: %w", err)
	}
	if err := errors.Join(ledger.CheckName("attempt", o.ID), ledger.CheckName("target", o.Target)); err != nil {
		return err
	}
	if err := c.ledger.Clean(c.now()); err != nil {
		return err
	}
	busy, err := c.ensure(o)
	if err != nil {
		return err
	}
	if busy != "" {
		return c.answer(Started{Busy: busy})
	}
	return c.answer(Started{Started: o.ID})
}

// patience is how long a new process may take to record that it has begun.
const patience = 10 * time.Second

// ensure makes the order durable and spawns its process, unless that has
// happened. It holds the target's lock from before the order is accepted until
// the process has inherited it: so of several calls at once one spawns, and
// one that is killed in between leaves a free lock and an order that the next
// call spawns.
func (c *call) ensure(o task.Order) (busy string, err error) {
	a, err := c.ledger.Attempt(o.ID)
	if err != nil {
		return "", err
	}
	for deadline, spawned := c.now().Add(patience), 0; ; time.Sleep(5 * time.Millisecond) {
		report, err := a.Report(c.now())
		if err != nil {
			return "", err
		}
		if report.Phase == task.Running || report.Phase == task.Ended {
			return "", nil
		}
		if o.Format > task.Format {
			return "", fmt.Errorf("order %s has format %d and this executor understands %d: `slipway target check` brings the executor that belongs to the server", o.ID, o.Format, task.Format)
		}
		lock, holder, err := c.ledger.Hold(o.Target, o.ID)
		if err != nil {
			return "", err
		}
		switch {
		case lock != nil && spawned == 3:
			lock.Close()
			return "", fmt.Errorf("attempt %s cannot be run: its process ends before it begins: %s", o.ID, lastWords(a))
		case lock != nil:
			spawned++
			if err := c.acceptAndSpawn(o, a, lock); err != nil {
				return "", err
			}
		case holder != o.ID && (!c.hasEnded(holder) || c.now().After(deadline)):
			return holder, nil
		case c.now().After(deadline):
			return "", nil // durable, and somebody holds the lock for it
		}
	}
}

// hasEnded says whether a holder of the lock is only about to let go of it: its
// end is on the disk before its process is gone.
func (c *call) hasEnded(id string) bool {
	a, err := c.ledger.Attempt(id)
	if err != nil {
		return false
	}
	report, err := a.Report(c.now())
	return err == nil && report.Phase == task.Ended
}

// acceptAndSpawn has the lock. Somebody else may have run the attempt to its
// end since we looked, so only an attempt that still waits is spawned.
func (c *call) acceptAndSpawn(o task.Order, a ledger.Attempt, lock *ledger.Lock) error {
	defer lock.Close()
	if _, err := c.ledger.Accept(o); err != nil {
		return err
	}
	report, err := a.Report(c.now())
	if err != nil || report.Phase != task.Waiting {
		return err
	}
	return c.spawn(a, lock)
}

// lockHandedDown tells the spawned process that its file 3 is the lock.
const lockHandedDown = "SLIPWAY_LOCK=3"

// spawn starts `run`, which takes over the lock.
func (c *call) spawn(a ledger.Attempt, lock *ledger.Lock) error {
	cmd, err := c.detached("run", a.ID)
	if err != nil {
		return err
	}
	cmd.Env = append(cmd.Env, lockHandedDown)
	handDown(cmd, lock.File())
	return setOff(cmd, a.Path("run.log"))
}

// detached is a call of our own that will live on as a process of its own.
func (c *call) detached(args ...string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, append(append(c.ownWords(), "--root", c.root), args...)...)
	cmd.Dir, cmd.Env = c.root, os.Environ()
	detach(cmd)
	return cmd, nil
}

// setOff starts it; what it says goes to a file of its own.
func setOff(cmd *exec.Cmd, log string) error {
	f, err := os.OpenFile(log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	cmd.Stdout, cmd.Stderr = f, f
	if err := cmd.Start(); err != nil {
		return err
	}
	go cmd.Wait()
	return nil
}

// ownWords are the words of our command line in front of the executor's own:
// none in the small program, the hidden verb in the server's binary.
func (c *call) ownWords() []string {
	return slices.Clone(os.Args[1:max(1, len(os.Args)-len(c.args))])
}

func lastWords(a ledger.Attempt) string {
	b, _ := os.ReadFile(a.Path("run.log"))
	if text := strings.TrimSpace(string(b)); text != "" {
		return text
	}
	return "it said nothing"
}
