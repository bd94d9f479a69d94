// Package gateway stands between one function and one AWS service: it counts the function's calls, refuses what the function's role
// does not allow, and makes trouble when told to.
//
// It answers no call of its own, checks no signature and changes none: host, headers and body go on as they came, so whoever stands
// behind it can check them. The idea a newcomer would miss: who calls is known by which gateway is called, therefore every function
// has one for each service, and a signed address that a host uses leads to the gateway of the function that signed it, whose rights
// it borrows, as on AWS.
package gateway

import (
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"time"
)

// Settings say between whom a gateway stands.
type Settings struct {
	Function string // like "web"
	Service  string // as in AWS_ENDPOINT_URL_<Service>: DYNAMODB, S3, SSM, SCHEDULER, SESV2, KMS, SECRETS_MANAGER, LAMBDA
	Backend  string // the service's address; or
	Handler  http.Handler
	Address  string // where to listen; "" is a free port of 127.0.0.1
	Region   string
	Account  string
	Role     string          // the role's name, for messages
	May      func(Need) bool // what the role allows; nil allows all
	Ledger   *Ledger         // where calls are written down; nil: nowhere
}

// Gateway is one running gateway.
type Gateway struct {
	settings Settings
	on       http.Handler
	server   *http.Server
	listener net.Listener

	mu     sync.Mutex
	faults []*Fault
}

// Open starts a gateway.
func Open(s Settings) (*Gateway, error) {
	if s.Address == "" {
		s.Address = "127.0.0.1:0"
	}
	if s.Ledger == nil {
		s.Ledger = &Ledger{}
	}
	g := &Gateway{settings: s, on: s.Handler}
	if g.on == nil {
		to, err := url.Parse(s.Backend)
		if err != nil {
			return nil, err
		}
		g.on = forward(s.Service, to)
	}
	var err error
	if g.listener, err = net.Listen("tcp", s.Address); err != nil {
		return nil, err
	}
	g.server = &http.Server{Handler: g, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = g.server.Serve(g.listener) }() // it ends with Close
	return g, nil
}

// URL is the value for AWS_ENDPOINT_URL_<Service>.
func (g *Gateway) URL() string { return "http://" + g.listener.Addr().String() }

// Close ends the gateway.
func (g *Gateway) Close() error { return g.server.Close() }

// forward keeps Host, which is part of the signature.
func forward(service string, to *url.URL) http.Handler {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = r.In.Host
			if _, ok := r.In.Header["User-Agent"]; !ok {
				r.Out.Header["User-Agent"] = nil
			}
		},
		Transport:     &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true},
		FlushInterval: -1,
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, _ error) {
			refuse(w, service, http.StatusServiceUnavailable, "ServiceUnavailable", "the service does not answer")
		},
	}
}

// ServeHTTP takes one call.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	asked, err := read(g.settings, r)
	if err != nil {
		refuse(w, g.settings.Service, http.StatusBadRequest, "BadRequest", err.Error())
		return
	}
	call := Call{Function: g.settings.Function, Service: g.settings.Service, Operation: asked.operation, Resource: asked.resource, Signed: asked.signed, At: time.Now(),
		ItemBytes: asked.itemBytes, Items: asked.items, BodyBytes: r.ContentLength}
	seen := &watcher{ResponseWriter: w, keep: g.settings.Service == "DYNAMODB"}
	defer func() {
		call.Status, call.Took = seen.status, time.Since(call.At)
		call.Units, call.ErrorCode = seen.units(), seen.errorCode()
		g.settings.Ledger.write(call)
	}()
	if lacking, ok := g.lacks(asked.needs); ok {
		g.deny(seen, lacking)
		return
	}
	if fault := g.due(asked.operation, asked.resource); fault != nil && !g.strike(seen, r, fault) {
		return
	}
	if g.settings.Service == "S3" && (asked.operation == "GetObject" || asked.operation == "HeadObject") {
		g.getObject(seen, r, asked)
		return
	}
	g.on.ServeHTTP(seen, r)
}

// getObject: "If you don't have the s3:ListBucket permission, Amazon S3 returns an HTTP status code 403 Access Denied error" for an object
// that does not exist (Amazon S3 API Reference, GetObject).
func (g *Gateway) getObject(w *watcher, r *http.Request, asked asked) {
	list := Need{Action: "s3:ListBucket", Resource: "arn:aws:s3:::" + asked.bucket}
	if _, lacks := g.lacks([]Need{list}); lacks {
		w.instead = func(status int) bool {
			if status != http.StatusNotFound {
				return false
			}
			g.deny(&watcher{ResponseWriter: w.ResponseWriter}, list)
			return true
		}
	}
	g.on.ServeHTTP(w, r)
}

func (g *Gateway) lacks(needs []Need) (Need, bool) {
	for _, n := range needs {
		if g.settings.May != nil && !g.settings.May(n) {
			return n, true
		}
	}
	return Need{}, false
}
