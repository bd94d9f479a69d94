package signin_test

import (
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/web/signin"
)

func TestRecoveredOnTheMachine(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	root := d.user(pipelines.User{Username: "root", Mail: "root@example.org", Admin: true})
	d.enrolled(root)
	before, err := d.finish(d.halfway("root"), "")
	if err == nil || before != nil {
		t.Fatal("root comes in without the second factor")
	}
	d.now = d.now.Add(time.Second)
	made, err := d.Recover(t.Context(), "Root", "on the server's own machine")
	must(t, err)
	token, fits := strings.CutPrefix(made.Link, "https://deploy.example.org/slip/reset/")
	if !fits || !made.Factor || made.Username != "root" || !made.Until.Equal(d.now.Add(time.Hour)) {
		t.Fatalf("Recover() = %+v", made)
	}
	if e := d.last(); e.Category != "AccountRecovered" || e.Subject != root || e.Username != "system" || e.Message !=
		"a way back into the account of root was made on the server's own machine: its sessions ended, and a link to set a new password was given out; its second factor was removed" {
		t.Errorf("the entry is %+v", e)
	}
	if m := made.Letter; m == nil || m.To[0] != "root@example.org" || strings.Contains(m.Text+m.HTML, token) || !strings.Contains(m.Text, "second factor is removed") {
		t.Errorf("the mail is %+v, want one that tells and holds no link", made.Letter)
	}
	must(t, d.redeem(signin.Reset, token, "a lantern by the sea"))
	if err := d.redeem(signin.Reset, token, "a lantern by the lake"); pipelines.CodeOf(err) != pipelines.NotFound {
		t.Errorf("the link works twice: %v", err)
	}
	if _, err := d.begin("root", "a lantern by the sea", home); err != nil {
		t.Errorf("root afterwards: %v", err)
	}
	entries := len(d.log())
	if _, err := d.Recover(t.Context(), "root", "again"); err != nil || len(d.log()) != entries+1 {
		t.Errorf("a second time = %v with %d more entries, want one", err, len(d.log())-entries)
	}
}

func TestRecoveryEndsSessions(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.user(pipelines.User{Username: "root", Admin: true})
	session, err := d.begin("root", password, home)
	must(t, err)
	d.now = d.now.Add(time.Second)
	made, err := d.Recover(t.Context(), "root", "here")
	must(t, err)
	if made.Letter != nil || made.Factor {
		t.Errorf("Recover() = %+v, want neither mail nor factor", made)
	}
	if p, err := d.asker(session); err == nil && p.Known() {
		t.Error("the session from before goes on")
	}
}

func TestWhoIsNotRecovered(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.user(pipelines.User{Username: "root", Admin: true})
	d.user(pipelines.User{Username: "ada"})
	d.user(pipelines.User{Username: "gone", Admin: true, Disabled: true})
	d.user(pipelines.User{Username: "ci", Service: true})
	for name, want := range map[string]pipelines.Code{"nobody": pipelines.NotFound, "": pipelines.NotFound, "gone": pipelines.Conflict, "ci": pipelines.Conflict} {
		_, err := d.Recover(t.Context(), name, "here")
		if pipelines.CodeOf(err) != want || !strings.Contains(err.Error(), "root") || strings.Contains(err.Error(), "ada") {
			t.Errorf("Recover(%q): %v, want %s, and the administrators named", name, err, want)
		}
	}
	if len(d.log()) != 0 {
		t.Errorf("refused, and yet: %v", d.entries())
	}
}
