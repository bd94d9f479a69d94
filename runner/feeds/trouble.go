package feeds

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"

	"slipway/pipelines"
	"slipway/pipelines/excerpt"
)

// refuse makes an error of the feed: it is the feed that has to be looked at,
// not the request of whoever asked us.
func (c *client) refuse(format string, args ...any) error {
	return unavailable(c.feed, shown(c.base), format, args...)
}

// unavailable names the feed in front of what is wrong with it.
func unavailable(f pipelines.Feed, address, format string, args ...any) error {
	return pipelines.Refuse(pipelines.Unavailable, "feed %s (%s): "+format, append([]any{f.Name, address}, args...)...)
}

// trouble says why there is no answer. The errors of Go's client carry the whole
// address, signature and all, so they are looked into and never shown as they are.
func (c *client) trouble(ctx context.Context, at *url.URL, err error) error {
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errNoAnswer):
		return c.refuse("has not answered within %v; look whether %s is up", c.limits.answer, at.Host)
	case errors.Is(cause, errStalled):
		return c.refuse("has sent nothing for %v in the middle of a package; look at %s and try again", c.limits.stall, at.Host)
	case cause != nil: // whoever asked has gone
		return cause
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		if asked, parseErr := url.Parse(u.URL); parseErr == nil && asked.Host != "" {
			at = asked // where a redirect had led
		}
		err = u.Err
	}
	if forbidden, ok := errors.AsType[forbiddenAddress](err); ok {
		return c.refuse("%s leads to %s, which a feed may not make this server ask", at.Host, forbidden.address)
	}
	if name, ok := errors.AsType[*net.DNSError](err); ok {
		if name.IsNotFound {
			return c.refuse("the host %s is not known here; check the feed's address", at.Hostname())
		}
		return c.refuse("the name %s could not be looked up (%s)", at.Hostname(), name.Err)
	}
	if why := securityTrouble(at, err); why != "" {
		return c.refuse("%s", why)
	}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return c.refuse("nobody listens at %s (connection refused); look whether the feed's server runs and whether the port is right", at.Host)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return c.refuse("%s broke off in the middle of an answer", at.Host)
	case wasReset(err):
		return c.refuse("%s hung up without an answer, twice", at.Host)
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return c.refuse("no connection to %s came about in time; look whether it is up and may be reached from here", at.Host)
	}
	return c.refuse("asking %s: %v", at.Host, err)
}

// securityTrouble is what is wrong with the server's certificate, if anything.
func securityTrouble(at *url.URL, err error) string {
	if unknown, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		by := ""
		if unknown.Cert != nil {
			by = " by " + unknown.Cert.Issuer.String()
		}
		return "the certificate of " + at.Host + " is signed" + by + ", whom this server does not trust; add that authority to the machine's certificates"
	}
	if name, ok := errors.AsType[x509.HostnameError](err); ok {
		return "the certificate is not for this host: " + name.Error() + "; use the name in the certificate"
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		return "the certificate of " + at.Host + " is not valid: " + invalid.Error()
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok || errors.Is(err, http.ErrSchemeMismatch) {
		return at.Host + " does not speak https there; use http:// in the feed's address, or the port that speaks https"
	}
	if alert, ok := errors.AsType[tls.AlertError](err); ok {
		return at.Host + " refuses the encrypted connection: " + alert.Error()
	}
	return ""
}

// missing is the error for a feed that is not where its address says.
func (c *client) missing() error {
	way := "check the feed's address; of Artifactory it is http://<host>:8081/artifactory/api/nuget/<repository>"
	if isV3(c.base) {
		way = "check the feed's address; of NuGet v3 it ends in index.json, of Artifactory it is http://<host>:8081/artifactory/api/nuget/v3/<repository>/index.json"
	}
	return c.refuse("there is no feed (404); %s", way)
}

// html is the error for a page made for people.
func (c *client) html(from *url.URL) error {
	return c.refuse("answers with a web page instead of a feed, most often to sign in (%s); check the feed's address and its username and secret. Of Artifactory the address is http://<host>:8081/artifactory/api/nuget/<repository>", shown(from))
}

// isHTML reports whether an answer is a page for people.
func isHTML(body []byte) bool {
	start := strings.ToLower(string(bytes.TrimLeft(body[:min(len(body), 512)], "\ufeff \t\r\n")))
	return strings.HasPrefix(start, "<!doctype html") || strings.HasPrefix(start, "<html")
}

// shortened keeps a hostile text from filling a page.
func shortened(s string) string { return excerpt.Of(s, 200) }
