package feeds

import (
	"net"
	"net/url"
	"strings"

	"slipway/pipelines"
)

// webAddress reads the address of a feed that is asked by HTTP.
func webAddress(f pipelines.Feed) (*url.URL, error) {
	refuse := func(why string) (*url.URL, error) {
		return nil, pipelines.Refuse(pipelines.Invalid, "feed %s: its address %s; write one like http://artifactory.example:8081/artifactory/api/nuget/NuGet", f.Name, why)
	}
	u, err := url.Parse(strings.TrimSpace(f.URL))
	switch {
	case err != nil:
		return refuse("is none that a browser would take")
	case u.Scheme != "http" && u.Scheme != "https":
		return refuse("must begin with http:// or https://")
	case u.Hostname() == "":
		return refuse("names no host")
	case u.User != nil:
		return nil, pipelines.Refuse(pipelines.Invalid, "feed %s: its address has a user or a password in it, where everybody sees it; give the feed a username and a secret instead", f.Name)
	case u.RawQuery != "" || u.Fragment != "":
		return refuse("goes on behind a ? or a #, which the questions of a feed would not keep")
	}
	return u, nil
}

// shown is an address without what may be secret in it: signed links carry
// their signature in the query.
func shown(u *url.URL) string {
	return u.Scheme + "://" + u.Host + u.EscapedPath()
}

// origin is the server that an address belongs to.
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

// below is an address under the feed's own: what to ask, as it goes over the wire.
func below(base *url.URL, question string) *url.URL {
	u, err := url.Parse(strings.TrimSuffix(base.String(), "/") + "/" + question)
	if err != nil { // every question here is escaped, and the base was parsed before
		return base
	}
	return u
}

// quoted is a text inside an OData question. A quote in it is doubled, so that it
// stays text.
func quoted(s string) string {
	return "'" + escaped(strings.ReplaceAll(s, "'", "''")) + "'"
}

// escaped is a text within a path or a query. A space is no plus sign, which is a
// plus to some servers.
func escaped(s string) string {
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}
