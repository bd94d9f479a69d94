package cli

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"slipway/runner/replay"
)

// codeDiffers is the exit code of a replay that found differences.
const codeDiffers = 5

// replaying is what the flags of `slipway replay` ask for.
type replaying struct {
	until, at     string
	events        bool
	file, save    string
	why, whyValue string
	step, target  string
	limit         replay.Until
}

func (p *program) replay() *cobra.Command {
	c := verb("replay [DEPLOYMENT]", "Decide a deployment anew from its journal, and say why it came as it did", nil)
	c.Long = `Decide DEPLOYMENT anew from its journal, event by event, with the code of this
program, and say where that comes out otherwise than it was decided then. Nothing
is changed, and no host is touched.

Exit codes: 0 all is decided the same, 5 something would be decided otherwise,
1 the journal cannot be had or read.`
	c.Example = `  slipway replay Deployments-14
  slipway replay Deployments-14 --events
  slipway replay Deployments-14 --until 12
  slipway replay Deployments-14 --at 10m
  slipway replay Deployments-14 --why "Deploy web app" --target web-2
  slipway replay Deployments-14 --why-value "Nginx Port" --step "Deploy web app"
  slipway replay Deployments-14 --save journal.json; slipway replay --file journal.json`
	var q replaying
	f := c.Flags()
	f.StringVar(&q.until, "until", "", "stop after this revision, or event of it (12 or 12.2), and show how it stood")
	f.StringVar(&q.at, "at", "", "stop at this time, and show how it stood: 2026-03-01T12:30:00Z, '2026-03-01 12:30' in UTC, or 10m, which is ten minutes ago")
	f.BoolVar(&q.events, "events", false, "list each event with who made it and what followed")
	f.StringVar(&q.why, "why", "", "say why this step came to what it came to")
	f.StringVar(&q.whyValue, "why-value", "", "say which value this variable had in --step, and from where")
	f.StringVar(&q.step, "step", "", "the step of --why-value")
	f.StringVar(&q.target, "target", "", "the target that --why or --why-value is about")
	f.StringVar(&q.file, "file", "", "read the journal from this file, not from a server")
	f.StringVar(&q.save, "save", "", "write the journal into this file")
	c.RunE = func(c *cobra.Command, args []string) error { return p.replayAnswer(c, args, q) }
	return c
}

func (p *program) replayAnswer(c *cobra.Command, args []string, q replaying) error {
	if err := q.check(c, args, p.pastTime); err != nil {
		return err
	}
	j, err := p.journal(c.Context(), args, q)
	if err != nil {
		return err
	}
	if q.save != "" {
		if err := save(q.save, j); err != nil {
			return err
		}
	}
	switch {
	case q.why != "":
		answer, err := replay.Why(j, q.why, q.target)
		if err != nil {
			return err
		}
		return p.answer(answer, func() { p.sayWhy(answer) })
	case q.whyValue != "":
		value, err := replay.ValueOf(j, q.whyValue, q.step, q.target)
		if err != nil {
			return err
		}
		return p.answer(value, func() { p.sayValue(value) })
	}
	return p.replayReport(j, q)
}

// check says what does not go together, and reads what was written as text.
func (q *replaying) check(c *cobra.Command, args []string, when func(string) (time.Time, error)) error {
	switch {
	case len(args) == 0 && q.file == "":
		return misuse(c, "DEPLOYMENT is missing")
	case len(args) > 0 && q.file != "":
		return misuse(c, "a journal comes from a deployment or from --file, not from both")
	case q.until != "" && q.at != "":
		return misuse(c, "--until and --at both say where to stop")
	case q.why != "" && q.whyValue != "":
		return misuse(c, "--why and --why-value are two questions")
	case q.whyValue != "" && q.step == "":
		return misuse(c, "--step is missing: a value holds in a step")
	case q.step != "" && q.whyValue == "":
		return misuse(c, "--step belongs to --why-value")
	case q.target != "" && q.why == "" && q.whyValue == "":
		return misuse(c, "--target belongs to --why or --why-value")
	case q.why+q.whyValue != "" && (q.events || q.until != "" || q.at != ""):
		return misuse(c, "--why and --why-value look at all of the journal")
	}
	var err error
	if q.limit, err = until(q.until); err == nil && q.at != "" {
		q.limit.At, err = when(q.at)
	}
	if err != nil {
		return misuse(c, "%s", err)
	}
	return nil
}

// until reads `12` or `12.2`.
func until(revision string) (replay.Until, error) {
	var out replay.Until
	if revision == "" {
		return out, nil
	}
	first, second, several := strings.Cut(revision, ".")
	n, err := strconv.ParseInt(first, 10, 64)
	if err == nil && several {
		out.Event, err = strconv.Atoi(second)
	}
	if out.Revision = n; err != nil || n < 1 || several && out.Event < 1 {
		return out, fmt.Errorf("--until is a revision like 12, or an event of it like 12.2, got %q", revision)
	}
	return out, nil
}

// journal comes from the file or from the server, piece by piece.
func (p *program) journal(ctx context.Context, args []string, q replaying) (replay.Journal, error) {
	if q.file != "" {
		f, err := os.Open(q.file)
		if err != nil {
			return replay.Journal{}, err
		}
		defer f.Close()
		j, err := replay.Read(f)
		if err != nil {
			return j, fmt.Errorf("%s: %w", q.file, err)
		}
		return j, nil
	}
	var j replay.Journal
	s, err := p.server()
	if err != nil {
		return j, err
	}
	query := url.Values{"after": {"0"}}
	if q.whyValue != "" || q.save != "" {
		query.Set("outputs", "true")
	}
	for {
		var page replay.Page
		if err := s.get(ctx, at("deployments", args[0], "journal")+"?"+query.Encode(), &page); err != nil {
			return j, err
		}
		if err := j.Add(page); err != nil {
			return j, err
		}
		if page.Next == 0 {
			return j, nil
		}
		query.Set("after", fmt.Sprint(page.Next))
	}
}

// save writes a file that only its owner can read: outputs and notes stand in it.
func save(path string, j replay.Journal) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if err := replay.Write(f, j); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
