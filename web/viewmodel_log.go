package web

import (
	"net/http"
	"net/url"
	"strconv"

	"slipway/pipelines/task"
	"slipway/runner/tasklog"
	"slipway/runner/views"
	"slipway/web/pages"
)

// logPage is how many lines a page shows at once.
const logPage = 200

// stretch is the part of a log that an address asks for: the end unless it
// names a place before or after which to read, with the number of lines before
// that place.
type stretch struct {
	step          int
	before, after bool
	at            tasklog.Cursor
	count         int
}

func readStretch(r *http.Request, d views.Deployment) (stretch, error) {
	out := stretch{step: stepAsked(r, d), count: number(r.FormValue("n"))}
	q := r.URL.Query()
	switch {
	case q.Has("before"):
		out.before, out.at = true, tasklog.Cursor(q.Get("before"))
	case q.Has("after"):
		out.after, out.at = true, tasklog.Cursor(q.Get("after"))
	}
	return out, r.ParseForm()
}

// log is what is in view, and what its page knows for later.
func (s *site) log(r *http.Request, d views.Deployment, want stretch) (pages.Log, live, error) {
	seen, err := s.read(r, d, want)
	if err != nil {
		return pages.Log{}, live{}, err
	}
	v := pages.Log{Lines: logLines(seen.lines, seen.first, linePath(d, want.step, seen.earlier, seen.first))}
	if seen.first > 0 {
		v.Earlier = stretchPath(d, want.step, "before", seen.earlier, seen.first)
	}
	end := seen.first + len(seen.lines)
	if seen.more {
		v.Later = stretchPath(d, want.step, "after", seen.next, end)
	} else {
		v.Total = plural(end, "line")
	}
	if want.step != views.EveryStep {
		v.Filter = "step " + d.Plan.Steps[want.step].Name
		v.All = pages.DeploymentPath(d.Deployment.ID)
		v.Said = saidOf(d, want.step)
	}
	if len(seen.lines) == 0 {
		v.Empty = emptyLog(d)
	}
	return v, live{step: want.step, lines: !seen.more, after: seen.next, count: end}, nil
}

// saidOf is how a step ended and why, in full, "" while it has not or where there is
// nothing to say.
func saidOf(d views.Deployment, step int) string {
	now := d.State.Head.Steps[step]
	if !now.Status.Ended() || now.Message == "" {
		return ""
	}
	return stateOf(now.Status).Word() + ": " + toSentence(now.Message)
}

// sight is a stretch that was read: its lines, how many are before them, the
// places on either side, and whether there are more behind.
type sight struct {
	lines         []views.Line
	first         int
	earlier, next tasklog.Cursor
	more          bool
}

func (s *site) read(r *http.Request, d views.Deployment, want stretch) (sight, error) {
	ctx := r.Context()
	var out sight
	var err error
	switch {
	case want.before:
		out.next, out.more = want.at, true
		out.lines, out.earlier, err = s.Views.LinesBefore(ctx, d, want.step, want.at, logPage)
		out.first = max(0, want.count-len(out.lines))
	case want.after:
		out.earlier, out.first = want.at, want.count
		out.lines, out.next, err = s.Views.LinesAfter(ctx, d, want.step, want.at, logPage)
		if err == nil && len(out.lines) == logPage {
			var one []views.Line
			one, _, err = s.Views.LinesAfter(ctx, d, want.step, out.next, 1)
			out.more = len(one) > 0
		}
	default:
		out.lines, out.earlier, out.next, err = s.Views.LastLines(ctx, d, want.step, logPage)
		if err == nil && out.earlier != "" {
			var all int
			all, err = s.Views.CountLines(ctx, d, want.step)
			out.first = max(0, all-len(out.lines))
		}
	}
	return out, err
}

func emptyLog(d views.Deployment) string {
	if d.State.Head.Status.Ended() {
		return "Nothing was put out."
	}
	return "No line yet. Lines appear here as hosts print them."
}

// stretchPath is the page with another stretch of the log.
func stretchPath(d views.Deployment, step int, side string, at tasklog.Cursor, count int) string {
	q := url.Values{side: {string(at)}, "n": {strconv.Itoa(count)}}
	if step != views.EveryStep {
		q.Set("step", strconv.Itoa(step+1))
	}
	return pages.DeploymentPath(d.Deployment.ID) + "?" + q.Encode()
}

// longCursor: with many hosts a place is long, and each line would repeat it.
const longCursor = 400

// linePath is the page that shows the lines after a place, for the links of
// those very lines.
func linePath(d views.Deployment, step int, before tasklog.Cursor, count int) string {
	if len(before) > longCursor {
		return pages.DeploymentPath(d.Deployment.ID)
	}
	return stretchPath(d, step, "after", before, count)
}

func logLines(lines []views.Line, before int, path string) []pages.LogLine {
	out := make([]pages.LogLine, len(lines))
	for i, l := range lines {
		out[i] = pages.LogLine{
			Number: before + i + 1, Path: path, Time: l.At.UTC().Format("15:04:05"),
			Host: l.Target, Step: l.Name, Stream: streamOf(l.Stream), Text: l.Text,
		}
	}
	return out
}

func streamOf(s task.Stream) pages.Stream {
	switch s {
	case task.Stderr:
		return pages.Err
	case task.Note:
		return pages.Note
	case task.Warning:
		return pages.Warn
	}
	return pages.Out
}
