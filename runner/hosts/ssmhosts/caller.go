package ssmhosts

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"slipway/pipelines/task"
	"slipway/runner/blobs"
	"slipway/runner/hosts"
	"slipway/runner/hosts/wire"
)

// caller runs the executor once: a command goes out, and the parts of its answer
// are read out of the store.
type caller struct {
	hosts  *Hosts
	target hosts.Target
}

// call and part are what the executor's verb `reply` gets and gives.
type call struct {
	Args  []string      `json:"args"`
	Stdin []byte        `json:"stdin,omitempty"`
	Rest  *task.Request `json:"rest,omitempty"`
	Parts task.Form     `json:"parts"`
	Every task.Duration `json:"every"`
	Lease task.Duration `json:"lease"`
}

type part struct {
	Out    []byte `json:"out"`
	Last   bool   `json:"last"`
	Exit   int    `json:"exit"`
	Stderr string `json:"stderr"`
}

// maxPart is what the form takes at once: more than the executor puts there.
const maxPart = 2 << 20

// Run keeps the promises of wire.Runner.
func (c *caller) Run(ctx context.Context, args []string, stdin io.Reader, stdout io.Writer) error {
	nonce, err := c.hosts.nonce()
	if err != nil {
		return err
	}
	a := &answer{hosts: c.hosts, target: c.target, args: args, prefix: "replies/" + nonce + "/", stdout: stdout, sum: sha256.New(), next: 1}
	defer a.clear(ctx)
	if a.lease = c.hosts.settings.CallTimeout; wire.Long(args) {
		a.lease = c.hosts.settings.Lease
	}
	what := call{Args: args, Every: task.Duration(c.hosts.settings.Poll), Lease: task.Duration(a.lease)}
	if what.Parts, err = c.hosts.settings.Store.SignForm(ctx, a.prefix, maxPart, a.lease+lasts); err != nil {
		return err
	}
	if stdin != nil {
		if err := c.attachStdin(ctx, &what, stdin, "errands/stdin-"+nonce); err != nil {
			return err
		}
		if what.Rest != nil {
			defer c.hosts.remove(ctx, "errands/stdin-"+nonce)
		}
	}
	if a.command, err = c.send(ctx, what, "errands/call-"+nonce, a.lease); err != nil {
		return err
	}
	return a.await(ctx)
}

// withCall is how much of stdin goes along with the call; the rest is fetched.
const withCall = 24 << 10

func (c *caller) attachStdin(ctx context.Context, what *call, stdin io.Reader, blob string) (err error) {
	if what.Stdin, err = io.ReadAll(io.LimitReader(stdin, withCall)); err != nil || len(what.Stdin) < withCall {
		return err
	}
	if _, err := c.hosts.settings.Store.Put(ctx, blob, stdin); err != nil {
		return err
	}
	get, err := c.hosts.settings.Store.SignGet(ctx, blob, lasts)
	what.Rest = &get
	return err
}

func (c *caller) send(ctx context.Context, what call, blob string, lease time.Duration) (string, error) {
	text, err := json.Marshal(what)
	if err != nil {
		return "", err
	}
	script, err := c.hosts.bootstrap(ctx, c.target)
	if err != nil {
		return "", err
	}
	if open(what.Args) {
		script.args, script.stdin = []string{"reply", "open"}, base64.StdEncoding.EncodeToString(text)
	} else {
		script.args = []string{"reply", "sealed"}
		if script.stdin, err = c.hosts.seal(c.target, text); err != nil {
			return "", err
		}
	}
	return c.hosts.send(ctx, c.target, message{
		script: script, comment: commentOn(what.Args[0]), blob: blob,
		deliver: max(30*time.Second, c.hosts.settings.CallTimeout), runs: max(atOnce, lease),
	})
}

// open says whether a call is made before the host's key is known. Then others
// may read the form in the account's history and answer for the host, so its
// answer counts only if AWS heard the host print its hash.
func open(args []string) bool { return args[0] == "hello" }

// answer is what comes back of one call.
type answer struct {
	hosts   *Hosts
	target  hosts.Target
	args    []string
	command string
	prefix  string
	lease   time.Duration
	stdout  io.Writer

	next int
	sum  hash.Hash
	last part
}

// await reads parts until the last one, or until it is plain that none will come.
func (a *answer) await(ctx context.Context) error {
	s := a.hosts.settings
	looked, since := s.Now(), s.Now()
	for done := false; ; {
		came, err := a.read(ctx)
		if err != nil {
			return err
		}
		if a.last.Last {
			return a.over(ctx)
		}
		if came {
			continue
		}
		if done {
			return fmt.Errorf("%s: its command went well, but no answer came: %w", nameOf(a.target), hosts.ErrUnreachable)
		}
		if now := s.Now(); now.Sub(looked) > min(2*time.Second, 20*s.Poll) {
			looked = now
			seen, err := a.hosts.look(ctx, a.command, a.target.Address)
			if err != nil {
				return err
			}
			if err := a.failed(seen); err != nil {
				return err
			}
			done = seen.status == types.CommandInvocationStatusSuccess && a.args[0] != "attach"
			if now.Sub(since) > a.lease+time.Minute || !wire.Long(a.args) && now.Sub(since) > a.lease {
				return fmt.Errorf("%s did not answer within %s: is its SSM agent alive? %w", nameOf(a.target), now.Sub(since).Round(time.Second), hosts.ErrUnreachable)
			}
			if done {
				continue // one more look: the part was put before the command ended
			}
		}
		if err := pause(ctx, s.Poll); err != nil {
			return err
		}
	}
}

// read takes the next part, if it is there.
func (a *answer) read(ctx context.Context) (bool, error) {
	r, _, err := a.hosts.settings.Store.Get(ctx, a.name(a.next))
	if errors.Is(err, blobs.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	body, err := io.ReadAll(io.LimitReader(r, maxPart+1))
	if err := errors.Join(err, r.Close()); err != nil {
		return false, err
	}
	a.next++
	a.sum.Write(body)
	a.last = part{}
	if err := json.Unmarshal(body, &a.last); err != nil {
		return false, fmt.Errorf("%s: part %d of its answer is not the executor's: %w", nameOf(a.target), a.next-1, err)
	}
	_, err = io.Copy(a.stdout, bytes.NewReader(a.last.Out))
	return true, err
}

func (a *answer) name(n int) string { return fmt.Sprintf("%s%06d", a.prefix, n) }

// over turns the last part into how the call ended.
func (a *answer) over(ctx context.Context) error {
	if open(a.args) {
		if err := a.compare(ctx); err != nil {
			return err
		}
	}
	switch {
	case a.last.Exit == 0:
		return nil
	case a.args[0] == "attach" && strings.Contains(a.last.Stderr, context.DeadlineExceeded.Error()):
		return fmt.Errorf("%s reported for %s and is to be asked again: %w", nameOf(a.target), a.lease, hosts.ErrUnreachable)
	}
	return &wire.ExitError{Code: a.last.Exit, Stderr: a.last.Stderr}
}

// compare waits for what the host printed, which only AWS's agent can have told.
func (a *answer) compare(ctx context.Context) error {
	for {
		seen, err := a.hosts.look(ctx, a.command, a.target.Address)
		if err != nil {
			return err
		}
		if err := a.failed(seen); err != nil {
			return err
		}
		if seen.status == types.CommandInvocationStatusSuccess {
			if want := hex.EncodeToString(a.sum.Sum(nil)); strings.TrimSpace(seen.stdout) != want {
				return fmt.Errorf("%s: the answer in the bucket is not what the host printed: somebody else may have put it there. Nothing was pinned; check the target again, and who may read the commands of this account", nameOf(a.target))
			}
			return nil
		}
		if err := pause(ctx, a.hosts.settings.Poll); err != nil {
			return err
		}
	}
}

// failed is what the end of a command means that brought no answer.
func (a *answer) failed(seen invocation) error {
	switch seen.status {
	case types.CommandInvocationStatusFailed, types.CommandInvocationStatusCancelled, types.CommandInvocationStatusTimedOut:
	default:
		return nil
	}
	if seen.exit > 0 && seen.details == "Failed" {
		return &wire.ExitError{Code: seen.exit, Stderr: seen.words()}
	}
	return fmt.Errorf("%s: the command was not carried out (%s): %w", nameOf(a.target), seen.details, hosts.ErrUnreachable)
}

// clear removes the parts that were read; the bucket's rules remove what is left.
func (a *answer) clear(ctx context.Context) {
	for n := 1; n < a.next; n++ {
		a.hosts.remove(ctx, a.name(n))
	}
}

func (h *Hosts) remove(ctx context.Context, name string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	_ = h.settings.Store.Delete(ctx, name)
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
