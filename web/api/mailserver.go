package api

import (
	"net/http"

	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/runner/mailroom"
	"slipway/web/rest"
	"slipway/web/route"
)

// mailServerRoutes are there where this process knows how mails leave.
func (a *API) mailServerRoutes() []route.Route {
	if a.MailRoom == nil {
		return nil
	}
	return []route.Route{
		{Pattern: "GET /v1/mail-server", Needs: pipelines.ConfigureServer, Serve: a.answer(a.mailServer)},
		{Pattern: "PUT /v1/mail-server", Needs: pipelines.AdministerSystem, Serve: a.answer(a.setMailServer)},
		{Pattern: "DELETE /v1/mail-server", Needs: pipelines.AdministerSystem, Serve: a.answer(a.removeMailServer)},
		{Pattern: "POST /v1/mail-server/test", Needs: pipelines.ConfigureServer, Serve: a.answer(a.testMail)},
	}
}

func (a *API) mailServer(r *http.Request, p pipelines.Principal) (any, error) {
	stored, revision, err := a.Catalog.MailServer(r.Context(), p)
	if err != nil {
		return nil, err
	}
	out := rest.MailServer{
		Host: stored.Host, Port: stored.Port, Security: stored.Security, User: stored.User, From: stored.From, FromName: stored.FromName, Hello: stored.Hello,
		Revision: revision, Kind: string(mailroom.SMTP), PasswordSet: stored.Password != nil,
	}
	if f := a.MailRoom.Fixed; f != nil {
		out = rest.MailServer{
			Host: f.Server.Host, Port: f.Server.Port, Security: string(f.Server.Security), User: f.Server.User, PasswordSet: f.Server.Password != "",
			From: f.From, Hello: f.Server.Hello, Kind: string(f.Kind), Fixed: f.Says,
		}
	} else if revision == 0 {
		out.Kind = string(mailroom.Held)
	}
	mails, err := a.Views.Mails(r.Context(), p)
	for _, w := range mails.Waiting {
		out.Waiting = append(out.Waiting, rest.WaitingMail{To: list(w.To), Subject: w.Subject, Deployment: w.Deployment, Since: w.Since, Tried: w.Tried, Tries: w.Tries, Why: w.Why})
	}
	for _, f := range mails.Failures {
		out.Failures = append(out.Failures, rest.FailedMail{To: list(f.To), Subject: f.Subject, Deployment: f.Deployment, At: f.At, Why: f.Why})
	}
	return out, err
}

func (a *API) setMailServer(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[rest.MailServer](r)
	if err == nil {
		err = a.MailRoom.MayChange()
	}
	if err != nil {
		return nil, err
	}
	err = a.Catalog.SetMailServer(r.Context(), p, catalog.MailServerEdit{
		Host: in.Host, Port: in.Port, Security: in.Security, User: in.User, Password: []byte(in.Password),
		From: in.From, FromName: in.FromName, Hello: in.Hello, Revision: in.Revision,
	})
	if err != nil {
		return nil, err
	}
	return nil, a.MailRoom.Hurry(r.Context())
}

func (a *API) removeMailServer(r *http.Request, p pipelines.Principal) (any, error) {
	if err := a.MailRoom.MayChange(); err != nil {
		return nil, err
	}
	_, revision, err := a.Catalog.MailServer(r.Context(), p)
	if err != nil {
		return nil, err
	}
	return nil, a.Catalog.RemoveMailServer(r.Context(), p, revision)
}

func (a *API) testMail(r *http.Request, p pipelines.Principal) (any, error) {
	in, err := read[rest.MailTest](r)
	if err != nil {
		return nil, err
	}
	t, err := a.Catalog.TestMail(r.Context(), p, a.MailRoom, in.To)
	if err != nil {
		return nil, err
	}
	return rest.MailTested{Kind: string(t.Kind), From: t.From, To: t.To, Lines: list(t.Lines), Error: t.Error}, nil
}
