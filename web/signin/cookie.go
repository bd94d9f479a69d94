package signin

import (
	"net/http"
	"time"
)

// cookieName: the prefix makes a browser insist on https, path / and this very
// host, so no neighbouring host can plant a session.
func (s *SignIn) cookieName() string {
	if s.Secure && s.BasePath == "" {
		return "__Host-slipway"
	}
	return "slipway"
}

func (s *SignIn) token(r *http.Request) string {
	c, err := r.Cookie(s.cookieName())
	if err != nil {
		return ""
	}
	return c.Value
}

// cookie is the session's; an empty token takes it away.
func (s *SignIn) cookie(token string, expires time.Time) *http.Cookie {
	c := &http.Cookie{
		Name: s.cookieName(), Value: token, Path: s.BasePath, Expires: expires,
		HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode,
	}
	if c.Path == "" {
		c.Path = "/"
	}
	if token == "" {
		c.MaxAge = -1
	}
	return c
}
