package feedserver

import (
	"net/http"
	"strings"
	"time"
)

// Fault is a way in which the server fails.
type Fault string

// The faults. Those about packages leave the lists as they are.
const (
	None             Fault = ""
	Dead             Fault = "accepts and never answers"
	Drips            Fault = "answers a byte at a time"
	ServerError      Fault = "answers 500"
	LoginPage        Fault = "answers a page to sign in"
	HangsUpOnce      Fault = "hangs up on the next request"
	HangsUp          Fault = "hangs up on every request"
	NoTail           Fault = "breaks off in the middle of a list"
	EndlessPages     Fault = "names a next page for ever"
	SamePage         Fault = "sends the first page for every other"
	PageTooLarge     Fault = "answers with a list of 20 MB"
	LiesAboutSize    Fault = "lists another size than it sends"
	LiesAboutHash    Fault = "lists another hash than it sends"
	Truncates        Fault = "breaks off in the middle of a package"
	SendsMore        Fault = "sends more than it lists"
	Stalls           Fault = "stops in the middle of a package"
	PackageIsPage    Fault = "sends a page to sign in as the package"
	FileMissing      Fault = "lists packages whose files have gone"
	SendsOn          Fault = "sends downloads on to another host"
	SendsListsOn     Fault = "sends questions on to another host"
	SendsToMetadata  Fault = "sends questions on to the metadata address of a cloud"
	SendsInCircle    Fault = "sends questions on to themselves"
	LinksToElsewhere Fault = "links to packages on another host"
)

// Fail makes the server fail from now on; None ends it.
func (s *Server) Fail(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
	s.hangUps = 0
}

func (s *Server) failing() Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fault
}

const loginPage = "<!DOCTYPE html>\n<html><head><title>Log in</title></head><body><form><input name=\"password\"></form></body></html>\n"

// fails answers for a server that fails as a whole.
func (s *Server) fails(f Fault, w http.ResponseWriter, req *http.Request) bool {
	switch f {
	case Dead:
		s.wait(req, 0)
	case Drips:
		s.drip(w, req)
	case ServerError:
		refuse(w, http.StatusInternalServerError, "Could not process request")
	case LoginPage:
		page(w)
	case HangsUp:
		panic(http.ErrAbortHandler)
	case HangsUpOnce:
		s.mu.Lock()
		first := s.hangUps == 0
		s.hangUps++
		s.mu.Unlock()
		if first {
			panic(http.ErrAbortHandler)
		}
		return false
	case PageTooLarge:
		w.Header().Set("Content-Type", "application/atom+xml;charset=utf-8")
		w.Write([]byte(`<feed xmlns="http://www.w3.org/2005/Atom">`))
		for range 20 {
			w.Write([]byte(strings.Repeat(" ", 1<<20)))
		}
		w.Write([]byte(`</feed>`))
	case SendsListsOn:
		http.Redirect(w, req, s.elsewhere+req.RequestURI, http.StatusFound)
	case SendsToMetadata:
		http.Redirect(w, req, "http://169.254.169.254/latest/meta-data/", http.StatusFound)
	case SendsInCircle:
		http.Redirect(w, req, req.RequestURI, http.StatusFound)
	default:
		return false
	}
	return true
}

func page(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html;charset=UTF-8")
	w.Write([]byte(loginPage))
}

// wait lasts until whoever asked has gone, the server stops, or the time is over;
// 0 is no time.
func (s *Server) wait(req *http.Request, d time.Duration) bool {
	var over <-chan time.Time
	if d > 0 {
		over = time.After(d)
	}
	select {
	case <-req.Context().Done():
		return false
	case <-s.gone:
		return false
	case <-over:
		return true
	}
}

func (s *Server) drip(w http.ResponseWriter, req *http.Request) {
	w.Header().Set("Content-Type", "application/atom+xml;charset=utf-8")
	for s.wait(req, s.options.DripEvery) {
		w.Write([]byte(" "))
		http.NewResponseController(w).Flush()
	}
}

// serveElsewhere is the other host. As S3 does with signed links, it refuses
// whoever brings credentials.
func (s *Server) serveElsewhere(w http.ResponseWriter, req *http.Request) {
	s.mu.Lock()
	s.atMirror = append(s.atMirror, req.Header.Clone())
	s.mu.Unlock()
	if req.Header.Get("Authorization") != "" || req.Header.Get("X-NuGet-ApiKey") != "" {
		w.WriteHeader(http.StatusBadRequest)
		w.Write([]byte("<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>"))
		return
	}
	what := strings.TrimPrefix(req.URL.Path, s.root()+"/")
	if rest, ok := strings.CutPrefix(what, "Download/"); ok {
		id, version, _ := strings.Cut(rest, "/")
		if p, found := s.named(id, version); found {
			send(w, p)
			return
		}
	}
	s.serveV2(w, req, what)
}
