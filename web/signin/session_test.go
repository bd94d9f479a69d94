package signin_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/web/credentials"
	"slipway/web/signin"
)

// by is a request with cookies.
func by(method string, cookies ...*http.Cookie) *http.Request {
	r := httptest.NewRequest(method, "/", nil)
	r.RemoteAddr = home
	for _, c := range cookies {
		r.AddCookie(c)
	}
	return r
}

func (d *door) asker(c *http.Cookie) (pipelines.Principal, error) {
	return d.who(func(r *http.Request) { r.AddCookie(c); r.RemoteAddr = home })
}

func (d *door) log() []pipelines.Event {
	d.t.Helper()
	all, err := d.Records.AuditLog(d.t.Context(), time.Time{}, 1000)
	must(d.t, err)
	return all
}

// entries are the categories of the log, newest first.
func (d *door) entries() (out []string) {
	d.t.Helper()
	for _, e := range d.log() {
		out = append(out, e.Category)
	}
	return out
}

func TestThePrincipalSaysFromWhereAndByWhat(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	ada := d.user(pipelines.User{Username: "ada"})
	key := d.key(ada, nil)
	p, err := d.who(func(r *http.Request) { r.Header.Set("X-Slipway-ApiKey", key); r.RemoteAddr = home })
	must(t, err)
	if p.From != "192.0.2.1" || p.Credential != credentials.KeyHash(key)[:8] {
		t.Errorf("by key: from %q by %q", p.From, p.Credential)
	}
	cookie, err := d.begin("ada", password, home)
	must(t, err)
	p, err = d.asker(cookie)
	must(t, err)
	if p.From != "192.0.2.1" || !strings.HasPrefix(p.Credential, "Sessions-") {
		t.Errorf("by session: from %q by %q", p.From, p.Credential)
	}
	for _, e := range d.log() {
		if e.From == "" {
			t.Errorf("entry %s %s without from where", e.Category, e.Message)
		}
	}
}

func TestIdleSessionsEnd(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.user(pipelines.User{Username: "ada"})
	cookie, err := d.begin("ada", password, home)
	must(t, err)
	d.now = d.now.Add(signin.Idle - time.Second)
	if _, err := d.asker(cookie); err != nil {
		t.Fatalf("just before it is idle: %v", err)
	}
	d.now = d.now.Add(signin.Idle - time.Second) // the use before counted
	if _, err := d.asker(cookie); err != nil {
		t.Fatalf("used in between: %v", err)
	}
	d.now = d.now.Add(signin.Idle)
	if _, err := d.asker(cookie); pipelines.CodeOf(err) != pipelines.Unauthenticated {
		t.Errorf("after a day without use: %v, want that it has ended", err)
	}
}

// Whatever raises what a browser may do gives it a token that nobody knew before.
func TestFixation(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.user(pipelines.User{Username: "ada"})
	planted := &http.Cookie{Name: "slipway", Value: strings.Repeat("A", 43)}
	w := httptest.NewRecorder()
	_, err := d.Begin(w, by("POST", planted), "ada", password)
	must(t, err)
	first := w.Result().Cookies()[0]
	if first.Value == planted.Value {
		t.Fatal("signing in keeps the token that the browser brought")
	}
	if _, err := d.asker(planted); err == nil {
		t.Error("the planted token is a session")
	}
	p, err := d.asker(first)
	must(t, err)
	w = httptest.NewRecorder()
	must(t, d.ChangePassword(w, by("POST", first), p, password, "another fine password"))
	second := w.Result().Cookies()[0]
	if second.Value == first.Value || second.Value == "" {
		t.Error("changing the password keeps the token")
	}
	if _, err := d.asker(first); err == nil {
		t.Error("the session of before the change still holds")
	}
	if _, err := d.asker(second); err != nil {
		t.Errorf("the session that goes on: %v", err)
	}
}

func TestChangingThePasswordTakesTheOldOne(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.user(pipelines.User{Username: "ada"})
	here, err := d.begin("ada", password, home)
	must(t, err)
	elsewhere, err := d.begin("ada", password, "192.0.2.7:1")
	must(t, err)
	p, err := d.asker(here)
	must(t, err)
	if err := d.ChangePassword(httptest.NewRecorder(), by("POST", here), p, "not the old one", "another fine password"); pipelines.CodeOf(err) != pipelines.Unauthenticated {
		t.Errorf("with a wrong old one: %v", err)
	}
	if err := d.ChangePassword(httptest.NewRecorder(), by("POST", here), p, password, "short"); pipelines.CodeOf(err) != pipelines.Invalid {
		t.Errorf("with a short new one: %v", err)
	}
	d.now = d.now.Add(time.Second)
	must(t, d.ChangePassword(httptest.NewRecorder(), by("POST", here), p, password, "another fine password"))
	if _, err := d.asker(elsewhere); err == nil {
		t.Error("the other session still holds")
	}
	if _, err := d.begin("ada", password, home); err == nil {
		t.Error("the old password still works")
	}
	if _, err := d.begin("ada", "another fine password", home); err != nil {
		t.Errorf("the new password: %v", err)
	}
}

func TestSessionsAreListedAndEnded(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.user(pipelines.User{Username: "ada"})
	d.user(pipelines.User{Username: "bob"})
	d.user(pipelines.User{Username: "root", Admin: true})
	one, err := d.begin("ada", password, home)
	must(t, err)
	two, err := d.begin("ada", password, "192.0.2.7:1")
	must(t, err)
	three, err := d.begin("ada", password, "192.0.2.8:1")
	must(t, err)
	bobs, err := d.begin("bob", password, home)
	must(t, err)
	p, err := d.asker(one)
	must(t, err)
	list, err := d.Sessions(t.Context(), p)
	if err != nil || len(list) != 3 {
		t.Fatalf("Sessions() = %+v, %v, want three", list, err)
	}
	id := func(from string) string {
		for _, s := range list {
			if s.Address == from {
				return s.ID
			}
		}
		return ""
	}
	b, err := d.asker(bobs)
	must(t, err)
	if err := d.EndOne(t.Context(), b, id("192.0.2.7")); pipelines.CodeOf(err) != pipelines.NotFound {
		t.Errorf("ending somebody else's session: %v, want that there is none", err)
	}
	must(t, d.EndOne(t.Context(), p, id("192.0.2.7")))
	holds := func(c *http.Cookie) bool { _, err := d.asker(c); return err == nil }
	if !holds(one) || holds(two) || !holds(three) {
		t.Errorf("after ending the second: %t %t %t", holds(one), holds(two), holds(three))
	}
	if n, err := d.EndOthers(t.Context(), p); n != 1 || err != nil || !holds(one) || holds(three) {
		t.Errorf("EndOthers() = %d, %v; then %t %t, want only the one that asks", n, err, holds(one), holds(three))
	}
	if err := d.EndAllOf(t.Context(), b, "ada"); pipelines.CodeOf(err) != pipelines.Forbidden {
		t.Errorf("bob ends ada's sessions: %v, want forbidden", err)
	}
	root, err := d.Records.Principal(t.Context(), "Users-3", "test")
	must(t, err)
	d.now = d.now.Add(time.Second)
	must(t, d.EndAllOf(t.Context(), root, "ada"))
	if holds(one) || !holds(bobs) {
		t.Errorf("after an administrator ended ada's: %t, bob's %t", holds(one), holds(bobs))
	}
}

func TestADisabledUsersSessionsDoNotComeBack(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	id := d.user(pipelines.User{Username: "ada"})
	cookie, err := d.begin("ada", password, home)
	must(t, err)
	set := func(disabled bool) {
		u, err := d.Records.User(t.Context(), id)
		must(t, err)
		u.Noun.Disabled = disabled
		must(t, d.Records.Write(t.Context(), records.ReplaceNoun(records.Users, id, u.Noun, u.Revision)))
	}
	set(true)
	if _, err := d.asker(cookie); pipelines.CodeOf(err) != pipelines.Unauthenticated {
		t.Errorf("disabled: %v", err)
	}
	set(false)
	if _, err := d.asker(cookie); pipelines.CodeOf(err) != pipelines.Unauthenticated {
		t.Errorf("enabled again, with the session of before: %v, want that it has ended", err)
	}
}

func TestAPersonHasSoManySessionsAndNoMore(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	id := d.user(pipelines.User{Username: "ada"})
	first, err := d.begin("ada", password, home)
	must(t, err)
	for i := range 55 {
		d.now = d.now.Add(time.Second)
		h := fmt.Sprint("hash", i)
		must(t, d.Records.Write(t.Context(), records.AddSession(h, records.Session{ID: h, UserID: id, Created: d.now, Expires: d.now.Add(time.Hour)})...))
	}
	d.now = d.now.Add(time.Second)
	_, err = d.begin("ada", password, home)
	must(t, err)
	all, err := d.Records.Sessions(t.Context(), id, d.now)
	if err != nil || len(all) != 50 {
		t.Errorf("%d sessions, %v, want 50", len(all), err)
	}
	if _, err := d.asker(first); err == nil {
		t.Error("the oldest session still holds")
	}
}

// A thousand wrong passwords: who guesses waits, and the person signs in from
// where they are, at once.
func TestAThousandWrongPasswords(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.user(pipelines.User{Username: "ada"})
	waited := 0
	for range 1000 {
		switch _, err := d.begin("ada", "wrong password", "203.0.113.66:1"); pipelines.CodeOf(err) {
		case pipelines.Unavailable:
			waited++
		case pipelines.Unauthenticated:
		default:
			t.Fatalf("a wrong password: %v", err)
		}
	}
	if waited != 995 {
		t.Errorf("%d of 1000 had to wait, want all but the first 5", waited)
	}
	if _, err := d.begin("ada", password, "203.0.113.66:1"); pipelines.CodeOf(err) != pipelines.Unavailable {
		t.Errorf("the right password from where the guesses come: %v, want to wait like all", err)
	}
	if _, err := d.begin("ada", password, home); err != nil {
		t.Errorf("the person, from elsewhere: %v, want to be let in", err)
	}
	failed := 0
	for _, c := range d.entries() {
		if c == "LoginFailed" {
			failed++
		}
	}
	if failed != 5 {
		t.Errorf("%d entries, want one for each try that was looked at", failed)
	}
}

func TestServiceAccountsHaveNoPassword(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.user(pipelines.User{Username: "ci", Service: true})
	if _, err := d.begin("ci", password, home); pipelines.CodeOf(err) != pipelines.Unauthenticated {
		t.Errorf("a service account signs in by password: %v", err)
	}
}

// TestAnAdministratorByATeamIsOneToo: their second factor, sessions and links are
// not for whoever may edit users.
func TestAnAdministratorByATeamIsOneToo(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.enrolled(d.user(pipelines.User{Username: "ada", Mail: "ada@example.org"}))
	changes, _, err := d.Records.NewNoun(t.Context(), records.Teams, "Admins", func(id string, _ int) any {
		return pipelines.Team{ID: id, Name: "Admins", Members: []string{"ada"}, Roles: []pipelines.RoleGrant{{Role: "System administrator"}}}
	})
	must(t, err)
	must(t, d.Records.Write(t.Context(), changes...))
	uma := pipelines.Principal{UserID: "Users-9", Username: "uma", Grants: []pipelines.Grant{{Permission: pipelines.UserEdit}, {Permission: pipelines.UserInvite}}}
	_, invited := d.Invite(t.Context(), uma, "ada")
	for what, err := range map[string]error{
		"second factor": d.ResetFactor(t.Context(), uma, "ada"), "sessions": d.EndAllOf(t.Context(), uma, "ada"), "invitation": invited,
	} {
		if pipelines.CodeOf(err) != pipelines.Forbidden {
			t.Errorf("%s of an administrator, by a user manager: %v", what, err)
		}
	}
}

// TestANewAddressEndsTheLinksOfTheOldOne: the old mailbox may be somebody else's.
func TestANewAddressEndsTheLinksOfTheOldOne(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	ada := d.user(pipelines.User{Username: "ada", Mail: "old@example.org"})
	must(t, d.MailReset(t.Context(), "ada", "192.0.2.1"))
	token := d.tokenOf(signin.Reset)
	p, err := d.Records.Principal(t.Context(), ada, "session")
	must(t, err)
	must(t, d.SaveOwn(by("POST"), p, "", "new@example.org", password))
	if err := d.redeem(signin.Reset, token, chosen); pipelines.CodeOf(err) != pipelines.NotFound {
		t.Errorf("the link in the old mailbox sets the password: %v", err)
	}
}

// together does something so many times at once and counts how often the answer
// was a code.
func together(n int, do func(i int) error) map[pipelines.Code]int {
	var mu sync.Mutex
	var all sync.WaitGroup
	start, got := make(chan struct{}), map[pipelines.Code]int{}
	for i := range n {
		all.Go(func() {
			<-start
			err := do(i)
			mu.Lock()
			defer mu.Unlock()
			got[pipelines.CodeOf(err)]++
		})
	}
	close(start)
	all.Wait()
	return got
}

// TestManyTriesAtOnceAreNotEachTheFirst: who sends them together gets no more of
// them looked at than who sends one after the other.
func TestManyTriesAtOnceAreNotEachTheFirst(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	ada := d.user(pipelines.User{Username: "ada"})
	got := together(30, func(i int) error {
		_, err := d.begin("ada", fmt.Sprint("not the password ", i), home)
		return err
	})
	if got[pipelines.Unauthenticated] > 5 {
		t.Errorf("of 30 passwords at once %d were looked at: %v", got[pipelines.Unauthenticated], got)
	}
	d.now = d.now.Add(time.Hour)
	d.enrolled(ada)
	halves := make([]*http.Cookie, 12)
	for i := range halves {
		halves[i] = d.halfway("ada")
	}
	got = together(len(halves), func(i int) error {
		_, err := d.finish(halves[i], fmt.Sprintf("%06d", i))
		return err
	})
	if got[pipelines.Unauthenticated] > 5 {
		t.Errorf("of 12 codes at once %d were looked at: %v", got[pipelines.Unauthenticated], got)
	}
}

// TestOneCodeIsTakenOnceAtOnce: an app's code and a recovery code, sent by two at
// the same moment.
func TestOneCodeIsTakenOnceAtOnce(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	secret, recovery := d.enrolled(d.user(pipelines.User{Username: "ada"}))
	for _, code := range []string{credentials.TOTP(secret, d.now), recovery[0]} {
		halves := []*http.Cookie{d.halfway("ada"), d.halfway("ada"), d.halfway("ada"), d.halfway("ada")}
		got := together(len(halves), func(i int) error {
			_, err := d.finish(halves[i], code)
			return err
		})
		if got[""] != 1 {
			t.Errorf("%d of %d got in by one code: %v", got[""], len(halves), got)
		}
	}
}

// TestOneLinkSetsOnePasswordAtOnce: two who have the mail, at the same moment.
func TestOneLinkSetsOnePasswordAtOnce(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.user(pipelines.User{Username: "ada", Mail: "ada@example.org"})
	must(t, d.MailReset(t.Context(), "ada", "192.0.2.1"))
	token := d.tokenOf(signin.Reset)
	got := together(4, func(i int) error { return d.redeem(signin.Reset, token, fmt.Sprint(chosen, " ", i)) })
	if got[""] != 1 || got[pipelines.NotFound] != 3 {
		t.Errorf("one link, used by four at once: %v", got)
	}
}

// TestTheWayToASessionEndsWithTheSessions: who has stood halfway by a password
// that was stolen does not come in once its owner has set another.
func TestTheWayToASessionEndsWithTheSessions(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	ada := d.user(pipelines.User{Username: "ada", Mail: "ada@example.org"})
	secret, _ := d.enrolled(ada)
	at := d.halfway("ada")
	d.now = d.now.Add(time.Minute)
	must(t, d.MailReset(t.Context(), "ada", "192.0.2.1"))
	must(t, d.redeem(signin.Reset, d.tokenOf(signin.Reset), chosen))
	if session, err := d.finish(at, credentials.TOTP(secret, d.now)); session != nil || pipelines.CodeOf(err) != pipelines.Unauthenticated {
		t.Errorf("halfway by the old password: %v, %v", session, err)
	}
}
