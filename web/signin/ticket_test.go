package signin_test

import (
	"fmt"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/mail"
	"slipway/runner/records"
	"slipway/web/signin"
)

func (d *door) root() pipelines.Principal {
	d.t.Helper()
	id := d.user(pipelines.User{Username: "root", Admin: true, Mail: "root@example.org"})
	p, err := d.Records.Principal(d.t.Context(), id, "session")
	must(d.t, err)
	return p
}

// newcomer is somebody with an account and no password.
func (d *door) newcomer(u pipelines.User) string {
	d.t.Helper()
	changes, id, err := d.Records.NewNoun(d.t.Context(), records.Users, u.Username, func(id string, _ int) any { u.ID = id; return u })
	must(d.t, err)
	must(d.t, d.Records.Write(d.t.Context(), changes...))
	return id
}

var mailed = regexp.MustCompile(`https://deploy\.example\.org/slip/(invitation|reset)/([A-Za-z0-9_-]{43})\n`)

// tokenOf is the token of the last mail.
func (d *door) tokenOf(purpose signin.Purpose) string {
	d.t.Helper()
	if len(d.mails) == 0 {
		d.t.Fatal("no mail went out")
	}
	found := mailed.FindStringSubmatch(d.mails[len(d.mails)-1].Text)
	if found == nil || found[1] != string(purpose) {
		d.t.Fatalf("no link for %s in %q", purpose, d.mails[len(d.mails)-1].Text)
	}
	return found[2]
}

func (d *door) redeem(purpose signin.Purpose, token, chosen string) error {
	_, err := d.Redeem(httptest.NewRecorder(), by("POST"), purpose, token, chosen)
	return err
}

const chosen = "four words of mine"

func TestInvitation(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	root := d.root()
	d.newcomer(pipelines.User{Username: "nina", Mail: "nina@example.org", DisplayName: `Nina <script>alert(1)</script>`})
	_, err := d.Invite(t.Context(), root, "nina")
	must(t, err)
	token := d.tokenOf(signin.Invitation)
	if m := d.mails[0]; m.To[0] != "nina@example.org" || strings.Contains(m.HTML, "<script>") {
		t.Errorf("mail to %v: %s", m.To, m.HTML)
	}
	for range 20 { // scanners open links
		if u, err := d.Opened(t.Context(), signin.Invitation, token); err != nil || u.Username != "nina" {
			t.Fatalf("Opened() = %+v, %v", u, err)
		}
	}
	for _, press := range []string{"", "short", "nina"} { // and press buttons
		if err := d.redeem(signin.Invitation, token, press); pipelines.CodeOf(err) != pipelines.Invalid {
			t.Errorf("with the password %q: %v", press, err)
		}
	}
	if _, err := d.Opened(t.Context(), signin.Reset, token); pipelines.CodeOf(err) != pipelines.NotFound {
		t.Errorf("an invitation opens the reset page: %v", err)
	}
	if err := d.redeem(signin.Reset, token, chosen); pipelines.CodeOf(err) != pipelines.NotFound {
		t.Errorf("an invitation serves as a reset: %v", err)
	}
	must(t, d.redeem(signin.Invitation, token, chosen))
	if _, err := d.begin("nina", chosen, home); err != nil {
		t.Errorf("signing in with it: %v", err)
	}
	if err := d.redeem(signin.Invitation, token, "another password"); pipelines.CodeOf(err) != pipelines.NotFound {
		t.Errorf("the link works twice: %v", err)
	}
}

func TestTicketsExpireAndTakeOneAnothersPlace(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	root := d.root()
	d.newcomer(pipelines.User{Username: "nina", Mail: "nina@example.org"})
	_, err := d.Invite(t.Context(), root, "nina")
	must(t, err)
	old := d.tokenOf(signin.Invitation)
	_, err = d.Invite(t.Context(), root, "nina")
	must(t, err)
	token := d.tokenOf(signin.Invitation)
	if _, err := d.Opened(t.Context(), signin.Invitation, old); pipelines.CodeOf(err) != pipelines.NotFound {
		t.Errorf("the earlier link: %v", err)
	}
	d.now = d.now.Add(72*time.Hour - time.Second)
	if _, err := d.Opened(t.Context(), signin.Invitation, token); err != nil {
		t.Errorf("just before it expires: %v", err)
	}
	d.now = d.now.Add(time.Second)
	if err := d.redeem(signin.Invitation, token, chosen); pipelines.CodeOf(err) != pipelines.NotFound {
		t.Errorf("expired: %v", err)
	}
}

func TestWhoMayInviteWhom(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	root := d.root()
	d.newcomer(pipelines.User{Username: "nina", Mail: "nina@example.org"})
	d.newcomer(pipelines.User{Username: "mailless"})
	d.newcomer(pipelines.User{Username: "gone", Mail: "gone@example.org", Disabled: true})
	d.newcomer(pipelines.User{Username: "ci", Mail: "ci@example.org", Service: true})
	keeper := pipelines.Principal{UserID: "Users-9", Username: "keeper", Grants: []pipelines.Grant{{Permission: pipelines.UserInvite}}}
	for _, c := range []struct {
		by   pipelines.Principal
		whom string
		want pipelines.Code
	}{
		{keeper, "nina", ""}, {keeper, "root", pipelines.Forbidden}, {root, "nina", ""},
		{pipelines.Principal{UserID: "Users-8", Username: "guest"}, "nina", pipelines.Forbidden},
		{root, "mailless", pipelines.Invalid}, {root, "gone", pipelines.Conflict}, {root, "ci", pipelines.Conflict}, {root, "nobody", pipelines.NotFound},
	} {
		if _, err := d.Invite(t.Context(), c.by, c.whom); pipelines.CodeOf(err) != c.want {
			t.Errorf("%s invites %s: %v, want %q", c.by.Username, c.whom, err, c.want)
		}
	}
	d.down = fmt.Errorf("no route: %w", mail.ErrTryAgain)
	if _, err := d.Invite(t.Context(), root, "nina"); pipelines.CodeOf(err) != pipelines.Unavailable || !strings.Contains(err.Error(), "by itself") {
		t.Errorf("while the mail server is away: %v", err)
	}
}

func TestReset(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.user(pipelines.User{Username: "ada", Mail: "ada@example.org"})
	session, err := d.begin("ada", password, home)
	must(t, err)
	for _, nobody := range []string{"", "nobody", "x@example.org", strings.Repeat("x", 1<<20)} {
		must(t, d.MailReset(t.Context(), nobody, "192.0.2.1"))
	}
	if len(d.mails) != 0 {
		t.Fatalf("%d mails for nobody", len(d.mails))
	}
	must(t, d.MailReset(t.Context(), "ADA@example.org", "192.0.2.1"))
	for range 30 {
		must(t, d.MailReset(t.Context(), "ada", "192.0.2.1"))
	}
	if len(d.mails) != 1 {
		t.Errorf("%d mails within a minute, want one", len(d.mails))
	}
	token := d.tokenOf(signin.Reset)
	d.now = d.now.Add(time.Minute)
	must(t, d.redeem(signin.Reset, token, chosen))
	if _, err := d.asker(session); err == nil {
		t.Error("the session of before still holds")
	}
	if _, err := d.begin("ada", password, home); err == nil {
		t.Error("the old password still works")
	}
	d.now = d.now.Add(time.Hour)
	must(t, d.MailReset(t.Context(), "ada", "192.0.2.1"))
	token = d.tokenOf(signin.Reset)
	d.now = d.now.Add(time.Hour)
	if err := d.redeem(signin.Reset, token, chosen); pipelines.CodeOf(err) != pipelines.NotFound {
		t.Errorf("after an hour: %v", err)
	}
}

// A reset proves the mailbox and not the telephone.
func TestAResetDoesNotGoAroundTheSecondFactor(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.enrolled(d.user(pipelines.User{Username: "ada", Mail: "ada@example.org"}))
	must(t, d.MailReset(t.Context(), "ada", "192.0.2.1"))
	w := httptest.NewRecorder()
	half, err := d.Redeem(w, by("POST"), signin.Reset, d.tokenOf(signin.Reset), chosen)
	if err != nil || !half {
		t.Fatalf("Redeem() = %t, %v, want the second step", half, err)
	}
	for _, c := range w.Result().Cookies() {
		if c.Name == "slipway" {
			t.Error("a session before the second factor")
		}
	}
}

// Who asks for mails is slowed down; and what is answered never depends on
// whether there is such a user.
func TestForgotIsThrottledByAddress(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	asked := 0
	for i := range 100 {
		if d.Forgot(by("POST"), fmt.Sprint("user", i)) == nil {
			asked++
		}
	}
	if asked != 5 {
		t.Errorf("%d of 100 were taken from one address, want 5", asked)
	}
	r := by("POST")
	r.RemoteAddr = "198.51.100.9:1"
	if err := d.Forgot(r, "ada"); err != nil {
		t.Errorf("from elsewhere meanwhile: %v", err)
	}
}

// Anybody may say that a password is forgotten: nobody's invitation or link ends by it.
func TestWhoAsksForAPasswordEndsNoLink(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	root := d.root()
	d.newcomer(pipelines.User{Username: "nina", Mail: "nina@example.org"})
	_, err := d.Invite(t.Context(), root, "nina")
	must(t, err)
	first := d.tokenOf(signin.Invitation)
	d.now = d.now.Add(71*time.Hour + 30*time.Minute)
	must(t, d.MailReset(t.Context(), "nina", "192.0.2.1"))
	again := d.tokenOf(signin.Invitation)
	if again == first || !strings.Contains(d.mails[1].Text, "root") {
		t.Errorf("the invitation was not sent again: %s", d.mails[1].Text)
	}
	for _, token := range []string{first, again} {
		if _, err := d.Opened(t.Context(), signin.Invitation, token); err != nil {
			t.Errorf("a link that nobody used: %v", err)
		}
	}
	d.now = d.now.Add(30 * time.Minute)
	if _, err := d.Opened(t.Context(), signin.Invitation, again); pipelines.CodeOf(err) != pipelines.NotFound {
		t.Errorf("strangers lengthened the invitation: %v", err)
	}

	var tokens []string
	for range 3 {
		d.now = d.now.Add(2 * time.Minute)
		must(t, d.MailReset(t.Context(), "nina", "192.0.2.1"))
		tokens = append(tokens, d.tokenOf(signin.Reset))
	}
	for i, token := range tokens {
		if _, err := d.Opened(t.Context(), signin.Reset, token); err != nil {
			t.Errorf("link %d before one was used: %v", i, err)
		}
	}
	must(t, d.redeem(signin.Reset, tokens[1], chosen))
	for i, token := range tokens {
		if err := d.redeem(signin.Reset, token, "another good password"); pipelines.CodeOf(err) != pipelines.NotFound {
			t.Errorf("link %d after one was used: %v", i, err)
		}
	}
}

// However often strangers ask, there is an end to what stands.
func TestLinksThatStandHaveAnEnd(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	root := d.root()
	d.newcomer(pipelines.User{Username: "nina", Mail: "nina@example.org"})
	_, err := d.Invite(t.Context(), root, "nina")
	must(t, err)
	first := d.tokenOf(signin.Invitation)
	for range 400 {
		d.now = d.now.Add(10 * time.Minute)
		must(t, d.MailReset(t.Context(), "nina", "192.0.2.1"))
	}
	if len(d.mails) != 60 {
		t.Errorf("%d mails, want 60", len(d.mails))
	}
	if _, err := d.Opened(t.Context(), signin.Invitation, first); err != nil {
		t.Errorf("the invitation: %v", err)
	}
}

// One act, one entry, in the write that makes the link; only a mail that does not go
// out adds what came of it.
func TestAnInvitationIsOneWrite(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	root := d.root()
	d.newcomer(pipelines.User{Username: "nina", Mail: "nina@example.org"})
	entries := func() []pipelines.Event {
		t.Helper()
		all, err := d.Records.AuditLog(t.Context(), d.now.AddDate(1, 0, 0), 20)
		must(t, err)
		return slices.DeleteFunc(all, func(e pipelines.Event) bool { return e.Category != "InvitationSent" })
	}
	_, err := d.Invite(t.Context(), root, "nina")
	must(t, err)
	if got := entries(); len(got) != 1 {
		t.Fatalf("entries: %+v, want one", got)
	}
	d.down = fmt.Errorf("no such mailbox")
	_, err = d.Invite(t.Context(), root, "nina")
	if got := entries(); err == nil || len(got) != 3 {
		t.Errorf("a mail that could not go out: %v, entries %+v", err, got)
	}
}
