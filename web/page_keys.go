package web

import (
	"net/http"
	"net/url"
	"strings"

	"slipway/pipelines"
	"slipway/runner/catalog"
	"slipway/runner/views"
	"slipway/web/credentials"
	"slipway/web/pages"
	"slipway/web/route"
)

// keyRoutes are the pages of API keys: one's own, and those of service accounts.
func (s *site) keyRoutes() []route.Route {
	return []route.Route{
		{Pattern: "GET /keys", Needs: pipelines.Own, Serve: s.keysPage},
		{Pattern: "POST /keys", Needs: pipelines.Own, Serve: s.newKey},
		{Pattern: "POST /keys/{key}/delete", Needs: pipelines.Own, Serve: s.removeKey},
	}
}

func (s *site) keysPage(w http.ResponseWriter, r *http.Request) {
	s.showKeys(w, r, http.StatusOK, url.Values{"for": {r.URL.Query().Get("for")}}, nil)
}

// showKeys lists keys, with the form as it was filled in.
func (s *site) showKeys(w http.ResponseWriter, r *http.Request, status int, typed url.Values, problems []pages.Problem) {
	ctx, p, service := r.Context(), s.SignIn.Principal(r), typed.Get("for")
	var keys []views.Key
	var err error
	v := pages.Keys{For: service, Purpose: typed.Get("purpose"), Expires: lifetimes(typed.Get("expires")), Problems: problems}
	if service == "" {
		v.Frame = s.pageFrame(r, pages.InKeys, "API keys", "Each acts as you, with your rights or less.")
		keys, err = s.Views.Keys(ctx, p)
	} else {
		v.Frame = s.pageFrame(r, pages.InPeople, "API keys of "+service, "Each acts as "+service+", with its rights or less.", crumb("People", pages.PeoplePath), crumb(service, pages.UserPath(service)))
		if err = s.Catalog.MaySeeKeys(ctx, p, service); err == nil {
			keys, err = s.Views.ServiceKeys(ctx, p, service)
		}
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	for _, k := range keys {
		v.Items = append(v.Items, s.keyRow(k))
	}
	if err := s.keyChoices(r, &v, typed); err != nil {
		s.fail(w, r, err)
		return
	}
	if p.Limited {
		v.NoNew = "This session has a scope: with it no key is made."
	}
	s.show(w, r, status, pages.KeysPage(v))
}

// keyChoices are what a scope may name, as far as the person sees it.
func (s *site) keyChoices(r *http.Request, v *pages.Keys, typed url.Values) error {
	ctx, p := r.Context(), s.SignIn.Principal(r)
	projects, err := s.Views.Projects(ctx, p)
	if err != nil {
		return err
	}
	environments, err := s.Views.Environments(ctx, p)
	if err != nil {
		return err
	}
	roles := pipelines.BuiltInRoles()
	if p.AllowsAnywhere(pipelines.UserRoleView) {
		if roles, err = s.Views.UserRoles(ctx, p); err != nil {
			return err
		}
	}
	var names []string
	for _, role := range roles {
		if !role.Holds(pipelines.AdministerSystem) {
			names = append(names, role.Name)
		}
	}
	v.Projects = options(namesOf(projects, func(p pipelines.Project) string { return p.Name }), typed["projects"])
	v.Environments = options(namesOf(environments, func(e pipelines.Environment) string { return e.Name }), typed["environments"])
	v.Roles = options(names, typed["roles"])
	v.Narrow = len(typed["projects"])+len(typed["environments"])+len(typed["roles"]) > 0
	return nil
}

// lifetimes are how long a key is good for; the default stands in the middle.
func lifetimes(chosen string) []pages.Choosable {
	all := []pages.Choosable{
		{Value: "30d", Text: "in 30 days"}, {Value: "90d", Text: "in 90 days"}, {Value: "180d", Text: "in 180 days"},
		{Value: "365d", Text: "in a year"}, {Value: "never", Text: "never"},
	}
	if chosen == "" {
		chosen = "180d"
	}
	for i := range all {
		all[i].Chosen = all[i].Value == chosen
	}
	return all
}

func (s *site) keyRow(k views.Key) pages.KeyRow {
	return pages.KeyRow{
		ID: k.ID, Purpose: k.Purpose, Hint: k.Hint, Scope: keyScopeWords(k.Scope), Created: s.moment(k.Created), Expires: s.momentOf(k.Expires),
		Expired: k.Expires != nil && !s.Now().Before(*k.Expires), Used: s.moment(k.Used.At), UsedFrom: k.Used.From,
	}
}

func keyScopeWords(k pipelines.KeyScope) string {
	var as []string
	as = append(as, k.Roles...)
	for _, p := range k.Permissions {
		as = append(as, string(p))
	}
	var words []string
	if len(as) > 0 {
		words = append(words, "at most as "+anded(as))
	}
	if len(k.Projects)+len(k.Environments) > 0 {
		words = append(words, whereHolds(k.Projects, k.Environments))
	}
	return strings.Join(words, ", ")
}

// newKey answers with the key itself instead of a redirect: it stands in no
// address and is shown this once.
func (s *site) newKey(w http.ResponseWriter, r *http.Request) {
	f, service := r.PostForm, r.PostForm.Get("for")
	expires, never, err := catalog.ReadExpiry(f.Get("expires"), s.Now())
	if err != nil {
		s.showKeys(w, r, formStatus(err), f, problemsOf(err, nil))
		return
	}
	stored, key, err := s.Catalog.NewAPIKey(r.Context(), s.SignIn.Principal(r), catalog.KeyWish{
		Purpose: f.Get("purpose"), For: service, Expires: expires, Never: never,
		Scope: pipelines.KeyScope{Projects: f["projects"], Environments: f["environments"], Roles: f["roles"]},
	}, s.makeKey)
	switch {
	case pipelines.CodeOf(err) == pipelines.Invalid:
		problems := problemsOf(err, nil)
		for i := range problems {
			problems[i].Field = lastIndex.ReplaceAllString(problems[i].Field, "")
		}
		s.showKeys(w, r, formStatus(err), f, problems)
	case err != nil:
		s.fail(w, r, err)
	default:
		warnings, err := s.Catalog.KeyWarnings(r.Context(), stored.Scope)
		if err != nil { // the key is there and shown this once: that comes first
			s.Log.Warn("what the scope of a key takes away", "error", err)
		}
		for i := range warnings {
			warnings[i] = toSentence(warnings[i])
		}
		v := pages.KeyShown{
			Frame:   s.pageFrame(r, pages.InKeys, "New API key", "", crumb("API keys", pages.KeysPath)),
			Purpose: stored.Purpose, Key: key, Warnings: warnings, Back: pages.KeysPath, Command: "slipway login " + s.BaseURL + " --key-stdin",
		}
		if service != "" {
			v.Back = pages.ServiceKeysPath(service)
		}
		s.show(w, r, http.StatusOK, pages.KeyShownPage(v))
	}
}

// makeKey makes a key with its beginning as a hint.
func (s *site) makeKey() (key, hash, hint string, err error) {
	key, hash, err = credentials.NewKey(s.SignIn.Env.Random)
	if err != nil {
		return "", "", "", err
	}
	return key, hash, key[:8] + "…", nil
}

func (s *site) removeKey(w http.ResponseWriter, r *http.Request) {
	if err := s.Catalog.RemoveAPIKey(r.Context(), s.SignIn.Principal(r), r.PathValue("key")); err != nil {
		s.fail(w, r, err)
		return
	}
	s.to(w, r, pages.KeysPath)
}
