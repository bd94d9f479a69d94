package cli

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"syscall"

	"slipway/pipelines"
	"slipway/web/rest"
)

// relay is a server in front of ours that takes packages.
type relay struct {
	*relaying
	to    *client
	local bool // only this machine reaches us
	inner http.Handler
	spool func() (*os.File, error)
}

func newRelay(to *client, v relaying, local bool) *relay {
	r := &relay{relaying: &v, to: to, local: local, spool: func() (*os.File, error) { return os.CreateTemp(v.temp, "slipway-relay-*") }}
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /v1/packages/{file}", r.put)
	mux.HandleFunc("POST /v1/packages", r.post)
	mux.HandleFunc("POST /v1/packages/uploads", r.announced)
	mux.Handle("/", r.through())
	r.inner = http.NewCrossOriginProtection().Handler(mux)
	return r
}

// ServeHTTP keeps browsers out, which reach this machine's own addresses for any
// page that asks them to: a page of another site, by its name or by one that it
// has made to mean this machine, would push with our key.
func (r *relay) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	if host := hostName(q.Host); r.local && !localName(host) {
		complainHTTP(w, http.StatusForbidden, pipelines.Refuse(pipelines.Forbidden, "the relay is asked for as %q: it answers to this machine's own names only, like http://%s", host, defaultRelay))
		return
	}
	r.inner.ServeHTTP(w, q)
}

func hostName(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return hostport
}

// through hands everything else to the server as it is.
func (r *relay) through() http.Handler {
	base, err := url.Parse(r.to.base)
	return &httputil.ReverseProxy{
		Transport: r.to.http.Transport,
		Rewrite: func(q *httputil.ProxyRequest) {
			if err == nil { // an address that cannot be parsed was refused before
				q.SetURL(base)
			}
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			if !errors.Is(err, context.Canceled) {
				complainHTTP(w, http.StatusBadGateway, pipelines.Refuse(pipelines.Unavailable, "%s", r.to.unreached(err)))
			}
		},
	}
}

func (r *relay) put(w http.ResponseWriter, q *http.Request) {
	r.take(w, q, q.PathValue("file"), q.Body)
}

// announced answers whoever would go on to the store by themselves: the file is
// to come here, where the store need not be reachable.
func (r *relay) announced(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(rest.Upload{Direct: true}) // who asked has gone
}

// post takes the first file of a form, as the server does.
func (r *relay) post(w http.ResponseWriter, q *http.Request) {
	parts, err := q.MultipartReader()
	if err != nil {
		complainHTTP(w, http.StatusBadRequest, pipelines.Refuse(pipelines.Invalid, "a package is posted as multipart/form-data with one file"))
		return
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			complainHTTP(w, http.StatusBadRequest, pipelines.Refuse(pipelines.Invalid, "no part of the form is a file: one needs a file name, like RandomQuotes.1.0.0.nupkg"))
			return
		}
		if err != nil {
			r.refuse(w, q, &cutShortError{err})
			return
		}
		if name := part.FileName(); name != "" {
			r.take(w, q, name, part)
			return
		}
	}
}

// take keeps the upload until it is whole and pushes it on.
func (r *relay) take(w http.ResponseWriter, q *http.Request, name string, from io.Reader) {
	to, err := r.onBehalfOf(q)
	if err != nil {
		r.refuse(w, q, err)
		return
	}
	if r.maxSize > 0 && q.ContentLength > r.maxSize+formRoom {
		r.refuse(w, q, &tooLargeError{r.maxSize})
		return
	}
	file, err := r.spool()
	if err != nil {
		r.refuse(w, q, &spoolError{err})
		return
	}
	defer os.Remove(file.Name())
	defer file.Close()
	d, err := keep(file, from, r.maxSize)
	if err != nil {
		r.refuse(w, q, err)
		return
	}
	d.name = name
	answer, err := to.deliver(q.Context(), d)
	if err != nil {
		r.refuse(w, q, err)
		return
	}
	defer answer.Body.Close()
	for _, header := range []string{"Content-Type", "Retry-After", "WWW-Authenticate"} {
		if v := answer.Header.Get(header); v != "" {
			w.Header().Set(header, v)
		}
	}
	w.WriteHeader(answer.StatusCode)
	_, _ = io.Copy(w, answer.Body) // who uploaded has gone, or the server has
}

// formRoom is what a form may have besides its file.
const formRoom = 1 << 20

// proofs are the headers by which a client says who it is.
var proofs = []string{keyHeader, "X-Octopus-Apikey", "X-Nuget-Apikey", "Authorization"}

// onBehalfOf is the client that asks as whoever uploads, or as us where they say
// nothing and come from this machine.
func (r *relay) onBehalfOf(q *http.Request) (*client, error) {
	proof := http.Header{}
	for _, name := range proofs {
		if v := q.Header.Values(name); len(v) > 0 {
			proof[http.CanonicalHeaderKey(name)] = v
		}
	}
	if len(proof) > 0 {
		return &client{base: r.to.base, http: r.to.http, proof: proof}, nil
	}
	if !r.local {
		return nil, pipelines.Refuse(pipelines.Unauthenticated, "the upload says not who makes it: send an API key in the header %s", keyHeader)
	}
	return r.to, nil
}

func (r *relay) refuse(w http.ResponseWriter, q *http.Request, err error) {
	if q.Context().Err() != nil {
		return // who uploaded has gone
	}
	status, complaint := r.complaintOf(err)
	complainHTTP(w, status, complaint)
}

func (r *relay) complaintOf(err error) (int, *pipelines.Error) {
	if _, ok := errors.AsType[*unreachedError](err); ok {
		return http.StatusBadGateway, complaint(pipelines.Unavailable, err.Error())
	}
	if large, ok := errors.AsType[*tooLargeError](err); ok {
		return http.StatusRequestEntityTooLarge, complaint(pipelines.Invalid, large.Error())
	}
	if e, ok := errors.AsType[*spoolError](err); ok {
		temp := r.temp
		if temp == "" {
			temp = os.TempDir()
		}
		why := "the relay cannot keep the upload in " + temp + " (" + e.Error() + "): it needs as much room as the package, or another folder with --temp"
		if errors.Is(err, syscall.ENOSPC) {
			return http.StatusInsufficientStorage, complaint(pipelines.Unavailable, why)
		}
		return http.StatusInternalServerError, complaint(pipelines.Unavailable, why)
	}
	if e, ok := errors.AsType[*pipelines.Error](err); ok {
		return relayStatus[e.Code], e
	}
	if e, ok := errors.AsType[*cutShortError](err); ok {
		return http.StatusBadRequest, complaint(pipelines.Invalid, e.Error())
	}
	return http.StatusBadGateway, complaint(pipelines.Unavailable, "the relay could not push the upload on: "+err.Error())
}

func complaint(code pipelines.Code, message string) *pipelines.Error {
	return &pipelines.Error{Code: code, Message: message}
}

// relayStatus is what the store's and our own refusals are answered with; the
// server's own go through as they are.
var relayStatus = map[pipelines.Code]int{
	pipelines.Invalid: http.StatusBadRequest, pipelines.Conflict: http.StatusConflict, pipelines.Forbidden: http.StatusForbidden,
	pipelines.NotFound: http.StatusNotFound, pipelines.Unauthenticated: http.StatusUnauthorized, pipelines.Unavailable: http.StatusServiceUnavailable,
}

func complainHTTP(w http.ResponseWriter, status int, err error) {
	e := rest.Error{Code: pipelines.CodeOf(err), Message: err.Error()}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(e) // who asked has gone
}
