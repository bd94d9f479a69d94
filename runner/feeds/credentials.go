package feeds

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"slipway/pipelines"
)

// credentials are what the feed's own server hears, and nobody else.
type credentials struct {
	home     *url.URL
	user     string
	password string
}

func credentialsFor(f pipelines.Feed, home *url.URL, password string) (credentials, error) {
	if strings.Contains(f.Username, ":") {
		return credentials{}, pipelines.Refuse(pipelines.Invalid,
			"feed %s: its username has a colon in it, at which Basic authentication would cut it; leave the username out and store user:password as the secret", f.Name)
	}
	return credentials{home, f.Username, password}, nil
}

func (c credentials) given() bool { return c.user != "" || c.password != "" }

// sign adds the credentials to a question for the feed's own server. Without a
// username the secret is a key: Artifactory's are user:password, which is just
// what Basic authentication joins, so such a key goes through as it is.
func (c credentials) sign(req *http.Request) {
	if !c.given() || !c.belongTo(req.URL) {
		return
	}
	whole := c.user + ":" + c.password
	if c.user == "" {
		req.Header.Set("X-NuGet-ApiKey", c.password)
		if strings.Contains(c.password, ":") {
			whole = c.password
		}
	}
	req.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(whole)))
}

// belongTo reports whether an address is the feed's own server, or the same host
// by HTTPS where the feed is written down with HTTP.
func (c credentials) belongTo(u *url.URL) bool {
	if origin(u) == origin(c.home) {
		return true
	}
	secured := *c.home
	secured.Scheme = "https"
	return c.home.Scheme == "http" && c.home.Port() == "" && origin(u) == origin(&secured)
}

// signer signs each request on its way out, those of a redirect by themselves:
// what Go's client copies along when it follows is not strict enough here, since
// a host has many ports.
type signer struct {
	as   credentials
	next http.RoundTripper
}

func (s signer) RoundTrip(req *http.Request) (*http.Response, error) {
	signed := req.Clone(req.Context())
	signed.Header.Del("Authorization")
	signed.Header.Del("Referer")
	s.as.sign(signed)
	return s.next.RoundTrip(signed)
}
