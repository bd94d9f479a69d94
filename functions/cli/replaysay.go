package cli

import (
	"fmt"
	"strings"

	"slipway/pipelines"
	"slipway/runner/replay"
	"slipway/web/api"
	"slipway/web/rest"
)

// replayed is what `slipway replay --json` prints.
type replayed struct {
	Deployment  string              `json:"deployment"`
	Plan        string              `json:"plan"`
	Revision    int64               `json:"revision"` // the last one that was looked at
	Turns       int                 `json:"turns"`
	Events      int                 `json:"events"`
	Same        bool                `json:"same"`
	Differences []replay.Difference `json:"differences"`
	Worded      []replay.Difference `json:"worded"` // only said in other words
	List        []replay.Line       `json:"list,omitempty"`
	State       rest.Deployment     `json:"state"` // as it stood where the replay ended
}

// replayReport replays, says what came of it, and its error is the exit code.
func (p *program) replayReport(j replay.Journal, q replaying) error {
	lines, report, err := replay.Events(j, q.limit)
	if err != nil {
		return err
	}
	stopped := q.until != "" || q.at != ""
	out := replayed{
		Deployment: j.Plan.Deployment, Plan: j.Deployment.Plan, Revision: report.Revision, Turns: report.Turns, Events: report.Events, Same: report.Same(),
		Differences: orNone(report.Differences), Worded: orNone(report.Worded), State: stateOf(j, report),
	}
	if q.events {
		out.List = orNone(lines)
	}
	err = p.answer(out, func() {
		if q.events {
			p.sayEvents(lines)
			p.say("")
		}
		if stopped {
			p.sayState(report, out.State)
			p.say("")
		}
		p.sayReport(j, report)
	})
	if err == nil && !report.Same() {
		err = exit(codeDiffers)
	}
	return err
}

func orNone[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

// stateOf is the state where a replay ended, as `slipway status` knows it; its
// page is not named, since that shows today's.
func stateOf(j replay.Journal, r replay.Report) rest.Deployment {
	d := j.Deployment
	head := r.State.Head
	d.Status, d.Message, d.Started, d.Finished = head.Status, head.Message, nil, nil
	if !head.Started.IsZero() {
		d.Started = &head.Started
	}
	if !head.Ended.IsZero() {
		d.Finished = &head.Ended
	}
	return rest.Deployment{Deployment: d, Ended: head.Status.Ended(), Steps: api.Steps(j.Plan, r.State)}
}

const replayClock = "2006-01-02 15:04:05"

// sayEvents is one line for each event.
func (p *program) sayEvents(lines []replay.Line) {
	var rows [][]cell
	for _, l := range lines {
		what := l.What
		if l.Who != "" {
			what = l.Who + " " + what
		}
		text := oneLine(what)
		if len(l.Followed) > 0 {
			text += " → " + oneLine(strings.Join(l.Followed, "; "))
		}
		rows = append(rows, []cell{plain(l.Place()), {l.At.UTC().Format(replayClock), "2"}, plain(text)})
	}
	p.table(rows)
}

// sayState is the deployment as it stood, in the words of `slipway status`.
func (p *program) sayState(r replay.Report, d rest.Deployment) {
	if r.Revision == 0 {
		p.say("%s  %s %s to %s, before its first event", oneLine(d.ID), oneLine(d.Project), oneLine(d.Release), oneLine(d.Environment))
	} else {
		place := fmt.Sprint(r.Revision)
		if r.Event < r.Of {
			place += fmt.Sprintf(".%d", r.Event)
		}
		p.say("%s  %s %s to %s, after revision %s at %s", oneLine(d.ID), oneLine(d.Project), oneLine(d.Release), oneLine(d.Environment), place, r.At.UTC().Format(replayClock))
	}
	p.say("")
	p.steps(d)
	p.say("")
	p.lastLine(d)
}

// sayReport says where today's code decides otherwise.
func (p *program) sayReport(j replay.Journal, r replay.Report) {
	var last int64
	for _, d := range r.Differences {
		if d.Revision != last {
			p.say("%s", p.ink(cell{fmt.Sprintf("revision %d, %s: %s", d.Revision, d.At.UTC().Format(replayClock), oneLine(d.Event)), "33"}))
			last = d.Revision
		}
		p.say("  %s", oneLine(differs(d)))
	}
	if len(r.Differences) > 0 {
		p.say("")
	}
	if n := len(r.Worded); n > 0 {
		p.say("%s would be worded otherwise today, which is no difference: see --json", counted(n, "message"))
	}
	what := fmt.Sprintf("%s: %s in %s", oneLine(j.Plan.Deployment), counted(r.Events, "event"), counted(r.Turns, "turn"))
	if r.Same() {
		p.say("%s, all decided the same today", what)
		return
	}
	p.say("%s, %s would be decided otherwise today", what, counted(revisionsIn(r.Differences), "turn"))
}

// differs is a difference with states in the words of the pages.
func differs(d replay.Difference) string {
	if d.Field != "status" {
		return d.String()
	}
	return fmt.Sprintf("%s: it was %s, today it would be %s", d.Where(), word(pipelines.Status(d.Stored)), word(pipelines.Status(d.Now)))
}

func revisionsIn(all []replay.Difference) int {
	seen := map[int64]bool{}
	for _, d := range all {
		seen[d.Revision] = true
	}
	return len(seen)
}

// sayWhy answers `--why`.
func (p *program) sayWhy(a replay.Answer) {
	where := a.Step
	if a.Target != "" {
		where += " on " + a.Target
	}
	p.say("%s: %s", oneLine(where), p.ink(shaped(a.Status, word(a.Status))))
	p.say("  %s", oneLine(a.Because))
	p.say("")
	p.say("its rule: %s", oneLine(a.Rule))
	var rows [][]cell
	for _, f := range a.Facts {
		row := []cell{plain("  " + oneLine(f.Of)), plain(oneLine(f.Is))}
		if f.Revision > 0 {
			row = append(row, cell{fmt.Sprintf("revision %d, %s", f.Revision, f.At.UTC().Format(replayClock)), "2"})
		}
		rows = append(rows, row)
	}
	p.table(rows)
	if len(a.History) == 0 {
		return
	}
	p.say("")
	rows = nil
	for _, h := range a.History {
		rows = append(rows, []cell{plain(fmt.Sprint(h.Revision)), {h.At.UTC().Format(replayClock), "2"}, plain(oneLine(h.Text))})
	}
	p.table(rows)
}

// sayValue answers `--why-value`.
func (p *program) sayValue(v replay.Value) {
	p.say("%s = %s", oneLine(v.Name), valueShown(v))
	if v.Comes != "" && v.Comes != v.Value {
		p.say("  comes to %s", quotedText(v.Comes))
	}
	if v.Open != "" {
		p.say("  %s", oneLine(v.Open))
	}
	p.say("  %s", origin(v))
	for _, h := range v.Hidden {
		p.say("it goes before %s, %s", valueShown(h), origin(h))
	}
}

func valueShown(v replay.Value) string {
	if v.Elsewhere != "" {
		return oneLine(v.Elsewhere)
	}
	return shownValue(rest.VariableValue{Value: v.Value, Secret: v.Secret})
}

func origin(v replay.Value) string {
	if v.Revision == 0 {
		return oneLine(v.From)
	}
	return fmt.Sprintf("%s (revision %d, %s)", oneLine(v.From), v.Revision, v.At.UTC().Format(replayClock))
}
