package web

import (
	"net/http"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/web/credentials"
	"slipway/web/pages"
)

func (s *site) keysPage(w http.ResponseWriter, r *http.Request) {
	s.showKeys(w, r, http.StatusOK, "", nil)
}

func (s *site) showKeys(w http.ResponseWriter, r *http.Request, status int, purpose string, problems []pages.Problem) {
	keys, err := s.Views.Keys(r.Context(), s.SignIn.Principal(r))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	v := pages.Keys{Frame: s.pageFrame(r, pages.InKeys, "API keys", "Each acts as you, with your rights."), Purpose: purpose, Problems: problems}
	for _, k := range keys {
		v.Items = append(v.Items, s.keyRow(k))
	}
	s.show(w, r, status, pages.KeysPage(v))
}

func (s *site) keyRow(k records.APIKey) pages.KeyRow {
	return pages.KeyRow{ID: k.ID, Purpose: k.Purpose, Hint: k.Hint, Created: s.moment(k.Created), Expires: s.momentOf(k.Expires)}
}

// newKey answers with the key itself instead of a redirect: it stands in no
// address and is shown this once.
func (s *site) newKey(w http.ResponseWriter, r *http.Request) {
	purpose := r.PostFormValue("purpose")
	stored, key, err := s.Catalog.NewAPIKey(r.Context(), s.SignIn.Principal(r), purpose, s.makeKey)
	switch {
	case pipelines.CodeOf(err) == pipelines.Invalid:
		problems := problemsOf(err, nil)
		problems[0].Field = "purpose"
		s.showKeys(w, r, formStatus(err), purpose, problems)
	case err != nil:
		s.fail(w, r, err)
	default:
		s.show(w, r, http.StatusOK, pages.KeyShownPage(pages.KeyShown{
			Frame:   s.pageFrame(r, pages.InKeys, "New API key", "", pages.Crumb{Text: "API keys", Path: pages.KeysPath}),
			Purpose: stored.Purpose, Key: key, Command: "slipway login " + s.BaseURL,
		}))
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
