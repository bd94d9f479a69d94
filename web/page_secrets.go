package web

import (
	"net/http"
	"strings"

	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/web/pages"
	"slipway/web/route"
)

// secretRoutes are the page of sealed values: their names, and setting one.
// Nothing shows a value.
func (s *site) secretRoutes() []route.Route {
	return []route.Route{
		{Pattern: "GET /secrets", Needs: pipelines.SecretEdit, Serve: s.secretsPage},
		{Pattern: "POST /secrets", Needs: pipelines.SecretEdit, Serve: s.setSecret},
	}
}

func (s *site) secretsPage(w http.ResponseWriter, r *http.Request) {
	s.showSecrets(w, r, http.StatusOK, pages.NewSecret{Name: r.URL.Query().Get("name")})
}

func (s *site) showSecrets(w http.ResponseWriter, r *http.Request, status int, form pages.NewSecret) {
	p := s.SignIn.Principal(r)
	all, err := s.Views.Secrets(r.Context(), p)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := pages.Secrets{Frame: s.pageFrame(r, pages.InLibrary, "Secrets", "Passwords and keys, sealed under a name. Nobody reads a value back.")}
	v.Tabs = libraryTabs(p, pages.SecretsPath)
	for _, one := range all {
		v.Items = append(v.Items, pages.SecretRow{Name: one.Name, Set: s.moment(one.Created), By: one.By, Version: one.Version})
	}
	if p.Allows(pipelines.SecretEdit, pipelines.Where{}) {
		v.New = &form
	}
	s.show(w, r, status, pages.SecretsPage(v))
}

// setSecret seals a value as the next version of a secret. What was typed as the
// value is not shown again, whatever comes of it.
func (s *site) setSecret(w http.ResponseWriter, r *http.Request) {
	f := r.PostForm
	secret := catalog.Secret{Name: trimmed(f, "name"), Value: []byte(typedSecret(f.Get("value"))), UnmaskedRisk: f.Get("unmasked-risk") != "", TakesRisk: "tick that it may be too short"}
	_, err := s.Catalog.SetSecret(r.Context(), s.SignIn.Principal(r), secret)
	switch {
	case forPerson(err):
		form := pages.NewSecret{Name: secret.Name, Problems: problemsOf(err, nil)}
		form.Problems[0].Field = "value"
		if len(secret.Value) > 0 && !strings.Contains(err.Error(), "value") {
			form.Problems[0].Field = "name"
		}
		s.showSecrets(w, r, formStatus(err), form)
	case err != nil:
		s.fail(w, r, err)
	default:
		s.to(w, r, pages.SecretsPath+"?now=saved")
	}
}

// typedSecret is a value as it was typed: browsers send every end of line as CR
// LF, and people leave the last one out, which a private key needs.
func typedSecret(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if strings.Contains(text, "\n") && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return text
}
