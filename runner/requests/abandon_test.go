package requests_test

import (
	"fmt"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/runner/table"
)

// damage makes the newest turn of a deployment unreadable.
func (k *kit) damage(l records.Loaded) {
	k.t.Helper()
	turn := table.Key{Partition: "deployment/" + l.Deployment.ID, Sort: fmt.Sprintf("turn/%010d", l.Revision)}
	must(k.t, k.Records.Write(k.t.Context(), table.Put(turn, []byte("{damaged"))))
}

// TestAbandon: what cannot be read is held, others of its place wait, and an
// administrator gives it up.
func TestAbandon(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	k.project(pipelines.Project{Name: "Chain", Steps: []pipelines.Step{asks("Gate"), runs("One", "echo")}})
	r := k.release("Chain")
	d := k.deploy("Chain", r.Number, "Dev")
	l := k.until(d.ID, pipelines.Waiting)
	abandon := func(p pipelines.Principal) error { return k.Abandon(t.Context(), p, d.ID, "the disk was full") }
	refused(t, "what can be read", abandon(k.admin), pipelines.Conflict, "can be read, so it need not be given up: `slipway cancel "+d.ID)
	refused(t, "nothing", k.Abandon(t.Context(), k.admin, "Deployments-9", ""), pipelines.NotFound, "Deployments-9")

	next := k.deploy("Chain", r.Number, "Dev")
	k.damage(l)
	if _, held := records.Corrupt(k.Cancel(t.Context(), k.admin, d.ID, "")); !held {
		t.Error("a cancel of what cannot be read says nothing of it")
	}
	refused(t, "one who may cancel", abandon(k.user("here", pipelines.RoleGrant{Role: "Deployment creator"})), pipelines.Forbidden, "AdministerSystem")
	must(t, abandon(k.admin))
	k.until(next.ID, pipelines.Waiting) // it has the place now
	after, err := k.Records.Deployment(t.Context(), d.ID)
	must(t, err)
	if after.Status != pipelines.Failed || !strings.HasPrefix(after.Message, "given up by Admin: its state could not be read (") || !strings.HasSuffix(after.Message, ": the disk was full") {
		t.Errorf("its record says %s: %s", after.Status, after.Message)
	}
	refused(t, "the same again", abandon(k.admin), pipelines.Conflict, "has ended already: it has failed")
	if entry := k.audited("DeploymentGivenUp", d.ID); entry.Username != "admin" {
		t.Errorf("the audit log says %+v", entry)
	}
}
