package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/runner/requests"
	"slipway/runner/requests/openings"
	"slipway/runner/views"
	"slipway/web/pages"
	"slipway/web/route"
)

// approvalRoutes are the decisions that wait, and what is done about them.
func (s *site) approvalRoutes() []route.Route {
	return []route.Route{
		{Pattern: "GET /approvals", Needs: pipelines.Own, Serve: s.approvalsPage},
		{Pattern: "POST /approvals/{approval}", Needs: pipelines.Own, Serve: s.answerHere},
		{Pattern: "POST /approvals/{approval}/take", Needs: pipelines.Own, Serve: s.takeHere},
	}
}

// countAsked is how many questions wait for the person that waiting was read
// for.
func countAsked(waiting []views.Deployment) int {
	n := 0
	for _, d := range waiting {
		n += d.Decisions()
	}
	return n
}

func (s *site) approvalsPage(w http.ResponseWriter, r *http.Request) {
	s.showApprovals(w, r, http.StatusOK, pages.SignOff{})
}

// ownDecisions bounds the history beside the inbox.
const ownDecisions = 20

// showApprovals shows the inbox; refused is the answer that was just given to one
// of its questions and not taken, with what is wrong with it.
func (s *site) showApprovals(w http.ResponseWriter, r *http.Request, status int, refused pages.SignOff) {
	p := s.SignIn.Principal(r)
	waiting, err := s.Views.Waiting(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := pages.Approvals{Frame: s.pageFrame(r, pages.InApprovals, "Approvals", ""), Problems: refused.Problems}
	for _, d := range waiting {
		for _, q := range d.Questions {
			if !d.MayAnswer[q] {
				continue
			}
			item := s.approvalItem(r, d, q)
			if item.SignOff.ID == refused.ID {
				item.SignOff.Note, item.SignOff.Problems, v.Problems = refused.Note, refused.Problems, nil
			}
			v.Items = append(v.Items, item)
		}
		for _, c := range d.Choices {
			if d.MayChoose {
				v.Items = append(v.Items, s.choiceItem(d, c))
			}
		}
	}
	v.Sentence = approvalsSentence(v.Items)
	own, err := s.Views.OwnDecisions(r.Context(), p, ownDecisions)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	for _, d := range own {
		v.Made = append(v.Made, s.decisionMade(p, d))
	}
	s.show(w, r, status, pages.ApprovalsPage(v))
}

func approvalsSentence(items []pages.ApprovalItem) string {
	if len(items) == 0 {
		return ""
	}
	others := 0
	for _, i := range items {
		if i.SignOff != nil && i.SignOff.Taken != nil && !i.SignOff.Taken.Mine {
			others++
		}
	}
	said := plural(len(items), "decision") + verb(len(items), " waits", " wait") + " for you"
	switch {
	case others == 0:
		return said + "."
	case others == len(items):
		return said + "; somebody else has taken " + verb(others, "it", "them") + " on."
	}
	return fmt.Sprintf("%s; somebody else has taken %d of them on.", said, others)
}

func (s *site) approvalItem(r *http.Request, d views.Deployment, at int) pages.ApprovalItem {
	out := s.item(d)
	out.Asked = s.moment(d.State.Head.Steps[at].Started)
	open := s.signOff(r, d, at)
	open.FromInbox = true
	out.SignOff = &open
	about, err := s.Views.About(r.Context(), d.Deployment)
	if err != nil { // the question can be answered without
		s.Log.Error("what is decided", "deployment", d.Deployment.ID, "error", err)
	}
	about.Changes.Ran = !d.State.Head.Touched.IsZero()
	b := briefOf(d.Deployment, about)
	out.Brief = &b
	return out
}

func (s *site) item(d views.Deployment) pages.ApprovalItem {
	return pages.ApprovalItem{
		DeploymentID: d.Deployment.ID, Project: d.Deployment.Project, Version: d.Deployment.Release, Environment: d.Deployment.Environment, Comment: d.Deployment.Comment,
		Who: by(d.Deployment.CreatedBy, d.Deployment.Via), AskedOnly: d.AskedOnly,
	}
}

// choiceItem is an attempt about which somebody must choose.
func (s *site) choiceItem(d views.Deployment, c openings.Choice) pages.ApprovalItem {
	out := s.item(d)
	out.Step, out.Asked = d.Plan.Steps[c.Step].Name, s.moment(d.State.Head.Steps[c.Step].Started)
	out.Text = "Nobody knows how it ended on " + c.Target.Name + ": choose what becomes of it."
	if c.Ask == pipelines.Failed {
		out.Text = "It failed on " + c.Target.Name + ": choose what becomes of it."
	}
	return out
}

func (s *site) decisionMade(p pipelines.Principal, d records.Decision) pages.DecisionMade {
	return pages.DecisionMade{
		AskedOnly:    !seesDeployments(p, d.Project, d.Environment),
		DeploymentID: d.Deployment, Project: d.Project, Version: d.Release, Environment: d.Environment,
		Step: d.Step, Approved: d.Proceed, Note: d.Note, Via: wayWords(d.Via), When: s.moment(d.At),
	}
}

// questionOf is the deployment and the step that an address of a question names.
func (s *site) questionOf(r *http.Request) (views.Deployment, int, error) {
	id, step, _ := strings.Cut(r.PathValue("approval"), ".")
	d, err := s.Views.Asked(r.Context(), s.SignIn.Principal(r), id)
	if err != nil {
		return d, 0, unseen(err)
	}
	at, err := strconv.Atoi(step)
	if err != nil || at < 0 || at >= len(d.Plan.Steps) {
		return d, 0, pipelines.Refuse(pipelines.NotFound, "there is no such question")
	}
	return d, at, nil
}

// roundSeen is the round that the form was made for, nil where it does not say.
func roundSeen(r *http.Request) *int {
	if round, err := strconv.Atoi(r.PostFormValue("round")); err == nil {
		return &round
	}
	return nil
}

// answerHere decides a sign-off for somebody who has signed in.
func (s *site) answerHere(w http.ResponseWriter, r *http.Request) {
	d, at, err := s.questionOf(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	in := requests.AnswerRequest{Deployment: d.Deployment.ID, Step: d.Plan.Steps[at].Name, Note: strings.TrimSpace(r.PostFormValue("note")), Round: roundSeen(r)}
	if in.Proceed, err = proceeds(r); err == nil {
		err = s.Requests.Answer(r.Context(), s.SignIn.Principal(r), in)
	}
	s.afterQuestion(w, r, d, at, in.Note, err)
}

// takeHere makes somebody the one who has a question, or lets them give it back.
func (s *site) takeHere(w http.ResponseWriter, r *http.Request) {
	d, at, err := s.questionOf(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	in := requests.AssignRequest{Deployment: d.Deployment.ID, Step: d.Plan.Steps[at].Name, Note: strings.TrimSpace(r.PostFormValue("note")), Round: roundSeen(r)}
	switch r.PostFormValue("do") {
	case "take":
	case "over":
		in.TakeOver = true
	case "back":
		in.Back = true
	default:
		err = pipelines.Refuse(pipelines.Invalid, "press Assign to me, Take it over or Give it back: the form came without any")
	}
	if err == nil {
		err = s.Requests.Assign(r.Context(), s.SignIn.Principal(r), in)
	}
	s.afterQuestion(w, r, d, at, in.Note, err)
}

// afterQuestion leads back to where the form stood, or shows there why nothing was
// done.
func (s *site) afterQuestion(w http.ResponseWriter, r *http.Request, d views.Deployment, at int, note string, err error) {
	id, inbox := d.Deployment.ID, r.PostFormValue("from") == "inbox" || d.AskedOnly
	refused := pages.SignOff{ID: questionID(id, at), Note: note, Problems: problemsOf(err, nil)}
	switch {
	case err == nil && inbox:
		s.to(w, r, pages.ApprovalsPath)
	case err == nil:
		s.to(w, r, pages.DeploymentPath(id))
	case forPerson(err) && inbox:
		s.showApprovals(w, r, formStatus(err), refused)
	case forPerson(err):
		s.showDeployment(w, r, formStatus(err), id, refused)
	default:
		s.fail(w, r, err)
	}
}

// proceeds is the button that was pressed. Nothing is decided by a form that
// was sent without one.
func proceeds(r *http.Request) (bool, error) {
	switch r.PostFormValue("answer") {
	case "approve":
		return true, nil
	case "reject":
		return false, nil
	}
	return false, pipelines.Refuse(pipelines.Invalid, "press Approve or Reject: the form came without either")
}
