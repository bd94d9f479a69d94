package requests_test

import (
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/runner/requests"
)

// signOff is a deployment that waits for one of the stakeholders.
type signOff struct {
	*kit
	id, token, code string
	stella, omar    pipelines.Principal
	team            string
}

func newSignOff(t *testing.T) signOff {
	k := newKit(t)
	k.places()
	s := signOff{kit: k, stella: k.user("stella"), omar: k.user("omar")}
	s.team = k.add(records.Teams, "Stakeholders", func(id string) any {
		return pipelines.Team{ID: id, Name: "Stakeholders", Members: []string{"stella", "omar"}}
	})
	s.stella, s.omar = k.signIn(s.stella.UserID), k.signIn(s.omar.UserID)
	k.project(pipelines.Project{Name: "Chain", Steps: []pipelines.Step{asks("Sign off", "Stakeholders"), runs("go on", "echo")}})
	s.id = k.deploy("Chain", k.release("Chain").Number, "Dev").ID
	k.until(s.id, pipelines.Waiting)
	for _, m := range k.mailed("Sign-off needed", 2) {
		if strings.Contains(strings.Join(m.To, " "), "stella@") {
			s.token, s.code = linkOf(t, m.Text)
		}
	}
	if s.token == "" || len(s.code) != 6 {
		t.Fatalf("no link for stella: %q %q", s.token, s.code)
	}
	return s
}

func (s signOff) answer(p pipelines.Principal, proceed bool, note string) error {
	return s.Answer(s.t.Context(), p, requests.AnswerRequest{Deployment: s.id, Step: "sign OFF", Proceed: proceed, Note: note})
}

func (s signOff) byLink(code string) error {
	_, err := s.AnswerByLink(s.t.Context(), s.token, code, requests.AnswerRequest{Proceed: true})
	return err
}

func (s signOff) waits() {
	s.t.Helper()
	if l, err := s.Records.Load(s.t.Context(), s.id); err != nil || l.State.Head.Status != pipelines.Waiting {
		s.t.Errorf("the deployment is %s (%v), want waiting", l.State.Head.Status, err)
	}
}

func TestOnlyMembersAnswer(t *testing.T) {
	t.Parallel()
	s := newSignOff(t)
	guest := s.user("guest", pipelines.RoleGrant{Role: "Deployment creator"})
	refused(t, "an admin who is no member", s.answer(s.admin, true, ""), pipelines.Forbidden, "it is for members of Stakeholders")
	refused(t, "somebody else", s.answer(guest, true, ""), pipelines.Forbidden, "guest cannot answer")
	refused(t, "nobody", s.answer(pipelines.Principal{}, true, ""), pipelines.Unauthenticated, "sign in")
	for _, step := range []string{"sign OFF", "go on", "zzz", ""} {
		err := s.Answer(t.Context(), s.user("stranger"+step), requests.AnswerRequest{Deployment: s.id, Step: step})
		refused(t, "somebody whom it does not concern, asking about step "+step, err, pipelines.NotFound, `there is no deployment "`+s.id+`"`)
	}
	refused(t, "a long note", s.answer(s.stella, true, strings.Repeat("x", 5000)), pipelines.Invalid, "a note has at most")
	refused(t, "another step", s.Answer(t.Context(), s.stella, requests.AnswerRequest{Deployment: s.id, Step: "go on"}), pipelines.Conflict, "does not wait for an answer")
	refused(t, "no step", s.Answer(t.Context(), s.stella, requests.AnswerRequest{Deployment: s.id, Step: "zzz"}), pipelines.NotFound, `has no step "zzz"`)
	s.waits()
	must(t, s.answer(s.omar, true, "fine"))
	l := s.until(s.id, pipelines.Succeeded)
	if a := l.State.Head.Steps[0].Answer; a == nil || a.UserID != s.omar.UserID || a.Note != "fine" || a.Via != "session" {
		t.Errorf("the answer is kept as %+v", a)
	}
	refused(t, "after the end", s.answer(s.stella, false, ""), pipelines.Conflict, "is decided: omar has approved it")
	refused(t, "by the link after another's answer", s.byLink(s.code), pipelines.Conflict, "this was answered already: omar approved it")
	log, err := s.Records.AuditLog(t.Context(), time.Time{}, 100)
	must(t, err)
	for _, e := range log {
		if e.Category == "InterruptionSubmitted" && e.Username == "omar" && strings.HasSuffix(e.Message, "approved Sign off of Chain 0.0.1 to Dev, asked for by Admin: fine") {
			return
		}
	}
	t.Errorf("the answer is not in the audit log: %+v", log)
}

func TestARejection(t *testing.T) {
	t.Parallel()
	s := newSignOff(t)
	must(t, s.answer(s.stella, false, "broken"))
	l := s.until(s.id, pipelines.Failed)
	if l.State.Head.Message != "step Sign off: rejected by stella: broken" || l.State.Head.Steps[1].Status != pipelines.Skipped {
		t.Errorf("it failed with %q, steps %+v", l.State.Head.Message, l.State.Head.Steps)
	}
}

// TestAMemberWhoWasRemovedIsNotAsked: what counts is the team when the answer
// is given.
func TestAMemberWhoWasRemovedIsNotAsked(t *testing.T) {
	t.Parallel()
	s := newSignOff(t)
	revision, err := s.Records.Revision(t.Context(), records.Teams, s.team)
	must(t, err)
	without := pipelines.Team{ID: s.team, Name: "Stakeholders", Members: []string{"omar"}}
	must(t, s.Records.Write(t.Context(), records.ReplaceNoun(records.Teams, s.team, without, revision)))
	refused(t, "by the link", s.byLink(s.code), pipelines.Forbidden, "stella cannot answer")
	refused(t, "signed in", s.answer(s.signIn(s.stella.UserID), true, ""), pipelines.NotFound, "there is no deployment")
	s.waits()
}

func TestADisabledUserDoesNotAnswer(t *testing.T) {
	t.Parallel()
	s := newSignOff(t)
	u, err := s.Records.User(t.Context(), s.stella.UserID)
	must(t, err)
	u.Noun.Disabled = true
	must(t, s.Records.Write(t.Context(), records.ReplaceNoun(records.Users, u.Noun.ID, u.Noun, u.Revision)))
	refused(t, "by the link", s.byLink(s.code), pipelines.Unauthenticated, "is disabled")
	s.waits()
}

func TestTheLinkWorksOnce(t *testing.T) {
	t.Parallel()
	s := newSignOff(t)
	errs := make(chan error, 4)
	for range cap(errs) {
		go func() { errs <- s.byLink(s.code) }()
	}
	worked := 0
	for range cap(errs) {
		if err := <-errs; err == nil {
			worked++
		} else if code := pipelines.CodeOf(err); code != pipelines.Conflict && code != pipelines.Unavailable && code != pipelines.Forbidden { // a late one finds the link used
			t.Errorf("a second click = %v (%q)", err, code)
		}
	}
	if worked != 1 {
		t.Errorf("%d of 4 clicks at once worked, want 1", worked)
	}
	l := s.until(s.id, pipelines.Succeeded)
	if a := l.State.Head.Steps[0].Answer; a.UserID != s.stella.UserID || a.Via != "mail link" {
		t.Errorf("the answer is kept as %+v", a)
	}
	refused(t, "the link a second time", s.byLink(s.code), pipelines.Conflict, "this was answered already: stella approved it")
}

// TestLookingDecidesNothing: mail scanners follow links.
func TestLookingDecidesNothing(t *testing.T) {
	t.Parallel()
	s := newSignOff(t)
	for range 10 {
		q, err := s.Question(t.Context(), s.token)
		if err != nil || q.Closed != nil || q.User.Username != "stella" || q.Step.Name != "Sign off" || q.Deployment.Status != pipelines.Waiting {
			t.Fatalf("Question = %+v, %v", q, err)
		}
		refused(t, "the empty form", s.byLink(""), pipelines.Forbidden, "six letters and digits")
	}
	s.waits()
	_, err := s.Question(t.Context(), "nonsense")
	refused(t, "a link of nobody", err, pipelines.NotFound, "not one of ours")
	_, err = s.AnswerByLink(t.Context(), "nonsense", s.code, requests.AnswerRequest{Proceed: true})
	refused(t, "an answer by a link of nobody", err, pipelines.NotFound, "not one of ours")
	must(t, s.byLink(s.code))
}

func TestFiveWrongCodesKillTheLink(t *testing.T) {
	t.Parallel()
	s := newSignOff(t)
	wrong := "000000"
	if s.code == wrong {
		wrong = "111111"
	}
	for left := 4; left >= 0; left-- {
		words := "more wrong codes and the link is dead"
		if left == 0 {
			words = "the link is dead now"
		}
		refused(t, "a wrong code", s.byLink(wrong), pipelines.Forbidden, words)
	}
	refused(t, "the right code at last", s.byLink(s.code), pipelines.Conflict, "this link is dead")
	q, err := s.Question(t.Context(), s.token)
	if err != nil || q.Closed == nil {
		t.Errorf("Question of a dead link = %v, %v", q.Closed, err)
	}
	s.waits()
	log, err := s.Records.AuditLog(t.Context(), time.Time{}, 100)
	must(t, err)
	counted := 0
	for _, e := range log {
		if e.Category == "WrongCode" && strings.HasPrefix(e.Message, "wrong code for the sign-off link of Sign off: Chain ") && strings.HasSuffix(e.Message, " to Dev") {
			counted++
		}
	}
	if counted != 5 {
		t.Errorf("the audit log has %d wrong codes, want 5 that say for what", counted)
	}
	must(t, s.answer(s.stella, true, ""))
}

func TestALinkExpires(t *testing.T) {
	t.Parallel()
	s := newSignOff(t)
	s.ahead.Store(int64(7*24*time.Hour + time.Second))
	refused(t, "after a week", s.byLink(s.code), pipelines.Conflict, "has expired")
	s.ahead.Store(0)
	must(t, s.byLink(s.code))
}

func TestNothingToAnswerAfterACancel(t *testing.T) {
	t.Parallel()
	s := newSignOff(t)
	must(t, s.Cancel(t.Context(), s.admin, s.id, ""))
	s.until(s.id, pipelines.Cancelled)
	refused(t, "by the link", s.byLink(s.code), pipelines.Conflict, "there is nothing to decide any more: the deployment is cancelled")
	refused(t, "signed in", s.answer(s.stella, true, ""), pipelines.Conflict, "has ended (cancelled)")
}

func TestTwoQuestionsAreToldApart(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	second := asks("Two")
	second.Start = pipelines.StartWithPrevious
	k.project(pipelines.Project{Name: "Chain", Steps: []pipelines.Step{asks("One"), second}})
	d := k.deploy("Chain", k.release("Chain").Number, "Dev")
	k.until(d.ID, pipelines.Waiting)
	answer := func(step string) error {
		return k.Answer(t.Context(), k.admin, requests.AnswerRequest{Deployment: d.ID, Step: step, Proceed: true})
	}
	refused(t, "which one?", answer(""), pipelines.Invalid, "waits for several answers: name the step")
	must(t, answer("two"))
	refused(t, "the same again", answer("two"), pipelines.Conflict, "is decided: Admin has approved it")
	must(t, answer(""))
	k.until(d.ID, pipelines.Succeeded)
}

// TestAnAnswerSaysWhose it is, by the user name where another name is shown.
func TestAnAnswerSaysWhose(t *testing.T) {
	t.Parallel()
	s := newSignOff(t)
	stella := s.stella
	stella.Called = "Rita Roe"
	must(t, s.answer(stella, false, "broken"))
	want := "Rita Roe (" + stella.Username + ")"
	if l := s.until(s.id, pipelines.Failed); l.State.Head.Message != "step Sign off: rejected by "+want+": broken" {
		t.Errorf("it failed with %q", l.State.Head.Message)
	}
	refused(t, "after the end", s.answer(s.omar, true, ""), pipelines.Conflict, want+" has rejected it")
}
