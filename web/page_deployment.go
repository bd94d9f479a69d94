package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"slipway/pipelines"
	"slipway/runner/tasklog"
	"slipway/runner/views"
	"slipway/web/pages"
)

// livePage bounds the lines of one live answer; the next question gets on.
const livePage = 500

func (s *site) deploymentPage(w http.ResponseWriter, r *http.Request) {
	s.showDeployment(w, r, http.StatusOK, r.PathValue("deployment"), pages.SignOff{})
}

// showDeployment shows a deployment; refused is the answer that was just given
// to one of its questions and not taken, with what is wrong with it.
func (s *site) showDeployment(w http.ResponseWriter, r *http.Request, status int, id string, refused pages.SignOff) {
	d, err := s.Views.Deployment(r.Context(), s.SignIn.Principal(r), id)
	if err != nil {
		s.fail(w, r, unseen(err))
		return
	}
	d.Decided = s.decided(r, d)
	at, err := readStretch(r, d)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	mails, mailOf := s.mailNotes(r.Context(), d)
	v := pages.Deployment{ID: d.Deployment.ID, Facts: s.facts(r, d), Notes: slices.Concat(notes(d, mailOf), s.lostNotes(r.Context(), d), mails)}
	v.Parts = s.deploymentParts(r, d, at.of.Step)
	log, live, err := s.log(r, d, at)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v.Log = log
	if !d.State.Head.Status.Ended() {
		live.parts, live.asks = revision(v.Parts), asksRevision(v.Parts)
		v.LivePath = live.path(d)
	}
	v.Problems = refused.Problems
	for i := range v.Parts.SignOffs {
		if open := &v.Parts.SignOffs[i]; open.ID == refused.ID && open.MayAnswer {
			open.Note, open.Problems, v.Problems = refused.Note, refused.Problems, nil
		}
	}
	v.Frame = s.pageFrame(r, pages.InDashboard, d.Deployment.Release+" to "+d.Deployment.Environment, "",
		releaseCrumbs(d.Deployment.ProjectID, d.Deployment.Project, d.Deployment.Release)...)
	s.show(w, r, status, pages.DeploymentPage(v))
}

// deploymentLive answers an open page with what changed since it last asked.
// The state is read before the lines: once it says that the deployment has
// ended, the lines that follow are the last.
func (s *site) deploymentLive(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	d, err := s.Views.Deployment(ctx, s.SignIn.Principal(r), r.PathValue("deployment"))
	if err != nil {
		s.fail(w, r, unseen(err))
		return
	}
	d.Decided = s.decided(r, d)
	live := liveFrom(r, d)
	v := pages.DeploymentLive{Frame: s.bareFrame("", ""), ID: d.Deployment.ID, Asked: s.moment(s.Now())}
	parts := s.deploymentParts(r, d, live.of.Step)
	if now := revision(parts); now != live.parts {
		live.parts, v.Parts, v.Facts = now, &parts, s.facts(r, d)
		asks := asksRevision(parts)
		v.SameQuestions, live.asks = asks == live.asks, asks
	}
	var fresh []views.Line
	if live.lines {
		from := live
		if fresh, live.after, err = s.Views.LinesAfter(ctx, d, live.of, live.after, livePage); err != nil {
			s.fail(w, r, err)
			return
		}
		live.count += len(fresh)
		v.Lines = logLines(fresh, from.count, linePath(d, from.of, from.after, from.count), "")
		v.LogLinks = logLinks(d, live.of, live.count)
	}
	if !d.State.Head.Status.Ended() || len(fresh) == livePage {
		v.LivePath = live.path(d)
	}
	s.show(w, r, http.StatusOK, pages.DeploymentLivePart(v))
}

// live is what an open page knows already.
type live struct {
	of    views.Part // the log shows this only
	parts string
	asks  string // what it asks and warns of, of those parts
	lines bool   // the log's end is in view, so new lines belong on the page
	after tasklog.Cursor
	count int // lines before the cursor
}

func liveFrom(r *http.Request, d views.Deployment) live {
	return live{
		of: partAsked(r, d), parts: r.FormValue("rev"), asks: r.FormValue("asks"), lines: r.FormValue("lines") != "no",
		after: tasklog.Cursor(r.FormValue("after")), count: number(r.FormValue("n")),
	}
}

func asksRevision(p pages.DeploymentParts) string {
	return revision([]any{p.SignOffs, p.Choices, p.Retry, p.Unknown})
}

func (l live) path(d views.Deployment) string {
	q := partQuery(d, l.of)
	q.Set("rev", l.parts)
	q.Set("asks", l.asks)
	if l.lines {
		q.Set("after", string(l.after))
		q.Set("n", strconv.Itoa(l.count))
	} else {
		q.Set("lines", "no")
	}
	return pages.DeploymentLivePath(d.Deployment.ID) + "?" + q.Encode()
}

// number is a count in an address, 0 for what is none.
func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 1<<40 {
		return 0
	}
	return n
}

func (s *site) cancelDeployment(w http.ResponseWriter, r *http.Request) {
	ctx, p, id := r.Context(), s.SignIn.Principal(r), r.PathValue("deployment")
	d, err := s.Views.Deployment(ctx, p, id)
	if err != nil {
		s.fail(w, r, unseen(err))
		return
	}
	stop := s.Requests.Cancel
	if d.Held != "" {
		stop = s.Requests.Abandon
	}
	err = stop(ctx, p, id, strings.TrimSpace(r.PostFormValue("note")))
	if err != nil && pipelines.CodeOf(err) != pipelines.Conflict {
		s.fail(w, r, err)
		return
	}
	s.to(w, r, pages.DeploymentPath(id)) // what has ended already is shown as it ended
}
