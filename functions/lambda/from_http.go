package lambda

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"

	"github.com/tidwall/gjson"

	"slipway/pipelines"
)

// incoming is a request as an event tells it, whichever the payload format.
type incoming struct {
	method, path, query string
	headers             http.Header
	client, domain      string
	prefix              string // what the address has before our own path: an API's stage
	body                []byte
}

// fromHTTP has a request answered. An error means that the event was no request; everything else has a status.
func (h *Handler) fromHTTP(ctx context.Context, e event) ([]byte, error) {
	if h.doors.HTTP == nil {
		return nil, closed("HTTP requests")
	}
	read := requestTwo
	if e.kind == httpOne {
		read = requestOne
	}
	in, err := read(gjson.ParseBytes(e.raw))
	if err != nil {
		return nil, err
	}
	if in.domain == "" && h.base == "" { // a Host header is whatever the client writes
		return nil, pipelines.Refuse(pipelines.Invalid, "an HTTP event names no domain, and SLIPWAY_BASE_URL is not set: set it to the address that people use")
	}
	r, err := in.request(ctx)
	if err != nil {
		return nil, err
	}
	w := newAnswer(ctx, r.Method, h.doors.Aside)
	h.serve(w, r, e, in)
	out, err := w.encode(e.kind, r)
	if unkept, ok := errors.AsType[*notKeptError](err); ok {
		e.log.Error("answer", "method", r.Method, "error", unkept)
		err = nil
	}
	return out, err
}

func (h *Handler) serve(w *answer, r *http.Request, e event, in incoming) {
	defer func() {
		if p := recover(); p != nil { // the site makes pages of its own panics; this one it wants to be seen as a cut
			e.log.Error("a request was cut off", append(told(&panicError{p, string(debug.Stack())}), "method", r.Method)...)
			w.reset(http.StatusInternalServerError, "something went wrong while this was answered: try again; whoever runs the server finds the cause in its log")
		}
	}()
	h.site(in).ServeHTTP(w, r)
}

// site is the handler for the address that the request came to.
func (h *Handler) site(in incoming) http.Handler {
	base := h.base
	if base == "" {
		base = "https://" + in.domain + in.prefix
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.sites[base] == nil {
		h.sites[base] = h.doors.HTTP(base)
	}
	return h.sites[base]
}

// request is the event as the net/http server would have read it off a TLS connection.
func (in incoming) request(ctx context.Context) (*http.Request, error) {
	address := pathOf(in.path)
	address.RawQuery = in.query
	r, err := http.NewRequestWithContext(ctx, in.method, "/", bytes.NewReader(in.body)) // sets the length, or NoBody
	if err != nil {
		return nil, pipelines.Refuse(pipelines.Invalid, "an HTTP event has the method %q", cut(in.method))
	}
	r.URL, r.RequestURI, r.Header = address, address.RequestURI(), in.headers
	r.Host = in.headers.Get("Host")
	if r.Host == "" {
		r.Host = in.domain
	}
	r.Header.Del("Host")
	r.RemoteAddr = net.JoinHostPort(in.client, "0")
	r.TLS = &tls.ConnectionState{Version: tls.VersionTLS12, HandshakeComplete: true, ServerName: in.domain}
	r.GetBody = nil // as in a server: the body is there once
	return r, nil
}

// pathOf takes a path as it was sent; an HTTP API hands it over decoded, which shows where it could not be sent so.
func pathOf(raw string) *url.URL {
	if !strings.HasPrefix(raw, "/") {
		raw = "/" + raw
	}
	path, err := url.PathUnescape(raw)
	if err != nil {
		return &url.URL{Path: raw}
	}
	u := &url.URL{Path: path, RawPath: raw}
	if u.EscapedPath() != raw { // raw was no encoding of anything
		u.RawPath = ""
	}
	return u
}

// requestTwo reads payload format 2.0: Function URLs and HTTP APIs.
func requestTwo(e gjson.Result) (incoming, error) {
	about := e.Get("requestContext")
	in := incoming{
		method: about.Get("http.method").Str, path: e.Get("rawPath").Str, query: e.Get("rawQueryString").Str,
		headers: http.Header{}, client: about.Get("http.sourceIp").Str, domain: about.Get("domainName").Str,
	}
	if in.path == "" {
		in.path = about.Get("http.path").Str
	}
	e.Get("headers").ForEach(func(name, value gjson.Result) bool {
		in.headers.Add(name.Str, value.Str)
		return true
	})
	var cookies []string
	for _, c := range e.Get("cookies").Array() {
		cookies = append(cookies, c.Str)
	}
	if len(cookies) > 0 {
		in.headers.Set("Cookie", strings.Join(cookies, "; "))
	}
	if stage := about.Get("stage").Str; stage != "" && stage != "$default" && strings.HasPrefix(in.path+"/", "/"+stage+"/") {
		in.prefix = "/" + stage
	}
	var err error
	in.body, err = bodyOf(e)
	return in, err
}

// requestOne reads payload format 1.0: REST APIs.
func requestOne(e gjson.Result) (incoming, error) {
	about := e.Get("requestContext")
	in := incoming{
		method: e.Get("httpMethod").Str, path: e.Get("path").Str, query: queryOne(e),
		headers: http.Header{}, client: about.Get("identity.sourceIp").Str, domain: about.Get("domainName").Str,
	}
	whole, ours := strings.TrimSuffix(about.Get("path").Str, "/"), strings.TrimSuffix(in.path, "/")
	if prefix, ok := strings.CutSuffix(whole, ours); ok {
		in.prefix, in.path = prefix, prefix+in.path
	}
	headersOne(e, in.headers)
	if cookies := in.headers.Values("Cookie"); len(cookies) > 1 {
		in.headers.Set("Cookie", strings.Join(cookies, "; "))
	}
	var err error
	in.body, err = bodyOf(e)
	return in, err
}

// headersOne prefers the lists, which hold all that the plain ones do and more.
func headersOne(e gjson.Result, to http.Header) {
	e.Get("headers").ForEach(func(name, value gjson.Result) bool {
		to.Set(name.Str, value.Str)
		return true
	})
	e.Get("multiValueHeaders").ForEach(func(name, values gjson.Result) bool {
		to.Del(name.Str)
		for _, v := range values.Array() {
			to.Add(name.Str, v.Str)
		}
		return true
	})
}

func queryOne(e gjson.Result) string {
	query := url.Values{}
	e.Get("queryStringParameters").ForEach(func(name, value gjson.Result) bool {
		query.Set(name.Str, value.Str)
		return true
	})
	e.Get("multiValueQueryStringParameters").ForEach(func(name, values gjson.Result) bool {
		query.Del(name.Str)
		for _, v := range values.Array() {
			query.Add(name.Str, v.Str)
		}
		return true
	})
	return query.Encode()
}

func bodyOf(e gjson.Result) ([]byte, error) {
	body := e.Get("body").Str
	if !e.Get("isBase64Encoded").Bool() {
		return []byte(body), nil
	}
	out, err := base64.StdEncoding.DecodeString(body)
	if err != nil {
		return nil, pipelines.Refuse(pipelines.Invalid, "the body of an HTTP event is not the base64 that it says to be")
	}
	return out, nil
}
