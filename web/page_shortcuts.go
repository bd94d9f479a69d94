package web

import (
	"net/http"
	"net/url"
	"strings"

	"slipway/pipelines"
	"slipway/web/route"
)

// keysOff is the cookie of a browser in which single keys are no shortcuts: who
// speaks to the machine, or hits a key by accident, switches them off.
const keysOff = "slipway-keys"

func (s *site) shortcutRoutes() []route.Route {
	return []route.Route{
		{Pattern: "POST /shortcuts", Needs: pipelines.Own, MaxBody: smallForm, Serve: s.switchShortcuts},
	}
}

func shortcutsOff(r *http.Request) bool {
	c, err := r.Cookie(keysOff)
	return err == nil && c.Value == "off"
}

// switchShortcuts switches them off or on again in this browser, and leads back
// to the page that the account menu was opened on.
func (s *site) switchShortcuts(w http.ResponseWriter, r *http.Request) {
	c := &http.Cookie{Name: keysOff, Value: "off", Path: s.base() + "/", MaxAge: 365 * 24 * 60 * 60, HttpOnly: true, Secure: s.SignIn.Secure, SameSite: http.SameSiteLaxMode}
	if r.PostForm.Get("keys") != "off" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
	back := ""
	if u, err := url.Parse(r.Referer()); err == nil && u.Host == r.Host {
		back = strings.TrimPrefix(u.RequestURI(), s.base())
	}
	s.to(w, r, localPath(back))
}
