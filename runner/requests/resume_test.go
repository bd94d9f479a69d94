package requests_test

import (
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/runner/requests"
)

func TestResume(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	k.project(pipelines.Project{Name: "Chain", Steps: []pipelines.Step{runs("Before", "echo"), asks("Look"), runs("After", "echo")}})
	r := k.release("Chain")
	d := k.deploy("Chain", r.Number, "Dev")
	resume := func(p pipelines.Principal) error { return k.Resume(t.Context(), p, d.ID, "now it should") }
	answer := func(proceed bool) {
		t.Helper()
		must(t, k.Answer(t.Context(), k.admin, requests.AnswerRequest{Deployment: d.ID, Proceed: proceed}))
	}
	k.until(d.ID, pipelines.Waiting)
	refused(t, "while it goes on", resume(k.admin), pipelines.Conflict, d.ID+" has not ended: it is waiting")
	answer(false)
	k.until(d.ID, pipelines.Failed)
	viewer := k.user("viewer", pipelines.RoleGrant{Role: "Project viewer"})
	refused(t, "by a viewer", resume(viewer), pipelines.Forbidden, "DeploymentCreate")
	refused(t, "of nothing", k.Resume(t.Context(), k.admin, "Deployments-9", ""), pipelines.NotFound, "Deployments-9")

	must(t, resume(k.admin))
	l := k.until(d.ID, pipelines.Waiting)
	head := l.State.Head
	if len(head.Resumed) != 1 || head.Resumed[0].Called != "Admin" || head.Resumed[0].Was != pipelines.Failed || head.Resumed[0].Note != "now it should" {
		t.Errorf("taken up as %+v", head.Resumed)
	}
	if x := l.State.Task(0); x.Status != pipelines.Succeeded || x.Attempt != 1 || head.Steps[1].Round != 1 || head.Steps[1].Answer != nil {
		t.Errorf("what had succeeded is %+v; the sign-off %+v", x, head.Steps[1])
	}
	answer(true)
	k.until(d.ID, pipelines.Succeeded)
	refused(t, "after success", resume(k.admin), pipelines.Conflict, "there is nothing to try again: `slipway deploy Chain 0.0.1 Dev`")
	if entry := k.audited("DeploymentResumed", d.ID); !strings.Contains(entry.Message, "retry Chain 0.0.1 to Dev, which was failed: now it should") {
		t.Errorf("the audit log says %q", entry.Message)
	}
}

func TestOnlyTheNewestIsResumed(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	k.project(pipelines.Project{Name: "My Chain", Steps: []pipelines.Step{runs("Break", "exit 1")}})
	r := k.release("My Chain")
	first := k.deploy("My Chain", r.Number, "Dev")
	k.until(first.ID, pipelines.Failed)
	second := k.deploy("My Chain", r.Number, "Dev")
	k.until(second.ID, pipelines.Failed)
	refused(t, "the older", k.Resume(t.Context(), k.admin, first.ID, ""), pipelines.Conflict, second.ID+" (0.0.1) was deployed to Dev after "+first.ID+": `slipway deploy \"My Chain\" 0.0.1 Dev` brings 0.0.1 back")
	must(t, k.Resume(t.Context(), k.admin, second.ID, ""))
	l := k.untilSo(second.ID, "it has ended again", func(l records.Loaded) bool {
		return len(l.State.Head.Resumed) == 1 && l.State.Head.Status == pipelines.Failed && l.State.Head.Closed
	})
	if x := l.State.Task(0); x.Attempt != 2 {
		t.Errorf("it was tried as attempt %d, want 2", x.Attempt)
	}
}

func TestWhatNeverCouldBeIsNotResumed(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.add(records.Environments, "Dev", func(id string) any { return pipelines.Environment{ID: id, Name: "Dev"} })
	k.project(pipelines.Project{Name: "Quotes", Triggers: []pipelines.Trigger{{Package: "Quotes"}}, Steps: []pipelines.Step{installs("Install", "Quotes")}})
	d := k.push("Quotes", "1.0.0", "one").Deployments[0]
	k.until(d.ID, pipelines.Failed)
	refused(t, "what its plan stopped", k.Resume(t.Context(), k.admin, d.ID, ""), pipelines.Conflict, "a plan never changes: put that right, then `slipway deploy Quotes 1.0.0 Dev`")
}
