package executor

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

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
	busy, err := c.host().Start(c.ctx, o)
	if err != nil {
		return err
	}
	if busy != "" {
		return c.answer(Started{Busy: busy})
	}
	return c.answer(Started{Started: o.ID})
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
	gone, err := setOff(cmd, a.Path("run.log"))
	if err != nil {
		return err
	}
	return c.afterHandDown(a, lock, gone)
}

// spawnReporter starts `report`.
func (c *call) spawnReporter(a ledger.Attempt) error {
	cmd, err := c.detached("report", a.ID)
	if err != nil {
		return err
	}
	_, err = setOff(cmd, a.Path("report.log"))
	return err
}

// report is the detached process that reports one attempt.
func (c *call) report(args []string) error {
	if err := c.sayInto(); err != nil {
		return err
	}
	return c.host().Report(c.ctx, args[0])
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

// setOff starts it; what it says goes to a file of its own. The channel is closed
// when it has ended, where that can be seen.
func setOff(cmd *exec.Cmd, log string) (gone <-chan struct{}, err error) {
	f, err := os.OpenFile(log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	cmd.Stdout, cmd.Stderr = f, f
	if err := startDetached(cmd, log); err != nil || cmd.Process == nil {
		return nil, err
	}
	ended := make(chan struct{})
	go func() {
		cmd.Wait()
		close(ended)
	}()
	return ended, nil
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
