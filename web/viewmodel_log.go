package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/task"
	"slipway/runner/tasklog"
	"slipway/runner/views"
	"slipway/web/pages"
)

// logPage is how many lines a page shows at once.
const logPage = 200

// stretch is the part of a log that an address asks for: the end unless it
// names a place before or after which to read, with the number of lines before
// that place, or a text to find.
type stretch struct {
	of            views.Part
	before, after bool
	at            tasklog.Cursor
	count         int
	find          string
	hit           int // which of the lines found, from 1; 0 the last
}

func readStretch(r *http.Request, d views.Deployment) (stretch, error) {
	out := stretch{of: partAsked(r, d), count: number(r.FormValue("n")), find: strings.TrimSpace(r.FormValue("find")), hit: number(r.FormValue("hit"))}
	q := r.URL.Query()
	switch {
	case q.Has("before"):
		out.before, out.at = true, tasklog.Cursor(q.Get("before"))
	case q.Has("after"):
		out.after, out.at = true, tasklog.Cursor(q.Get("after"))
	}
	return out, r.ParseForm()
}

// partAsked is the step, and the host of it, that the page was narrowed to.
func partAsked(r *http.Request, d views.Deployment) views.Part {
	n, err := strconv.Atoi(r.FormValue("step"))
	if err != nil || n < 1 || n > len(d.Plan.Steps) {
		return views.Everything
	}
	out := views.OfStep(n - 1)
	for place, t := range d.Plan.Steps[out.Step].Targets {
		if t.Name == r.FormValue("host") {
			out.Target = place
		}
	}
	return out
}

// partQuery is how an address names a part.
func partQuery(d views.Deployment, of views.Part) url.Values {
	q := url.Values{}
	if of.Step == views.EveryStep {
		return q
	}
	q.Set("step", strconv.Itoa(of.Step+1))
	if of.Target != views.EveryTarget {
		q.Set("host", d.Plan.Steps[of.Step].Targets[of.Target].Name)
	}
	return q
}

// pathWith is the deployment's page with a query.
func pathWith(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// log is what is in view, and what its page knows for later.
func (s *site) log(r *http.Request, d views.Deployment, want stretch) (pages.Log, live, error) {
	v := pages.Log{Find: want.find, Path: pages.DeploymentPath(d.Deployment.ID)}
	if want.find != "" {
		if err := s.find(r, d, &want, &v); err != nil {
			return v, live{}, err
		}
	}
	seen, err := s.read(r, d, want)
	if err != nil {
		return v, live{}, err
	}
	v.Lines = logLines(seen.lines, seen.first, linePath(d, want.of, seen.earlier, seen.first), want.find)
	if seen.first > 0 {
		v.Earlier = stretchPath(d, want.of, "before", seen.earlier, seen.first)
	}
	end := seen.first + len(seen.lines)
	if seen.more {
		v.Later = stretchPath(d, want.of, "after", seen.next, end)
		v.Tail = pathWith(v.Path, partQuery(d, want.of))
	}
	if of := want.of; of.Step != views.EveryStep {
		v.Step, v.Filter = strconv.Itoa(of.Step+1), "step "+d.Plan.Steps[of.Step].Name
		v.All = v.Path
		v.Said = said(d, of)
		v.Hosts = s.logHosts(d, of)
		if of.Target != views.EveryTarget {
			v.Host = d.Plan.Steps[of.Step].Targets[of.Target].Name
			v.Filter += " on " + v.Host
		}
	}
	v.LogLinks = logLinks(d, want.of, end)
	if seen.more {
		v.Total = "" // nobody has counted so far
	}
	if len(seen.lines) == 0 {
		v.Empty = emptyLog(d)
	}
	return v, live{of: want.of, lines: !seen.more && want.find == "", after: seen.next, count: end}, nil
}

// logLinks lead to all of a log that has so many lines.
func logLinks(d views.Deployment, of views.Part, lines int) pages.LogLinks {
	v := pages.LogLinks{Total: plural(lines, "line")}
	if lines > 0 {
		v.Raw = pathWith(pages.DeploymentLogPath(d.Deployment.ID), partQuery(d, of))
	}
	return v
}

// logHosts are the hosts of a step, each with the page of its own lines.
func (s *site) logHosts(d views.Deployment, of views.Part) []pages.Link {
	targets := d.Plan.Steps[of.Step].Targets
	if len(targets) < 2 || len(targets) > 40 {
		return nil
	}
	out := make([]pages.Link, len(targets))
	for place, t := range targets {
		out[place] = pages.Link{Text: t.Name, Path: pathWith(pages.DeploymentPath(d.Deployment.ID), partQuery(d, views.Part{Step: of.Step, Target: place}))}
	}
	return out
}

// patience is how long a search may take: a page is waited for.
const patience = 6 * time.Second

// find puts the stretch around the line that was found, and says how many there
// are.
func (s *site) find(r *http.Request, d views.Deployment, want *stretch, v *pages.Log) error {
	ctx, stop := context.WithTimeout(r.Context(), patience)
	defer stop()
	found, err := s.Views.Find(ctx, d, want.of, want.find)
	if pipelines.CodeOf(err) == pipelines.Invalid {
		v.Hits, want.find = toSentence(err.Error()), ""
		return nil
	}
	if err != nil {
		return err
	}
	all := found.Lines
	v.Hits = hitsInWords(found)
	if len(all) == 0 {
		return nil
	}
	if want.hit < 1 || want.hit > len(all) {
		want.hit = len(all)
	}
	line := all[want.hit-1]
	v.Hit = line
	v.Hits = fmt.Sprintf("%s of %s", grouped(want.hit), v.Hits)
	at := func(hit int) string {
		q := partQuery(d, want.of)
		q.Set("find", want.find)
		q.Set("hit", strconv.Itoa(hit))
		return pathWith(v.Path, q) + fmt.Sprintf("#L%d", all[hit-1])
	}
	if want.hit > 1 {
		v.PreviousHit = at(want.hit - 1)
	}
	if want.hit < len(all) {
		v.NextHit = at(want.hit + 1)
	}
	want.after, want.before, want.count = true, false, max(0, line-1-logPage/2)
	want.at, err = s.Views.Nth(r.Context(), d, want.of, want.count)
	return err
}

func hitsInWords(found tasklog.Found) string {
	text := plural(len(found.Lines), "line")
	if len(found.Lines) == 0 {
		text = "no line"
	}
	if found.Searched < found.Total {
		text += fmt.Sprintf(" in the first %s of %s", grouped(found.Searched), grouped(found.Total))
	}
	return text
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
		out.lines, out.earlier, err = s.Views.LinesBefore(ctx, d, want.of, want.at, logPage)
		out.first = max(0, want.count-len(out.lines))
	case want.after:
		out.earlier, out.first = want.at, want.count
		out.lines, out.next, err = s.Views.LinesAfter(ctx, d, want.of, want.at, logPage)
		if err == nil && len(out.lines) == logPage {
			var one []views.Line
			one, _, err = s.Views.LinesAfter(ctx, d, want.of, out.next, 1)
			out.more = len(one) > 0
		}
	default:
		out.lines, out.earlier, out.next, err = s.Views.LastLines(ctx, d, want.of, logPage)
		if err == nil && out.earlier != "" {
			var all int
			all, err = s.Views.CountLines(ctx, d, want.of)
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
func stretchPath(d views.Deployment, of views.Part, side string, at tasklog.Cursor, count int) string {
	q := partQuery(d, of)
	q.Set(side, string(at))
	q.Set("n", strconv.Itoa(count))
	return pathWith(pages.DeploymentPath(d.Deployment.ID), q)
}

// longCursor: with many hosts a place is long, and each line would repeat it.
const longCursor = 400

// linePath is the page that shows the lines after a place, for the links of
// those very lines.
func linePath(d views.Deployment, of views.Part, before tasklog.Cursor, count int) string {
	if len(before) > longCursor {
		return pages.DeploymentPath(d.Deployment.ID)
	}
	return stretchPath(d, of, "after", before, count)
}

func logLines(lines []views.Line, before int, path, find string) []pages.LogLine {
	out := make([]pages.LogLine, len(lines))
	attempts := map[string]string{} // of each task, the one of its line before
	for i, l := range lines {
		out[i] = pages.LogLine{
			Number: before + i + 1, Path: path, Time: l.At.UTC().Format("15:04:05"),
			Host: l.Target, Step: l.Name, Stream: streamOf(l.Stream), Text: l.Text,
		}
		out[i].Again = i > 0 && lines[i-1].Name == l.Name
		out[i].Found = foundIn(l.Text, find)
		if last := attempts[l.Task]; last != "" && last != l.Of() {
			out[i].Anew, out[i].Again = anew(l), false
		}
		attempts[l.Task] = l.Of()
	}
	return out
}

// anew says that a step ran once more on a host, between the lines of both attempts.
func anew(l views.Line) string {
	text := l.Name + ", once more"
	if l.Target != "" {
		text += " on " + l.Target
	}
	return text
}

// foundIn cuts a line where what was looked for begins and ends: every other
// piece is it. nil where it is not there.
func foundIn(text, find string) []string {
	if find == "" {
		return nil
	}
	low, want := strings.ToLower(text), strings.ToLower(find)
	if len(low) != len(text) { // a letter whose small form has another length
		if !strings.Contains(low, want) {
			return nil
		}
		return []string{"", text, ""}
	}
	var out []string
	for {
		at := strings.Index(low, want)
		if at < 0 {
			break
		}
		out = append(out, text[:at], text[at:at+len(want)])
		text, low = text[at+len(want):], low[at+len(want):]
	}
	if out == nil {
		return nil
	}
	return append(out, text)
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
