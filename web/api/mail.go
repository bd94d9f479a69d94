package api

import (
	"errors"
	"net/http"

	"slipway/pipelines"
	"slipway/runner/heldmail"
	"slipway/runner/requests"
	"slipway/web/rest"
)

func (a *API) mails(r *http.Request, _ pipelines.Principal) (any, error) {
	all, err := a.HeldMail.List(r.Context())
	out := []rest.HeldMail{}
	for _, m := range all {
		out = append(out, mailOf(m))
	}
	return out, err
}

func (a *API) mail(r *http.Request, p pipelines.Principal) (any, error) {
	m, err := a.HeldMail.Get(r.Context(), r.PathValue("key"))
	if errors.Is(err, heldmail.ErrNotFound) {
		err = pipelines.Refuse(pipelines.NotFound, "there is no held mail %q", r.PathValue("key"))
	}
	if err != nil {
		return nil, err
	}
	return mailOf(m), a.Requests.NoteMailRead(r.Context(), p, requests.MailRead{Key: m.Key, To: m.To, Subject: m.Subject})
}

func mailOf(m heldmail.Kept) rest.HeldMail {
	return rest.HeldMail{Key: m.Key, From: m.From, To: list(m.To), Subject: m.Subject, Date: m.Date, Text: m.Text, HTML: m.HTML}
}
