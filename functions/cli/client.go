package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/web/rest"
)

// client talks to one server as one person.
type client struct {
	base string // without a slash at the end
	key  string // "" is nobody
	http *http.Client
	// proof goes with every request: how somebody else, for whom we ask, says
	// who they are.
	proof http.Header
}

const keyHeader = "X-Slipway-ApiKey"

// newTransport gives up on servers that accept and then say nothing. Big
// uploads wait for leave first: a refusal then costs no upload.
func newTransport() http.RoundTripper {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: 2 * time.Minute,
		ExpectContinueTimeout: 2 * time.Second,
		ForceAttemptHTTP2:     true,
	}
}

// newClient follows no redirect: it would carry the key to wherever it leads.
func (p *program) newClient(base, key string) *client {
	return &client{base: strings.TrimRight(base, "/"), key: key, http: &http.Client{
		Transport:     p.transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// at is an address below /v1 of parts that may hold any character.
func at(parts ...string) string {
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return "/v1/" + strings.Join(parts, "/")
}

// get reads into out.
func (c *client) get(ctx context.Context, path string, out any) error {
	return c.call(ctx, http.MethodGet, path, nil, out)
}

// call sends in as JSON (nil: nothing) and reads the answer into out (nil: it
// does not matter).
func (c *client) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return err
	}
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	return c.send(r, out)
}

func (c *client) send(r *http.Request, out any) error {
	answer, err := c.ask(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	return c.understand(answer, out)
}

// ask sends a request to the server and gives its answer, whatever it is.
func (c *client) ask(r *http.Request) (*http.Response, error) {
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "slipway/"+Version())
	for name, values := range c.proof {
		r.Header[name] = values
	}
	if c.key != "" {
		r.Header.Set(keyHeader, c.key)
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, c.unreached(err)
	}
	return answer, nil
}

// understand reads an answer into out, or makes it the error it stands for.
func (c *client) understand(answer *http.Response, out any) error {
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return c.refused(answer)
	}
	if out == nil || answer.StatusCode == http.StatusNoContent {
		return nil
	}
	if err := json.NewDecoder(answer.Body).Decode(out); err != nil {
		return fmt.Errorf("%s answered something else than expected, is it a slipway server of the same version? (%w)", c.base, err)
	}
	return nil
}

// unreachedError is a server that could not be asked.
type unreachedError struct {
	base string
	err  error
}

func (e *unreachedError) Error() string {
	return fmt.Sprintf("%s does not answer (%s): is the server running there?", e.base, rootCause(e.err))
}

func (e *unreachedError) Unwrap() error { return e.err }

func (c *client) unreached(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return &unreachedError{c.base, err}
}

// rootCause leaves out Go's own path to the error: `Get "http://…": dial tcp …`.
func rootCause(err error) string {
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	if e, ok := errors.AsType[*net.OpError](err); ok && e.Err != nil {
		err = e.Err
	}
	return strings.TrimPrefix(err.Error(), "connect: ")
}

// refused is the error that an answer stands for.
func (c *client) refused(answer *http.Response) error {
	if where := answer.Header.Get("Location"); answer.StatusCode/100 == 3 {
		return fmt.Errorf("%s leads on to %s: use the server's own address", c.base, where)
	}
	var e rest.Error
	kind, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type")) // no kind is no JSON
	if kind != "application/json" || json.NewDecoder(io.LimitReader(answer.Body, 1<<20)).Decode(&e) != nil || e.Message == "" {
		return fmt.Errorf("%s answered %s to %s %s: is it a slipway server?", c.base, answer.Status, answer.Request.Method, answer.Request.URL.Path)
	}
	if e.Code == "" {
		if e.Reference != "" {
			return fmt.Errorf("the server had an error of its own: look for %s in its log", e.Reference)
		}
		return fmt.Errorf("the server had an error of its own: %s", e.Message)
	}
	if e.Code == pipelines.Unauthenticated && c.key == "" && !strings.HasSuffix(answer.Request.URL.Path, at("login")) {
		e.Message += " (nobody is signed in here: `slipway login " + c.base + "`)"
	}
	return &pipelines.Error{Code: e.Code, Message: e.Message, Problems: e.Problems}
}
