package web

import (
	"net/http"
	"strconv"
	"strings"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/web/pages"
	"slipway/web/route"
)

// signInSettingsRoutes say how people and builds sign in.
func (s *site) signInSettingsRoutes() []route.Route {
	return []route.Route{
		{Pattern: "GET /settings/sign-in", Needs: pipelines.AdministerSystem, Serve: s.signInSettingsPage},
		{Pattern: "POST /settings/sign-in", Needs: pipelines.AdministerSystem, MaxBody: smallForm, Serve: s.saveSecondFactor},
		{Pattern: "GET /settings/sign-in/providers/{provider}", Needs: pipelines.AdministerSystem, Serve: s.providerPage},
		{Pattern: "POST /settings/sign-in/providers", Needs: pipelines.AdministerSystem, MaxBody: 64 << 10, Serve: s.saveProvider},
		{Pattern: "POST /settings/sign-in/providers/{provider}/remove", Needs: pipelines.AdministerSystem, MaxBody: smallForm, Serve: s.removeProvider},
		{Pattern: "POST /settings/sign-in/trusts", Needs: pipelines.AdministerSystem, MaxBody: smallForm, Serve: s.addTrust},
		{Pattern: "POST /settings/sign-in/trusts/{trust}/remove", Needs: pipelines.AdministerSystem, MaxBody: smallForm, Serve: s.removeTrust},
	}
}

func (s *site) signInSettingsPage(w http.ResponseWriter, r *http.Request) {
	s.showSignInSettings(w, r, http.StatusOK, pages.SignInSettings{})
}

func (s *site) showSignInSettings(w http.ResponseWriter, r *http.Request, status int, v pages.SignInSettings) {
	now, err := s.SignIn.Settings(r.Context(), s.SignIn.Principal(r))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v.Frame = s.pageFrame(r, pages.InSettings, "Signing in", "How people and builds prove who they are.", pages.Crumb{Text: "Settings", Path: pages.SettingsPath})
	v.SecondFactor = string(now.SecondFactor)
	for _, p := range now.Providers {
		v.Providers = append(v.Providers, pages.ProviderRow{ID: p.ID, Name: p.Name, Issuer: p.Issuer, Off: p.Disabled})
	}
	users, err := s.SignIn.Records.Users(r.Context())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	names := map[string]string{}
	for _, u := range users {
		names[u.ID] = u.Username
		if u.Service && !u.Disabled {
			v.Accounts = append(v.Accounts, u.Username)
		}
	}
	for _, t := range now.Trusts {
		v.Trusts = append(v.Trusts, pages.TrustRow{ID: t.ID, Account: names[t.UserID], Issuer: t.Issuer, Subject: t.Subject, Audience: t.Audience, Minutes: t.Minutes})
	}
	if v.Provider.Redirect == "" {
		v.Provider.Redirect = s.SignIn.Redirect("ID")
	}
	s.show(w, r, status, pages.SignInSettingsPage(v))
}

// settingsDone leads back, or shows the page again with what is wrong.
func (s *site) settingsDone(w http.ResponseWriter, r *http.Request, err error, v pages.SignInSettings) {
	switch {
	case err == nil:
		s.to(w, r, pages.SignInSettingsPath)
	case forPerson(err) || pipelines.CodeOf(err) == pipelines.NotFound:
		v.Problems = problemsOf(err, nil)
		s.showSignInSettings(w, r, http.StatusUnprocessableEntity, v)
	default:
		s.fail(w, r, err)
	}
}

func (s *site) saveSecondFactor(w http.ResponseWriter, r *http.Request) {
	err := s.SignIn.SetSecondFactor(r.Context(), s.SignIn.Principal(r), records.FactorRule(r.PostFormValue("second-factor")))
	s.settingsDone(w, r, err, pages.SignInSettings{Form: "factor"})
}

// providerPage shows one provider to be changed; what it proves itself with is
// never shown.
func (s *site) providerPage(w http.ResponseWriter, r *http.Request) {
	now, err := s.SignIn.Settings(r.Context(), s.SignIn.Principal(r))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	for _, p := range now.Providers {
		if p.ID != r.PathValue("provider") {
			continue
		}
		s.showSignInSettings(w, r, http.StatusOK, pages.SignInSettings{Provider: pages.ProviderForm{
			ID: p.ID, Name: p.Name, Issuer: p.Issuer, ClientID: p.ClientID, HasSecret: p.Secret.By != "", Scopes: strings.Join(p.Scopes, " "),
			GroupClaim: p.GroupClaim, Groups: groupLines(p.Groups), NewUsers: p.NewUsers, LinkByMail: p.LinkByMail, Off: p.Disabled,
			Redirect: s.SignIn.Redirect(p.ID), There: true,
		}})
		return
	}
	s.fail(w, r, pipelines.Refuse(pipelines.NotFound, "there is no identity provider %q", shown(r.PathValue("provider"))))
}

func groupLines(all []records.GroupTeam) string {
	var b strings.Builder
	for _, g := range all {
		b.WriteString(g.Group + " = " + g.Team + "\n")
	}
	return b.String()
}

// groupsOf reads lines like `deployers = Production Deployers`.
func groupsOf(text string) ([]records.GroupTeam, error) {
	var out []records.GroupTeam
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		at := strings.LastIndex(line, "=")
		if at < 0 {
			return nil, pipelines.Refuse(pipelines.Invalid, "a line of groups is GROUP = TEAM; got %q", strings.TrimSpace(line))
		}
		g := records.GroupTeam{Group: strings.TrimSpace(line[:at]), Team: strings.TrimSpace(line[at+1:])}
		if g.Group == "" || g.Team == "" {
			return nil, pipelines.Refuse(pipelines.Invalid, "a line of groups is GROUP = TEAM; got %q", strings.TrimSpace(line))
		}
		out = append(out, g)
	}
	return out, nil
}

func (s *site) saveProvider(w http.ResponseWriter, r *http.Request) {
	f := pages.ProviderForm{
		ID: r.PostFormValue("id"), Name: r.PostFormValue("name"), Issuer: r.PostFormValue("issuer"), ClientID: r.PostFormValue("client-id"),
		Scopes: r.PostFormValue("scopes"), GroupClaim: r.PostFormValue("group-claim"), Groups: r.PostFormValue("groups"),
		NewUsers: r.PostFormValue("new-users") != "", LinkByMail: r.PostFormValue("link-by-mail") != "", Off: r.PostFormValue("off") != "",
		There: r.PostFormValue("there") != "",
	}
	groups, err := groupsOf(f.Groups)
	if err == nil {
		err = s.SignIn.SaveProvider(r.Context(), s.SignIn.Principal(r), records.Provider{
			ID: f.ID, Name: f.Name, Issuer: f.Issuer, ClientID: f.ClientID, Scopes: strings.Fields(f.Scopes), GroupClaim: f.GroupClaim,
			Groups: groups, NewUsers: f.NewUsers, LinkByMail: f.LinkByMail, Disabled: f.Off,
		}, r.PostFormValue("secret"))
	}
	s.settingsDone(w, r, err, pages.SignInSettings{Form: "provider", Provider: f})
}

func (s *site) removeProvider(w http.ResponseWriter, r *http.Request) {
	s.settingsDone(w, r, s.SignIn.RemoveProvider(r.Context(), s.SignIn.Principal(r), r.PathValue("provider")), pages.SignInSettings{})
}

func (s *site) addTrust(w http.ResponseWriter, r *http.Request) {
	f := pages.TrustRow{Account: r.PostFormValue("account"), Issuer: r.PostFormValue("trust-issuer"), Subject: r.PostFormValue("subject"), Audience: r.PostFormValue("audience")}
	minutes, err := strconv.Atoi(r.PostFormValue("minutes"))
	if err != nil {
		minutes = 0
	}
	f.Minutes = minutes
	_, err = s.SignIn.AddTrust(r.Context(), s.SignIn.Principal(r), f.Account, records.Trust{Issuer: strings.TrimSpace(f.Issuer), Subject: strings.TrimSpace(f.Subject), Audience: strings.TrimSpace(f.Audience), Minutes: minutes})
	s.settingsDone(w, r, err, pages.SignInSettings{Form: "trust", Trust: f})
}

func (s *site) removeTrust(w http.ResponseWriter, r *http.Request) {
	s.settingsDone(w, r, s.SignIn.RemoveTrust(r.Context(), s.SignIn.Principal(r), r.PathValue("trust")), pages.SignInSettings{})
}
