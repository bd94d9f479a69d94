package feeds

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"syscall"

	"slipway/pipelines"
)

// The bounds of one answer.
const (
	largestPage = 16 << 20 // bytes
	mostPages   = 200
)

// client asks one feed by HTTP. Its errors name the feed.
type client struct {
	feed   pipelines.Feed
	base   *url.URL
	as     credentials
	http   *http.Client
	limits limits
}

func newClient(f pipelines.Feed, password string, l limits) (*client, error) {
	base, err := webAddress(f)
	if err != nil {
		return nil, err
	}
	as, err := credentialsFor(f, base, password)
	if err != nil {
		return nil, err
	}
	return &client{f, base, as, &http.Client{Transport: signer{as, wire(base, http.ProxyFromEnvironment)}, CheckRedirect: mayFollow}, l}, nil
}

// errNoAnswer is why a question ended that took too long.
var errNoAnswer = errors.New("no answer in time")

// within gives a question its deadline, from the first byte to the last page.
func (l limits) within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, l.answer, errNoAnswer)
}

// errNotThere is a 404, which means another thing for each question.
var errNotThere = errors.New("not there")

// answer is one page that came whole.
type answer struct {
	body []byte
	from *url.URL // after redirects; what its links are relative to
}

// page asks for one bounded page.
func (c *client) page(ctx context.Context, at *url.URL, accept string) (answer, error) {
	a, err := c.once(ctx, at, accept)
	if wasReset(err) && ctx.Err() == nil {
		a, err = c.once(ctx, at, accept)
	}
	if err == nil || err == errNotThere || pipelines.CodeOf(err) != "" {
		return a, err
	}
	return answer{}, c.trouble(ctx, at, err)
}

func (c *client) once(ctx context.Context, at *url.URL, accept string) (answer, error) {
	resp, err := c.get(ctx, at, accept)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	if err := c.checkStatus(resp); err != nil {
		return answer{}, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, largestPage+1))
	if err != nil {
		return answer{}, err
	}
	if len(body) > largestPage {
		return answer{}, c.refuse("answers with a page of more than %d MB, where a list of versions has a few hundred KB", largestPage>>20)
	}
	if isHTML(body) {
		return answer{}, c.html(resp.Request.URL)
	}
	return answer{body, resp.Request.URL}, nil
}

func (c *client) get(ctx context.Context, at *url.URL, accept string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", accept)
	req.Header.Set("User-Agent", "Slipway")
	return c.http.Do(req)
}

// wasReset reports whether the server hung up, as one does that closes idle
// connections; asking once more is harmless, since every question is a GET.
func wasReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF) || errors.Is(err, syscall.EPIPE)
}

// link is an address that an answer gives. Behind a proxy that speaks HTTPS
// Artifactory tells its own HTTP address, unless somebody set its base URL: the
// same host is then asked as the feed is.
func (c *client) link(from *url.URL, ref string) (*url.URL, error) {
	u, err := from.Parse(strings.TrimSpace(ref))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, c.refuse("links to %q, which is no address to ask", shortened(ref))
	}
	u.User, u.Fragment = nil, ""
	if c.base.Scheme == "https" && u.Scheme == "http" {
		if !strings.EqualFold(u.Hostname(), c.base.Hostname()) {
			return nil, c.refuse("is asked by https but links to %s, where everybody on the way can change the answer; set the base URL of the feed's server to its https address", shown(u))
		}
		u.Scheme, u.Host = c.base.Scheme, c.base.Host
	}
	return u, nil
}

// checkStatus turns what is no answer into an error for people.
func (c *client) checkStatus(resp *http.Response) error {
	foreign := ""
	if !c.as.belongTo(resp.Request.URL) {
		foreign = fmt.Sprintf(" (it was %s that said so, to which the feed sent us; credentials of the feed do not go there)", shown(resp.Request.URL))
	}
	switch code := resp.StatusCode; {
	case code == http.StatusOK:
		return nil
	case code == http.StatusNotFound:
		return errNotThere
	case code == http.StatusUnauthorized && !c.as.given():
		return c.refuse("asks for a user and a password (401)%s: give the feed a username and a secret", foreign)
	case code == http.StatusUnauthorized:
		return c.refuse("does not accept the credentials (401)%s: check the feed's username and its secret", foreign)
	case code == http.StatusForbidden:
		return c.refuse("does not let this user read (403)%s: check the feed's username and secret, and the user's rights in the repository", foreign)
	default:
		return oddStatus{c.refuse("answers %d %s to %s%s", code, http.StatusText(code), shown(resp.Request.URL), foreign)}
	}
}

// oddStatus is a refusal that may be about this one question: servers know
// different parts of the protocol.
type oddStatus struct{ error }

func (e oddStatus) Unwrap() error { return e.error }
