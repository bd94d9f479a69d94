package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/runner/mailroom"
	"slipway/runner/records"
	"slipway/runner/smtpmail"
	"slipway/web/pages"
	"slipway/web/route"
)

// settingsRoutes are there where this process knows how mails leave.
func (s *site) settingsRoutes() []route.Route {
	if s.MailRoom == nil {
		return nil
	}
	return []route.Route{
		{Pattern: "GET " + pages.SettingsPath, Needs: pipelines.ConfigureServer, Serve: s.settingsPage},
		{Pattern: "POST " + pages.MailServerPath, Needs: pipelines.AdministerSystem, Serve: s.saveMailServer},
		{Pattern: "POST " + pages.MailServerRemovePath, Needs: pipelines.AdministerSystem, Serve: s.removeMailServer},
		{Pattern: "POST " + pages.MailTestPath, Needs: pipelines.ConfigureServer, Serve: s.testMail},
	}
}

// settingsShown is what a form of the page came to, if one was sent.
type settingsShown struct {
	form *pages.MailForm
	test *pages.MailTest
}

func (s *site) settingsPage(w http.ResponseWriter, r *http.Request) {
	s.showSettings(w, r, http.StatusOK, settingsShown{})
}

func (s *site) showSettings(w http.ResponseWriter, r *http.Request, status int, sent settingsShown) {
	p := s.SignIn.Principal(r)
	stored, revision, err := s.Catalog.MailServer(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	mails, err := s.Views.Mails(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := pages.Settings{Frame: s.pageFrame(r, pages.InSettings, "Settings", ""), Mail: s.mailNow(stored, revision), Server: s.serverFacts()}
	for _, m := range mails.Waiting {
		v.Mail.Waiting = append(v.Mail.Waiting, s.mailWaits(m))
	}
	for _, m := range mails.Failures {
		v.Mail.Failures = append(v.Mail.Failures, pages.MailTrouble{To: strings.Join(m.To, ", "), Subject: m.Subject, DeploymentID: m.Deployment, When: s.moment(m.At), Why: toSentence(m.Why)})
	}
	if n := len(mails.Waiting); n > 0 {
		v.Mail.State = pages.Failed
		v.Mail.Stands += " " + plural(n, "mail") + verb(n, " waits: it is", " wait: they are") + " tried again until the server takes " + verb(n, "it.", "them.")
	}
	v.Mail.Test = &pages.MailTest{To: p.Mail}
	if sent.form != nil && v.Mail.Form != nil {
		sent.form.PasswordSet, v.Mail.Form = v.Mail.Form.PasswordSet, sent.form
	}
	if sent.test != nil {
		v.Mail.Test = sent.test
	}
	if v.Mail.Form != nil && !p.Allows(pipelines.AdministerSystem, pipelines.Where{}) {
		v.Mail.Form = nil
		v.Mail.Facts = append(v.Mail.Facts, pages.Fact{Label: "Set by", Text: "administrators: links that set passwords go out by it"})
	}
	v.Links = s.settingsLinks(v.Viewer)
	s.show(w, r, status, pages.SettingsPage(v))
}

// mailNow is how mails leave at this moment.
func (s *site) mailNow(stored records.MailServer, revision int64) pages.MailSettings {
	if f := s.MailRoom.Fixed; f != nil {
		return fixedMail(*f)
	}
	form := &pages.MailForm{Hello: stored.Hello}
	out := pages.MailSettings{State: pages.Waiting, Form: form, Stands: "Mails are kept here for reading, and sent to nobody: there is no mail server yet."}
	if revision > 0 {
		out.State, out.Stands = pages.Succeeded, fmt.Sprintf("Mails go out through %s, port %d, %s.", stored.Host, stored.Port, protections[stored.Security])
		out.Facts = []pages.Fact{
			{Label: "Sender", Text: mailroom.Sender(stored)},
			{Label: "Changed", Text: s.moment(stored.Changed).Text + " by " + stored.By, Exact: stored.Changed.UTC().Format(exactly)},
		}
		*form = pages.MailForm{
			Host: stored.Host, Port: strconv.Itoa(stored.Port), Security: stored.Security, User: stored.User, PasswordSet: stored.Password != nil,
			From: stored.From, FromName: stored.FromName, Hello: stored.Hello, Revision: revision,
		}
		if stored.Security == string(smtpmail.Plain) && !smtpmail.ThisMachine(stored.Host) {
			form.Warning = "Without TLS everybody between here and " + stored.Host + " can read the mails, with their sign-off links and codes."
		}
	}
	return out
}

func fixedMail(f mailroom.Fixed) pages.MailSettings {
	out := pages.MailSettings{State: pages.Succeeded, Facts: []pages.Fact{{Label: "Set by", Text: f.Says}}}
	if f.From != "" {
		out.Facts = append(out.Facts, pages.Fact{Label: "Sender", Text: f.From})
	}
	switch f.Kind {
	case mailroom.SES:
		out.Stands = "Mails go out through Amazon SES."
	case mailroom.Held:
		out.State, out.Stands = pages.Waiting, "Mails are kept here for reading, and sent to nobody."
	default:
		out.Stands = fmt.Sprintf("Mails go out through %s, port %d, %s.", f.Server.Host, f.Server.Port, protections[string(f.Server.Security)])
		if f.Server.User != "" {
			out.Facts = append(out.Facts, pages.Fact{Label: "User", Text: f.Server.User})
		}
	}
	return out
}

var protections = map[string]string{
	string(smtpmail.StartTLS): "with STARTTLS", string(smtpmail.TLS): "with TLS", string(smtpmail.Plain): "without TLS",
}

func (s *site) mailWaits(m records.MailWait) pages.MailTrouble {
	since := s.moment(m.Since)
	tried := "tried once"
	if m.Tries > 1 {
		tried = fmt.Sprintf("tried %d times, the last %s", m.Tries, s.moment(m.Tried).Text)
	}
	return pages.MailTrouble{To: strings.Join(m.To, ", "), Subject: m.Subject, DeploymentID: m.Deployment, When: since, Tried: tried, Why: toSentence(m.Why)}
}

func (s *site) serverFacts() []pages.Fact {
	all := []pages.Fact{{Label: "Address", Text: s.BaseURL}, {Label: "Version", Text: s.Version, Code: true}}
	if s.DataIn != "" {
		all = append(all, pages.Fact{Label: "Data", Text: s.DataIn, Code: true})
	}
	return all
}

func (s *site) settingsLinks(viewer *pages.Viewer) []pages.SettingsLink {
	links := []pages.SettingsLink{{Text: "Feeds", Path: pages.FeedsPath, What: "where packages lie outside of Slipway"}}
	for _, r := range s.routes() {
		if r.Pattern == "GET "+pages.SignInSettingsPath {
			links = append(links, pages.SettingsLink{Text: "Sign-in", Path: pages.SignInSettingsPath, What: "identity providers, and CI without a stored key"})
		}
	}
	if viewer != nil && viewer.HeldMail {
		links = append(links, pages.SettingsLink{Text: "Held mail", Path: pages.MailPath, What: "what was kept for reading instead of sent"})
	}
	return links
}

func (s *site) saveMailServer(w http.ResponseWriter, r *http.Request) {
	form := pages.MailForm{
		Host: r.PostFormValue("host"), Port: strings.TrimSpace(r.PostFormValue("port")), Security: r.PostFormValue("security"), User: r.PostFormValue("user"),
		From: r.PostFormValue("from"), FromName: r.PostFormValue("fromName"), Hello: r.PostFormValue("hello"),
	}
	form.Revision, _ = strconv.ParseInt(r.PostFormValue("revision"), 10, 64) // what is no number is none, and refused as changed
	in := catalog.MailServerEdit{
		Host: form.Host, Security: form.Security, User: form.User, From: form.From, FromName: form.FromName, Hello: form.Hello,
		Password: []byte(r.PostFormValue("password")), Revision: form.Revision,
	}
	err := s.MailRoom.MayChange()
	if err == nil && form.Port != "" {
		if in.Port, err = strconv.Atoi(form.Port); err != nil || in.Port == 0 {
			in.Port, err = -1, nil // no port at all: refused at its field
		}
	}
	if err == nil {
		err = s.Catalog.SetMailServer(r.Context(), s.SignIn.Principal(r), in)
	}
	if err == nil {
		err = s.MailRoom.Hurry(r.Context())
	}
	s.afterMailServer(w, r, &form, err)
}

func (s *site) removeMailServer(w http.ResponseWriter, r *http.Request) {
	seen, err := strconv.ParseInt(r.PostFormValue("revision"), 10, 64)
	if err != nil {
		seen = -1
	}
	if err = s.MailRoom.MayChange(); err == nil {
		err = s.Catalog.RemoveMailServer(r.Context(), s.SignIn.Principal(r), seen)
	}
	s.afterMailServer(w, r, nil, err)
}

func (s *site) afterMailServer(w http.ResponseWriter, r *http.Request, form *pages.MailForm, err error) {
	switch {
	case err == nil:
		s.to(w, r, pages.SettingsPath)
	case forPerson(err) && form != nil:
		form.Problems = problemsOf(err, nil)
		s.showSettings(w, r, formStatus(err), settingsShown{form: form})
	default:
		s.fail(w, r, err)
	}
}

func (s *site) testMail(w http.ResponseWriter, r *http.Request) {
	test := &pages.MailTest{To: r.PostFormValue("to")}
	tried, err := s.Catalog.TestMail(r.Context(), s.SignIn.Principal(r), s.MailRoom, test.To)
	switch {
	case forPerson(err):
		test.Problems = problemsOf(err, nil)
		s.showSettings(w, r, formStatus(err), settingsShown{test: test})
		return
	case err != nil:
		s.fail(w, r, err)
		return
	}
	test.Result = &pages.MailTestResult{OK: tried.Error == "", Sentence: "The server has taken the mail to " + tried.To + ". Whether it arrives is its word from here on."}
	switch {
	case tried.Error != "":
		test.Result.Sentence = toSentence(tried.Error)
	case tried.Kind == mailroom.Held:
		test.Result.Sentence = "The mail is kept here: look at Held mail."
	}
	for _, l := range tried.Lines {
		test.Result.Lines = append(test.Result.Lines, pages.MailTestLine{Who: string(l.Who), Text: l.Text})
	}
	s.showSettings(w, r, http.StatusOK, settingsShown{test: test})
}
