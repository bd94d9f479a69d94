package web

import (
	"fmt"
	"net/http"
	"strings"

	"slipway/pipelines"
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
	default:
		s.show(w, r, http.StatusOK, pages.AnswerPage(s.answerForm(r, q)))
	}
}

func (s *site) answerForm(r *http.Request, q requests.Question) pages.Answer {
	d := q.Deployment
	v := pages.Answer{
		Frame: s.bareFrame("Sign off "+d.Release+" to "+d.Environment+"?", d.Project+" "+d.Release+" is on its way to "+d.Environment+" and waits for your word."),
		Token: r.PathValue("token"), Step: q.Step.Name, Instructions: instructions(q.Step), Person: q.User.Called(), Wants: wants(r),
		Facts: []pages.Fact{
			{Label: "Project", Text: d.Project}, {Label: "Release", Text: d.Release, Code: true}, {Label: "Environment", Text: d.Environment},
			{Label: "Ordered", Text: by(d.CreatedBy, d.Via), Exact: d.Created.UTC().Format(exactly)},
			{Label: "Answer until", Text: q.Link.Expires.UTC().Format("Mon 2 Jan 2006, 15:04"), Exact: q.Link.Expires.UTC().Format(exactly)},
		},
	}
	if q.Address != "" {
		v.Facts = append(v.Facts, application(q.Address))
	}
	for _, p := range d.Packages {
		v.Facts = append(v.Facts, pages.Fact{Label: "Package", Text: p.Package + " " + p.Version, Code: true}, pages.Fact{Label: "SHA-256", Text: p.SHA256, Code: true})
	}
	if d.Replaces != "" {
		v.Facts = append(v.Facts, pages.Fact{Label: "Replaces", Text: d.Replaces, Code: true})
	}
	v.Facts = append(v.Facts, pages.Fact{Label: "Plan", Text: d.Plan, Code: true})
	if d.Older {
		v.Notes = append(v.Notes, d.Release+" is older than "+d.Replaces+", which it replaces.")
	}
	return v
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
	proceed, err := proceeds(r)
	if err == nil {
		_, err = s.Requests.AnswerByLink(r.Context(), token, r.PostFormValue("code"), proceed, strings.TrimSpace(r.PostFormValue("note")))
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

// answerAgain shows the form as it was filled in, but for the code; or, when
// the link has no tries left, what became of it.
func (s *site) answerAgain(w http.ResponseWriter, r *http.Request, why error) {
	q, err := s.Requests.Question(r.Context(), r.PathValue("token"))
	switch {
	case err != nil:
		s.fail(w, r, err)
		return
	case q.Closed != nil:
		s.answerResult(w, r, q, http.StatusConflict)
		return
	}
	v := s.answerForm(r, q)
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

// answerResult says what became of a question that is closed.
func (s *site) answerResult(w http.ResponseWriter, r *http.Request, q requests.Question, status int) {
	answer, own, err := s.Views.AnsweredByLink(r.Context(), r.PathValue("token"))
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
			v.Outcome = pages.Approved
		}
	case answer != nil:
		v.Outcome, v.Detail = pages.AlreadyUsed, toSentence(answer.Called+" "+answerWord(answer.Proceed)+" it")
	case d.Status.Ended() || d.Status == pipelines.Cancelling:
		v.Outcome = pages.CalledOff
		if d.Status != pipelines.Cancelled && d.Status != pipelines.Cancelling {
			v.Outcome, v.Detail = pages.AlreadyUsed, toSentence("the deployment is "+string(d.Status))
		}
	case q.Link.Dead:
		v.Outcome = pages.Dead
	default:
		v.Outcome, v.Detail = pages.Expired, "It was over on "+q.Link.Expires.UTC().Format(exactly)+"."
	}
	s.show(w, r, status, pages.AnswerResultPage(v))
}

// maySee says whether somebody who is signed in may open the deployment.
func (s *site) maySee(r *http.Request, d pipelines.Deployment) bool {
	return s.SignIn.Principal(r).Allows(pipelines.DeploymentView, pipelines.Where{Project: d.Project, Environment: d.Environment})
}

func (s *site) noSuchQuestion(w http.ResponseWriter, r *http.Request) {
	s.show(w, r, http.StatusNotFound, pages.AnswerResultPage(pages.AnswerResult{Frame: s.bareFrame("", ""), Outcome: pages.NoSuchQuestion}))
}
