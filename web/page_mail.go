package web

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"slipway/pipelines"
	"slipway/runner/heldmail"
	"slipway/runner/requests"
	"slipway/web/pages"
)

func (s *site) mailsPage(w http.ResponseWriter, r *http.Request) {
	if s.HeldMail == nil {
		s.fail(w, r, noHeldMail())
		return
	}
	all, err := s.HeldMail.List(r.Context())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := pages.HeldMails{Frame: s.pageFrame(r, pages.InMail, "Held mail", heldSentence(len(all)))}
	if s.MailRoom != nil && s.MailRoom.MayChange() == nil && v.Viewer != nil && v.Viewer.Settings {
		v.Settings = pages.SettingsPath
	}
	for _, m := range all {
		v.Items = append(v.Items, pages.HeldMailItem{ID: m.Key, From: m.From, To: strings.Join(m.To, ", "), Subject: m.Subject, When: s.moment(m.Date)})
	}
	s.show(w, r, http.StatusOK, pages.HeldMailsPage(v))
}

func heldSentence(n int) string {
	if n == 0 {
		return "Mails are kept here for reading, and sent to nobody."
	}
	return plural(n, "mail") + verb(n, " is", " are") + " kept here for reading; nobody has got " + verb(n, "it.", "them.")
}

func (s *site) mailPage(w http.ResponseWriter, r *http.Request) {
	m, err := s.heldMail(r, false)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.show(w, r, http.StatusOK, pages.HeldMailPage(pages.HeldMail{
		Frame: s.pageFrame(r, pages.InMail, m.Subject, "Kept here for reading. Nobody has got it.", pages.Crumb{Text: "Held mail", Path: pages.MailPath}),
		ID:    m.Key, From: m.From, To: strings.Join(m.To, ", "), Subject: m.Subject, When: s.moment(m.Date), HasHTML: m.HTML != "", Text: m.Text,
	}))
}

func (s *site) mailHTML(w http.ResponseWriter, r *http.Request) {
	m, err := s.heldMail(r, true)
	if err == nil && m.HTML == "" {
		err = pipelines.Refuse(pipelines.NotFound, "this mail has no HTML part")
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", pages.HeldMailPolicy)
	h.Del("X-Frame-Options") // our own page frames it; the policy says that nobody else may
	h.Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, pages.HeldMailHTML(m.HTML)) // who is gone needs no answer
}

// heldMail is the mail that is asked for, which leaves an entry; the part that the
// page frames belongs to that of the page.
func (s *site) heldMail(r *http.Request, part bool) (heldmail.Kept, error) {
	if s.HeldMail == nil {
		return heldmail.Kept{}, noHeldMail()
	}
	m, err := s.HeldMail.Get(r.Context(), r.PathValue("mail"))
	if errors.Is(err, heldmail.ErrNotFound) {
		err = pipelines.Refuse(pipelines.NotFound, "there is no such mail")
	}
	if err != nil {
		return m, err
	}
	return m, s.Requests.NoteMailRead(r.Context(), s.SignIn.Principal(r), requests.MailRead{Key: m.Key, To: m.To, Subject: m.Subject, Part: part})
}

func noHeldMail() error {
	return pipelines.Refuse(pipelines.NotFound, "this server keeps no mail: it sends it")
}
