package executor

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
	"slices"
	"strings"
	"sync"
	"time"

	"slipway/runner/executor/signed"
)

// reply carries out a call that stdin describes and posts what it prints. The
// description is sealed to this host, or open where there is no secret in it; then
// the hash of all that was posted is printed, which whoever reads it elsewhere
// can compare. A call that lives long goes on detached.
func (c *call) reply(args []string) error {
	text, err := c.readCall(args[0])
	if err != nil {
		return &notBegunError{ExitRefused, err.Error()}
	}
	var what Call
	if err := json.Unmarshal(text, &what); err != nil || len(what.Args) == 0 {
		return &notBegunError{ExitRefused, "the call is not its JSON: the server is newer than this executor, or something else was sealed"}
	}
	if what.Args[0] != "attach" {
		sum, err := c.carryOut(what)
		if err == nil && args[0] == "open" {
			fmt.Fprintln(c.stdout, sum)
		}
		return err
	}
	cmd, err := c.detached("stream")
	if err != nil {
		return err
	}
	// Through a pipe: the address in it is a secret and need not touch the disk.
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if _, err := setOff(cmd, c.ledger.Path("stream.log")); err != nil {
		return err
	}
	_, err = in.Write(text)
	return errors.Join(err, in.Close())
}

func (c *call) readCall(how string) ([]byte, error) {
	if how == "sealed" {
		return c.unsealStdin("call")
	}
	text, err := io.ReadAll(io.LimitReader(c.stdin, 1<<20))
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(text)), ""))
}

// stream is the detached process of a call that lives long.
func (c *call) stream([]string) error {
	var what Call
	if err := json.NewDecoder(c.stdin).Decode(&what); err != nil {
		return err
	}
	_, err := c.carryOut(what)
	return err
}

// carryOut performs the call and returns the hash of all parts.
func (c *call) carryOut(what Call) (string, error) {
	if !slices.Contains([]string{"hello", "holds", "deliver", "start", "attach", "ask", "stop", "artifact"}, what.Args[0]) {
		return "", errUsage
	}
	ctx, cancel := context.WithTimeout(c.ctx, time.Duration(what.Lease))
	defer cancel()
	out := newParts(c.ctx, what)
	var words bytes.Buffer
	inner := *c
	inner.ctx, inner.stdout, inner.stderr = ctx, out, &words
	inner.stdin = bytes.NewReader(what.Stdin)
	if what.Rest != nil {
		rest := signed.Read(ctx, *what.Rest, 0)
		defer rest.Close()
		inner.stdin = io.MultiReader(inner.stdin, rest)
	}
	code := inner.exit(inner.perform(what.Args))
	return out.finish(code, words.String())
}

// parts is a stdout that is posted piece by piece.
type parts struct {
	ctx  context.Context
	call Call
	stop chan struct{}
	done sync.WaitGroup

	mu   sync.Mutex
	text []byte
	n    int
	sum  hash.Hash
	err  error
}

func newParts(ctx context.Context, what Call) *parts {
	p := &parts{ctx: ctx, call: what, stop: make(chan struct{}), sum: sha256.New()}
	p.done.Go(p.keepPosting)
	return p
}

func (p *parts) keepPosting() {
	tick := time.NewTicker(max(time.Duration(p.call.Every), 10*time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-tick.C:
			p.mu.Lock()
			if len(p.text) > 0 {
				p.post(Part{})
			}
			p.mu.Unlock()
		}
	}
}

// Write posts what is much at once, and fails once nothing gets through.
func (p *parts) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text = append(p.text, b...)
	for len(p.text) >= maxPart && p.err == nil {
		p.post(Part{})
	}
	return len(b), p.err
}

func (p *parts) finish(code int, words string) (string, error) {
	close(p.stop)
	p.done.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.text) > maxPart && p.err == nil {
		p.post(Part{})
	}
	p.post(Part{Last: true, Exit: code, Stderr: words})
	return hex.EncodeToString(p.sum.Sum(nil)), p.err
}

// post sends the next part; the caller has the lock.
func (p *parts) post(part Part) {
	if p.err != nil {
		return
	}
	n := min(len(p.text), maxPart)
	part.Out = p.text[:n]
	body, err := json.Marshal(part)
	for wait, try := 200*time.Millisecond, 0; err == nil && try < 6; try++ {
		if p.err = signed.Post(p.ctx, p.call.Parts, fmt.Sprintf("%06d", p.n+1), body); p.err == nil {
			break
		}
		time.Sleep(wait << try)
	}
	if err != nil {
		p.err = err
	}
	p.n++
	p.sum.Write(body)
	p.text = slices.Delete(p.text, 0, n)
}
