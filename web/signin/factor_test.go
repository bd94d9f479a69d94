package signin_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/web/credentials"
)

// enrolled gives somebody a second factor and returns its secret and recovery codes.
func (d *door) enrolled(userID string) (secret []byte, recovery []string) {
	d.t.Helper()
	p, err := d.Records.Principal(d.t.Context(), userID, "session")
	must(d.t, err)
	secret, err = d.OfferFactor(d.t.Context(), p)
	must(d.t, err)
	recovery, err = d.Enrol(d.t.Context(), p, credentials.FactorText(secret), credentials.TOTP(secret, d.now))
	must(d.t, err)
	d.now = d.now.Add(time.Minute) // that code is used up
	return secret, recovery
}

// halfway signs in by password and returns the cookie of the second step.
func (d *door) halfway(username string) *http.Cookie {
	d.t.Helper()
	w := httptest.NewRecorder()
	half, err := d.Begin(w, by("POST"), username, password)
	must(d.t, err)
	cookies := w.Result().Cookies()
	if !half || len(cookies) != 1 || cookies[0].Name != "slipway-step" {
		d.t.Fatalf("Begin() = %t with %v, want a place halfway and no session", half, cookies)
	}
	return cookies[0]
}

// finish gives the code and returns the session, if there is one.
func (d *door) finish(at *http.Cookie, code string) (*http.Cookie, error) {
	w := httptest.NewRecorder()
	err := d.Finish(w, by("POST", at), code)
	for _, c := range w.Result().Cookies() {
		if c.Name == "slipway" && c.Value != "" {
			return c, err
		}
	}
	return nil, err
}

func TestSecondFactor(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	ada := d.user(pipelines.User{Username: "ada"})
	secret, recovery := d.enrolled(ada)
	at := d.halfway("ada")
	if _, err := d.who(func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "slipway", Value: at.Value}) }); err == nil {
		t.Error("the place halfway is a session")
	}
	if _, err := d.finish(at, "000000"); pipelines.CodeOf(err) != pipelines.Unauthenticated {
		t.Errorf("wrong code: %v", err)
	}
	code := credentials.TOTP(secret, d.now)
	session, err := d.finish(at, code)
	if err != nil || session == nil || session.Value == at.Value {
		t.Fatalf("right code: %v, %v", session, err)
	}
	if p, err := d.asker(session); err != nil || p.Username != "ada" {
		t.Errorf("the session is of %+v, %v", p, err)
	}
	if _, err := d.finish(at, credentials.TOTP(secret, d.now.Add(30*time.Second))); err == nil {
		t.Error("the place halfway serves twice")
	}
	if _, err := d.finish(d.halfway("ada"), code); err == nil {
		t.Error("a code works twice")
	}
	at = d.halfway("ada")
	if s, err := d.finish(at, strings.ToUpper(recovery[3])); err != nil || s == nil {
		t.Errorf("recovery code: %v", err)
	}
	if _, err := d.finish(d.halfway("ada"), recovery[3]); err == nil {
		t.Error("a recovery code works twice")
	}
	if f, err := d.FactorOf(t.Context(), pipelines.Principal{UserID: ada}); err != nil || !f.On || f.Recovery != 9 {
		t.Errorf("FactorOf() = %+v, %v, want on with 9 codes", f, err)
	}
}

func TestThePlaceHalfwayIsShortLived(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	secret, _ := d.enrolled(d.user(pipelines.User{Username: "ada"}))
	at := d.halfway("ada")
	d.now = d.now.Add(10 * time.Minute)
	if _, err := d.finish(at, credentials.TOTP(secret, d.now)); pipelines.CodeOf(err) != pipelines.Unauthenticated {
		t.Errorf("after ten minutes: %v", err)
	}
	at = d.halfway("ada")
	for range 5 {
		_, err := d.finish(at, "000000")
		if err == nil {
			t.Fatal("a wrong code was taken")
		}
	}
	d.now = d.now.Add(6 * time.Minute) // past the brake
	if _, err := d.finish(at, credentials.TOTP(secret, d.now)); err == nil {
		t.Error("after five wrong codes the right one is taken")
	}
}

// Who has the password tries codes: they wait, from however many addresses.
func TestCodesAreBraked(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.enrolled(d.user(pipelines.User{Username: "ada"}))
	other, _ := d.enrolled(d.user(pipelines.User{Username: "bob"}))
	looked := 0
	for range 100 {
		if _, err := d.finish(d.halfway("ada"), "000000"); pipelines.CodeOf(err) == pipelines.Unauthenticated {
			looked++
		}
	}
	if looked != 5 {
		t.Errorf("%d of 100 codes were looked at, want 5", looked)
	}
	if _, err := d.finish(d.halfway("bob"), credentials.TOTP(other, d.now)); err != nil {
		t.Errorf("somebody else meanwhile: %v", err)
	}
}

func TestOnlyWhatWeOfferedBecomesAFactor(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	id := d.user(pipelines.User{Username: "ada"})
	p, err := d.Records.Principal(t.Context(), id, "session")
	must(t, err)
	mine := []byte("12345678901234567890")
	if _, err := d.Enrol(t.Context(), p, credentials.FactorText(mine), credentials.TOTP(mine, d.now)); pipelines.CodeOf(err) != pipelines.Conflict {
		t.Errorf("a secret of one's own: %v", err)
	}
	secret, err := d.OfferFactor(t.Context(), p)
	must(t, err)
	if _, err := d.Enrol(t.Context(), p, credentials.FactorText(secret), "123456"); pipelines.CodeOf(err) != pipelines.Invalid {
		t.Errorf("a wrong code: %v", err)
	}
	d.now = d.now.Add(15 * time.Minute)
	if _, err := d.Enrol(t.Context(), p, credentials.FactorText(secret), credentials.TOTP(secret, d.now)); pipelines.CodeOf(err) != pipelines.Conflict {
		t.Errorf("after a quarter of an hour: %v", err)
	}
}

// Sealed, the secret of one account opens for no other.
func TestTheSecretIsSealedToItsAccount(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	ada, bob := d.user(pipelines.User{Username: "ada"}), d.user(pipelines.User{Username: "bob"})
	secret, _ := d.enrolled(ada)
	f, _, _, err := d.Records.Factor(t.Context(), ada)
	must(t, err)
	if strings.Contains(string(f.Sealed.Box), string(secret)) {
		t.Error("the secret is stored as it is")
	}
	must(t, d.Records.Write(t.Context(), records.SetFactor(bob, f, 0)))
	if _, _, err := d.Backroom.FactorStep(t.Context(), bob, credentials.TOTP(secret, d.now)); err == nil {
		t.Error("a secret that was copied to another account opens there")
	}
}

func TestWhereAFactorIsRequired(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	d.user(pipelines.User{Username: "ada"})
	root := d.user(pipelines.User{Username: "root", Admin: true})
	admin, err := d.Records.Principal(t.Context(), root, "session")
	must(t, err)
	must(t, d.SetSecondFactor(t.Context(), admin, records.FactorAdministrators))
	if _, err := d.begin("ada", password, home); err != nil {
		t.Errorf("who is no administrator: %v", err)
	}
	at := d.halfway("root")
	if _, err := d.Login(by("POST"), "root", password, ""); pipelines.CodeOf(err) != pipelines.Forbidden {
		t.Errorf("Login without a factor: %v, want the way to set it up", err)
	}
	secret, err := d.OfferFactor(t.Context(), admin)
	must(t, err)
	w := httptest.NewRecorder()
	if codes, err := d.FinishEnrolment(w, by("POST", at), credentials.FactorText(secret), credentials.TOTP(secret, d.now)); err != nil || len(codes) != 10 {
		t.Fatalf("FinishEnrolment() = %v, %v", codes, err)
	}
	if p, err := d.asker(w.Result().Cookies()[0]); err != nil || p.Username != "root" {
		t.Errorf("after setting it up: %+v, %v", p, err)
	}
	if err := d.DropFactor(t.Context(), admin); pipelines.CodeOf(err) != pipelines.Conflict {
		t.Errorf("taking a required factor away: %v", err)
	}
	if _, err := d.Login(by("POST"), "root", password, ""); pipelines.CodeOf(err) != pipelines.Unauthenticated {
		t.Errorf("Login without a code: %v", err)
	}
	d.now = d.now.Add(time.Minute)
	if p, err := d.Login(by("POST"), "root", password, credentials.TOTP(secret, d.now)); err != nil || p.Username != "root" {
		t.Errorf("Login with a code: %+v, %v", p, err)
	}
	ada, err := d.Records.Principal(t.Context(), "Users-1", "session")
	must(t, err)
	if err := d.SetSecondFactor(t.Context(), ada, records.FactorOptional); pipelines.CodeOf(err) != pipelines.Forbidden {
		t.Errorf("who is no administrator changes the rule: %v", err)
	}
}

func TestAnAdministratorResetsAFactor(t *testing.T) {
	t.Parallel()
	d := newDoor(t)
	ada := d.user(pipelines.User{Username: "ada"})
	root := d.user(pipelines.User{Username: "root", Admin: true})
	d.enrolled(ada)
	d.enrolled(root)
	p, err := d.Records.Principal(t.Context(), ada, "session")
	must(t, err)
	if err := d.ResetFactor(t.Context(), p, "root"); pipelines.CodeOf(err) != pipelines.Forbidden {
		t.Errorf("ada resets root's: %v", err)
	}
	p, err = d.Records.Principal(t.Context(), root, "session")
	must(t, err)
	must(t, d.ResetFactor(t.Context(), p, "ada"))
	if _, err := d.begin("ada", password, home); err != nil {
		t.Errorf("ada afterwards: %v, want only the password asked", err)
	}
	found := false
	for _, e := range d.log() {
		found = found || e.Subject == ada && e.Username == "root" && strings.Contains(e.Message, "second factor of ada")
	}
	if !found {
		t.Error("no entry says who reset whose factor")
	}
}
