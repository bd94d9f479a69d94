package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/runner/graph"
	"slipway/runner/links"
	"slipway/runner/requests"
	"slipway/web/pages"
)

// answerPage is where the links of a sign-off mail lead. It shows and changes
// nothing, however often it is opened: mail scanners follow links.
func (s *site) answerPage(w http.ResponseWriter, r *http.Request) {
	q, err := s.Requests.Question(r.Context(), r.PathValue("token"))
	switch {
	case pipelines.CodeOf(err) == pipelines.NotFound:
		s.noSuchQuestion(w, r)
	case err != nil:
		s.fail(w, r, err)
	case q.Closed != nil:
		s.answerResult(w, r, q, http.StatusOK)
	case q.NotTheirs != nil:
		s.notTheirs(w, r, q, http.StatusOK)
	default:
		s.show(w, r, http.StatusOK, pages.AnswerPage(s.answerForm(r, q)))
	}
}

func (s *site) answerForm(r *http.Request, q requests.Question) pages.Answer {
	d := q.Deployment
	about, err := s.Views.About(r.Context(), d)
	if err != nil { // the question can be answered without
		s.Log.Error("what is decided", "deployment", d.ID, "error", err)
	}
	about.Changes.Ran = q.Ran
	b := briefOf(d, about)
	v := pages.Answer{
		Frame: s.bareFrame(d.Project+" "+d.Release+" to "+d.Environment, "It waits for your decision."),
		Token: r.PathValue("token"), Step: q.Step.Name, Instructions: s.instructionsNow(r.Context(), q.Loaded, q.StepIndex), Person: q.User.Called(), Wants: wants(r),
		Version: d.Release, Environment: d.Environment, Brief: &b, Over: r.PostFormValue("over") != "",
	}
	if q.Taken != nil && q.Taken.UserID != q.User.ID {
		v.Taken = s.taken(*q.Taken, q.User.ID)
	}
	v.Facts = questionFacts(q)
	if d.Older {
		v.Notes = append(v.Notes, d.Release+" is older than "+d.Replaces+", which it replaces.")
	}
	return v
}

// questionFacts are those of the mail, and the hashes.
func questionFacts(q requests.Question) []pages.Fact {
	d := q.Deployment
	all := []pages.Fact{
		{Label: "Project", Text: d.Project}, {Label: "Release", Text: d.Release, Code: true}, {Label: "Environment", Text: d.Environment},
		{Label: "Where", Text: q.Hosts},
		{Label: "Started by", Text: d.CreatedBy, Exact: d.Created.UTC().Format(exactly)},
		{Label: "Comment", Text: d.Comment},
		{Label: "Approvals", Text: q.Approvals},
		{Label: "Answer until", Text: q.Until.UTC().Format("Mon 2 Jan 2006, 15:04"), Exact: q.Until.UTC().Format(exactly)},
		{Label: "No answer", Text: q.Silence},
	}
	if q.Address != "" {
		all = append(all, application(q.Address))
	}
	for _, p := range d.Packages {
		all = append(all, pages.Fact{Label: "SHA-256 of " + p.Package, Text: p.SHA256, Code: true})
	}
	all = append(all, pages.Fact{Label: "Plan", Text: d.Plan, Code: true})
	return slices.DeleteFunc(all, func(f pages.Fact) bool { return f.Text == "" })
}

// wants is which of the two links was followed: it only says which button
// stands first.
func wants(r *http.Request) string {
	q := r.URL.Query()
	for _, name := range []string{"decision", "wants"} {
		if v := q.Get(name); v == "reject" || v == "approve" {
			return v
		}
	}
	return "approve"
}

// answerByLink decides, with the code of the mail.
func (s *site) answerByLink(w http.ResponseWriter, r *http.Request) {
	token := r.PathValue("token")
	in := requests.AnswerRequest{Note: strings.TrimSpace(r.PostFormValue("note")), TakeOver: r.PostFormValue("over") != "", From: s.SignIn.Address(r)}
	var err error
	if in.Proceed, err = proceeds(r); err == nil {
		_, err = s.Requests.AnswerByLink(r.Context(), token, r.PostFormValue("code"), in)
	}
	if err == nil {
		s.to(w, r, pages.AnswerPath(token, ""))
		return
	}
	switch pipelines.CodeOf(err) {
	case pipelines.NotFound:
		s.noSuchQuestion(w, r)
	case pipelines.Invalid, pipelines.Conflict, pipelines.Forbidden, pipelines.Unauthenticated:
		s.answerAgain(w, r, err)
	default:
		s.fail(w, r, err)
	}
}

// answerAgain shows the form as it was filled in, but for a wrong code; or, when
// the link has no tries left, what became of it.
func (s *site) answerAgain(w http.ResponseWriter, r *http.Request, why error) {
	if pipelines.CodeOf(why) == pipelines.Forbidden {
		s.noteRefusal(r, why)
	}
	q, err := s.Requests.Question(r.Context(), r.PathValue("token"))
	switch {
	case err != nil:
		s.fail(w, r, err)
		return
	case q.Closed != nil:
		s.answerResult(w, r, q, http.StatusConflict)
		return
	case q.NotTheirs != nil:
		s.notTheirs(w, r, q, http.StatusForbidden)
		return
	}
	v := s.answerForm(r, q)
	if pipelines.CodeOf(why) != pipelines.Forbidden { // a code that was not wrong need not be typed again
		v.Code = r.PostFormValue("code")
	}
	v.Note, v.Wants = r.PostFormValue("note"), "approve"
	if r.PostFormValue("answer") == "reject" {
		v.Wants = "reject"
	}
	v.Problems = problemsOf(why, nil)
	if pipelines.CodeOf(why) == pipelines.Forbidden {
		v.Problems[0].Field = "code"
	}
	if q.Link.Wrong > 0 {
		left := links.MaxWrong - q.Link.Wrong
		v.TriesLeft = fmt.Sprintf("%d %s left", left, verb(left, "try", "tries"))
	}
	s.show(w, r, formStatus(why), pages.AnswerPage(v))
}

// notTheirs says why whoever was asked may not answer any more.
func (s *site) notTheirs(w http.ResponseWriter, r *http.Request, q requests.Question, status int) {
	d, outcome := q.Deployment, pages.NotTheirs
	switch {
	case pipelines.CodeOf(q.NotTheirs) == pipelines.Unauthenticated:
		outcome = pages.NoAccount
	case q.Began:
		outcome = pages.OnlyOthers
	}
	s.show(w, r, status, pages.AnswerResultPage(pages.AnswerResult{
		Frame: s.bareFrame("", ""), Outcome: outcome, Detail: toYou(q.User.Username, q.NotTheirs),
		What: fmt.Sprintf("%s %s to %s, step %s", d.Project, d.Release, d.Environment, q.Step.Name),
	}))
}

// answerResult says what became of a question that is closed.
func (s *site) answerResult(w http.ResponseWriter, r *http.Request, q requests.Question, status int) {
	answer, at, own, err := s.Views.AnsweredByLink(r.Context(), r.PathValue("token"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	d := q.Deployment
	v := pages.AnswerResult{
		Frame: s.bareFrame("", ""),
		What:  fmt.Sprintf("%s %s to %s, step %s", d.Project, d.Release, d.Environment, q.Step.Name),
	}
	if s.maySee(r, d) {
		v.DeploymentID = d.ID
	}
	switch {
	case answer != nil && own && q.Link.UsedAt != nil && r.Method == http.MethodGet:
		v.Outcome = pages.Rejected
		if answer.Proceed {
			v.Outcome, v.Detail = pages.Approved, "The deployment "+standsWord(d.Status)+"."
		}
	case answer != nil:
		v.Outcome, v.Detail = pages.AlreadyUsed, answeredBy(answer, at)
	case d.Status.Ended() || d.Status == pipelines.Cancelling:
		v.Outcome = pages.CalledOff
		if d.Status != pipelines.Cancelled && d.Status != pipelines.Cancelling {
			v.Outcome, v.Detail = pages.AlreadyUsed, toSentence("the deployment "+endedWord(d.Status))
		}
	case q.Replaced:
		v.Outcome = pages.Replaced
	case q.Missing > 0 && q.HasApproved:
		v.Outcome, v.Detail = pages.Approved, toSentence(grouped(q.Missing)+" more must approve before the deployment goes on")
	case q.Link.Dead:
		v.Outcome = pages.Dead
	default:
		v.Outcome, v.Detail = pages.Expired, "It was over on "+q.Link.Expires.UTC().Format(exactly)+"."
	}
	s.show(w, r, status, pages.AnswerResultPage(v))
}

// standsWord says how a deployment stands now.
func standsWord(s pipelines.Status) string {
	switch {
	case s == pipelines.Cancelled:
		return "was cancelled"
	case s.Ended():
		return endedWord(s)
	case s == pipelines.Cancelling:
		return "is being cancelled"
	case s == pipelines.Waiting:
		return "waits for a person"
	}
	return "goes on"
}

// endedWord says how a deployment came to its end.
func endedWord(s pipelines.Status) string {
	switch s {
	case pipelines.Succeeded, pipelines.Failed:
		return "has " + string(s)
	case pipelines.Skipped:
		return "was left out"
	}
	return "ended nobody knows how"
}

// answeredBy is who decided, and when where that is known: of several approvals the
// last one ends the step.
func answeredBy(a *graph.Answered, at time.Time) string {
	said := a.Called + " " + answerWord(a.Proceed) + " it"
	if !at.IsZero() {
		said += " on " + at.UTC().Format(exactly)
	}
	return toSentence(said)
}

// maySee says whether somebody who is signed in may open the deployment.
func (s *site) maySee(r *http.Request, d pipelines.Deployment) bool {
	return s.SignIn.Principal(r).Allows(pipelines.DeploymentView, pipelines.Where{Project: d.Project, Environment: d.Environment})
}

func (s *site) noSuchQuestion(w http.ResponseWriter, r *http.Request) {
	s.show(w, r, http.StatusNotFound, pages.AnswerResultPage(pages.AnswerResult{Frame: s.bareFrame("", ""), Outcome: pages.NoSuchQuestion}))
}
