package signin

import (
	"net/http"
	"time"
)

// cookieName is the session's. The prefix makes a browser insist on https, and,
// where nothing else is served from our host, on path / and this very host: so
// no neighbouring host can plant a session.
func (s *SignIn) cookieName() string { return s.prefix() + "slipway" }

// halfName is the cookie of somebody who still owes the second factor.
func (s *SignIn) halfName() string { return s.prefix() + "slipway-step" }

// flowName is the cookie of somebody who is on the way to a provider and back.
func (s *SignIn) flowName() string { return s.prefix() + "slipway-way" }

func (s *SignIn) prefix() string {
	switch {
	case !s.Secure:
		return ""
	case s.BasePath != "":
		return "__Secure-"
	}
	return "__Host-"
}

func (s *SignIn) token(r *http.Request) string { return cookieOf(r, s.cookieName()) }

func cookieOf(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// cookie is one of ours; an empty value takes it away.
func (s *SignIn) cookie(name, value string, expires time.Time) *http.Cookie {
	c := &http.Cookie{
		Name: name, Value: value, Path: s.BasePath, Expires: expires,
		HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode,
	}
	if c.Path == "" {
		c.Path = "/"
	}
	if value == "" {
		c.MaxAge = -1
	}
	return c
}
