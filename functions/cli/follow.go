package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"slipway/pipelines"
	"slipway/pipelines/excerpt"
	"slipway/pipelines/task"
	"slipway/web/rest"
)

// longestWait is how long the server may wait for a line before it answers: not
// longer, since a sign-off that begins prints none.
const longestWait = "1s"

// following is one deployment as it is followed.
type following struct {
	*program
	server *client
	id     string
	cursor string
	gutter int             // the widest so far
	told   map[string]bool // of whom it waits for
}

// follow prints a deployment's log from the first line until it ends, and says
// whom it waits for. Its error is the outcome.
func (p *program) follow(ctx context.Context, s *client, id string) error {
	f := &following{program: p, server: s, id: id, told: map[string]bool{}}
	return f.toTheEnd(ctx)
}

func (f *following) toTheEnd(ctx context.Context) error {
	for {
		// The state is read before the lines: what ended before was printed.
		d, err := f.state(ctx)
		if err != nil {
			return f.stopped(ctx, err)
		}
		more, err := f.lines(ctx)
		if err != nil {
			return f.stopped(ctx, err)
		}
		if d.Ended && !more {
			return f.end(d)
		}
		if d.Status == rest.Held {
			return pipelines.Refuse(pipelines.Unavailable, "%s is held: %s", d.ID, d.Message)
		}
		f.waits(d)
		if more {
			continue
		}
		if err := pause(ctx, f.pause); err != nil {
			return f.stopped(ctx, err)
		}
	}
}

func (f *following) state(ctx context.Context) (rest.Deployment, error) {
	var d rest.Deployment
	return d, f.patiently(ctx, at("deployments", f.id), &d)
}

// lines prints what came since, and says whether there may be more at once.
func (f *following) lines(ctx context.Context) (bool, error) {
	var log rest.Log
	query := url.Values{"after": {f.cursor}, "wait": {longestWait}}
	if err := f.patiently(ctx, at("deployments", f.id, "log")+"?"+query.Encode(), &log); err != nil {
		return false, err
	}
	f.cursor = log.Next
	return len(log.Lines) > 0, f.print(log.Lines)
}

func (f *following) print(lines []rest.LogLine) error {
	for _, l := range lines {
		if f.json {
			if err := f.event(struct {
				Line rest.LogLine `json:"line"`
			}{l}); err != nil {
				return err
			}
			continue
		}
		f.gutter = max(f.gutter, utf8.RuneCountInString(gutter(l)))
	}
	if !f.json {
		f.printLines(lines, f.gutter)
	}
	return nil
}

// printLines prints lines with step and target before them, and a mark where
// it is stderr.
func (p *program) printLines(lines []rest.LogLine, width int) {
	for _, l := range lines {
		left := gutter(l)
		left += strings.Repeat(" ", max(0, width-utf8.RuneCountInString(left)))
		bar, ink := "│", ""
		switch l.Stream {
		case task.Stderr:
			bar, ink = "!", "31"
		case task.Warning:
			bar, ink = "!", "33"
		}
		p.say("%s %s %s", p.ink(cell{left, "2"}), p.ink(cell{bar, ink}), harmless(l.Text))
	}
}

// gutter says where a line comes from.
func gutter(l rest.LogLine) string {
	if l.Target == "" {
		return excerpt.Letters(l.Step, 40)
	}
	return excerpt.Letters(l.Step, 28) + " " + excerpt.Letters(l.Target, 20)
}

// harmless takes what could steer a terminal out of a host's output.
func harmless(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return -1
		}
		return r
	}, text)
}

// waits says, once each, what a deployment waits for, and what to type.
func (f *following) waits(d rest.Deployment) {
	switch {
	case f.starts(d) != nil:
		f.once(shaped(d.Status, "starts "+d.NotBefore.Local().Format("2006-01-02 15:04 MST")))
	case d.Status == pipelines.Queued && d.Holder != "":
		f.once(shaped(d.Status, "waits for its place, which "+d.Holder+" holds"))
	}
	for _, c := range d.Choices {
		f.once(undecided(c))
		f.once(plain("  " + commandFor(d, c) + "   or   " + d.Address))
		if c.Ask == pipelines.Unknown {
			f.once(plain("  " + lookFirst))
		}
	}
	for _, s := range d.Steps {
		if s.Status != pipelines.Waiting || !asksPeople(s) {
			continue
		}
		text := fmt.Sprintf("%s waits for %s: %s", s.Name, asked(s.Teams), oneLine(s.Instructions))
		if s.Needs > 1 {
			text += fmt.Sprintf(" (%s)", approvals(s))
		}
		f.once(shaped(s.Status, text))
		f.once(plain("  slipway approve " + d.ID + "   or   slipway reject " + d.ID + "   or   " + d.Address))
		if s.Expires != nil {
			f.once(plain("  " + onTimeout(s) + " " + s.Expires.Local().Format("2006-01-02 15:04 MST")))
		}
	}
}

func (f *following) once(c cell) {
	if f.json || f.told[c.text] {
		return
	}
	f.told[c.text] = true
	f.say("%s", f.ink(c))
}

// end prints the outcome, and it is the error.
func (f *following) end(d rest.Deployment) error {
	if f.json {
		if err := f.event(struct {
			Deployment rest.Deployment `json:"deployment"`
		}{d}); err != nil {
			return err
		}
		return outcome(d)
	}
	f.lastLine(d)
	return outcome(d)
}

// lastLine says how a deployment ended and where to look next.
func (p *program) lastLine(d rest.Deployment) {
	text := fmt.Sprintf("%s: %s %s to %s", p.stateWord(d), d.Project, d.Release, d.Environment)
	if d.Started != nil && d.Finished != nil {
		text += ", " + lasted(d.Finished.Sub(*d.Started))
	}
	if d.Message != "" {
		text += ": " + oneLine(d.Message)
	}
	for _, s := range d.Steps {
		if s.Status == pipelines.Succeeded && s.Message != "" {
			p.say("! %s: %s", s.Name, oneLine(s.Message))
		}
	}
	p.say("%s", p.ink(shaped(d.Status, text)))
	if d.Address != "" {
		p.say("  %s", d.Address)
	}
}

// event prints one line of JSON.
func (f *following) event(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f.stdout, "%s\n", b)
	return err
}

// stopped says that only the looking ended.
func (f *following) stopped(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return fmt.Errorf("%w: the deployment goes on; see it with `slipway logs %s --follow`", errInterrupted, f.id)
}

// patiently reads, and waits for a server that is away for a while: it may be
// starting again, and the deployment goes on meanwhile.
func (f *following) patiently(ctx context.Context, path string, out any) error {
	var since time.Time
	for {
		err := f.server.get(ctx, path, out)
		if err == nil || !passing(err) {
			return err
		}
		if since.IsZero() {
			since = f.now()
		}
		if f.now().Sub(since) > f.patience {
			return fmt.Errorf("%w; the deployment may go on: see it with `slipway logs %s --follow`", err, f.id)
		}
		if err := pause(ctx, f.pause); err != nil {
			return err
		}
	}
}

// passing says whether the same question may be answered in a moment.
func passing(err error) bool {
	if _, ok := errors.AsType[*unreachedError](err); ok {
		return true
	}
	return pipelines.CodeOf(err) == pipelines.Unavailable
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
