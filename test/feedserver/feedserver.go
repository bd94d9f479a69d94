// Package feedserver is a NuGet server for tests that answers as Artifactory
// does, by v2 and v3, and fails on demand.
//
// It keeps packages in memory and knows nothing of who asks it: no line of it is
// shared with the product's side. What it answers follows what Artifactory is
// seen to answer in public reports, whose subjects stand beside the code that
// follows them, and where those say nothing the documented protocol.
package feedserver

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// Options say what kind of server it is. The zero value is an open one with one
// repository called NuGet.
type Options struct {
	Repository string // "" is NuGet
	// User and Password protect the repository. A push may also carry them joined by
	// a colon as its key; reading goes by Basic authentication only.
	User, Password string
	// PageSize is how many entries a page has, 0 is 80.
	PageSize int
	// BaseURL is what links begin with instead of the address that was asked, as on
	// a server behind a proxy whose base URL nobody set.
	BaseURL string
	// NoPackageFolder leaves PackageBaseAddress out of the v3 index, as Artifactory
	// did for long: its registrations link to the v2 download.
	NoPackageFolder bool
	// MayOverwrite lets a push replace a version; Artifactory lets those who may
	// delete, and answers the others 409.
	MayOverwrite bool
	// DripEvery is how slowly Drips drips, 0 is a second.
	DripEvery time.Duration
	// Now dates the packages; nil is the clock.
	Now func() time.Time
	// Log gets a line for each request; nil is none.
	Log io.Writer
}

// Server is a running feed.
type Server struct {
	URL   string // of v2, like http://127.0.0.1:8041/artifactory/api/nuget/NuGet
	V3URL string // of v3, ends in index.json

	options   Options
	elsewhere string // address of the other host that downloads may be sent to

	mu       sync.Mutex
	packages []pkg
	fault    Fault
	asked    []string
	atMirror []http.Header
	gone     chan struct{}
	hangUps  int
}

// Start runs a server until the test ends.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	s, stop, err := Listen("127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return s
}

// Listen runs a server until it is stopped. Beside it there is a second one on
// another port: the other host that a faulty or a large feed sends on to.
func Listen(address string, o Options) (*Server, func(), error) {
	if o.Repository == "" {
		o.Repository = "NuGet"
	}
	if o.PageSize == 0 {
		o.PageSize = 80
	}
	if o.DripEvery == 0 {
		o.DripEvery = time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Server{options: o, gone: make(chan struct{})}
	own, stopOwn, err := listen(address, http.HandlerFunc(s.serve))
	if err != nil {
		return nil, nil, err
	}
	other, stopOther, err := listen("127.0.0.1:0", http.HandlerFunc(s.serveElsewhere))
	if err != nil {
		stopOwn()
		return nil, nil, err
	}
	s.URL = own + s.root()
	s.V3URL = own + s.rootV3() + "/index.json"
	s.elsewhere = other
	var once sync.Once
	return s, func() {
		once.Do(func() { close(s.gone); stopOwn(); stopOther() })
	}, nil
}

func listen(address string, h http.Handler) (url string, stop func(), err error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go server.Serve(l)
	return "http://" + l.Addr().String(), func() { server.Close() }, nil
}

func (s *Server) root() string   { return "/artifactory/api/nuget/" + s.options.Repository }
func (s *Server) rootV3() string { return "/artifactory/api/nuget/v3/" + s.options.Repository }

// Asked are the requests so far, like "GET /artifactory/…?…".
func (s *Server) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.asked...)
}

// Elsewhere are the headers that the other host was sent, one for each request.
func (s *Server) Elsewhere() []http.Header {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]http.Header(nil), s.atMirror...)
}

func (s *Server) serve(w http.ResponseWriter, req *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, req.Method+" "+req.RequestURI)
	fault := s.fault
	s.mu.Unlock()
	if s.options.Log != nil {
		fmt.Fprintf(s.options.Log, "%s %s\n", req.Method, req.RequestURI)
	}
	w.Header().Set("Server", "Artifactory/6.23.13")
	if s.fails(fault, w, req) {
		return
	}
	v2, isV2 := strings.CutPrefix(req.URL.Path, s.root())
	v3, isV3 := strings.CutPrefix(req.URL.Path, s.rootV3())
	switch {
	case isV3 && (v3 == "" || v3[0] == '/'):
		s.guarded(w, req, func() { s.serveV3(w, req, strings.TrimPrefix(v3, "/")) })
	case isV2 && (v2 == "" || v2[0] == '/'):
		s.guarded(w, req, func() { s.serveV2(w, req, strings.TrimPrefix(v2, "/")) })
	default:
		refuse(w, http.StatusNotFound, "Not Found")
	}
}

// guarded asks for credentials as Artifactory does where nobody may read
// without.
func (s *Server) guarded(w http.ResponseWriter, req *http.Request, serve func()) {
	o := s.options
	user, password, basic := req.BasicAuth()
	key := req.Header.Get("X-NuGet-ApiKey")
	switch {
	case o.User == "" && o.Password == "",
		basic && user == o.User && password == o.Password,
		req.Method != http.MethodGet && key == o.User+":"+o.Password:
		serve()
	default:
		w.Header().Set("WWW-Authenticate", `Basic realm="Artifactory Realm"`)
		message := "Authentication is required"
		if basic || key != "" {
			message = "Bad credentials"
		}
		refuse(w, http.StatusUnauthorized, message)
	}
}

// refuse answers an error in Artifactory's form.
func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json;charset=ISO-8859-1")
	w.WriteHeader(status)
	fmt.Fprintf(w, "{\n  \"errors\" : [ {\n    \"status\" : %d,\n    \"message\" : %q\n  } ]\n}", status, message)
}
