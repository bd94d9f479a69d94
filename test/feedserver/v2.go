package feedserver

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// serveV2 answers what lies below the v2 root. Brackets behind a function may be
// left out (Artifactory takes both).
func (s *Server) serveV2(w http.ResponseWriter, req *http.Request, what string) {
	q := parameters(req.URL.RawQuery)
	switch {
	case req.Method == http.MethodPut:
		s.push(w, req, what)
		return
	case req.Method == http.MethodDelete:
		s.remove(w, what)
		return
	case req.Method != http.MethodGet && req.Method != http.MethodHead:
		refuse(w, http.StatusMethodNotAllowed, "Method Not Allowed")
		return
	}
	what, count := strings.CutSuffix(what, "/$count")
	name, key, _ := strings.Cut(what, "(")
	switch {
	case what == "":
		answerXML(w, serviceDocument(s.base(req)))
	case what == "$metadata":
		answerXML(w, metadata)
	case name == "FindPackagesById":
		s.findByID(w, req, q, count)
	case name == "Search":
		s.search(w, req, q, count)
	case name == "Packages" && (key == "" || key == ")"):
		s.list(w, req, "Packages", q, count, func(p pkg) bool { return !p.unlisted })
	case name == "Packages":
		s.single(w, req, strings.TrimSuffix(key, ")"))
	case strings.HasPrefix(what, "Download/"):
		id, version, _ := strings.Cut(strings.TrimPrefix(what, "Download/"), "/")
		s.download(w, req, id, version)
	default:
		refuse(w, http.StatusNotFound, "File not found.")
	}
}

// findByID lists a package. Without an id there is nothing (404), of an unknown
// one the list is empty; packages that are not listed are in it, as on nuget.org,
// with a date that says so.
func (s *Server) findByID(w http.ResponseWriter, req *http.Request, q map[string]string, count bool) {
	id := unquoted(q["id"])
	if id == "" {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	s.list(w, req, "FindPackagesById", q, count, func(p pkg) bool { return strings.EqualFold(p.ID, id) })
}

// search looks for a text. Nothing found is a 404.
func (s *Server) search(w http.ResponseWriter, req *http.Request, q map[string]string, count bool) {
	term := strings.ToLower(unquoted(q["searchterm"]))
	prereleases := q["includeprerelease"] == "true"
	pass := func(p pkg) bool {
		return !p.unlisted && (prereleases || !p.number.IsPrerelease()) &&
			(strings.Contains(strings.ToLower(p.ID), term) || strings.Contains(strings.ToLower(p.Description), term))
	}
	if !count && len(s.matching(pass)) == 0 {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	s.list(w, req, "Search", q, count, pass)
}

// list answers the packages that pass, a page at a time.
func (s *Server) list(w http.ResponseWriter, req *http.Request, title string, q map[string]string, count bool, pass func(pkg) bool) {
	filter, known := s.filter(q)
	if !known {
		// Artifactory 5 is reported to answer so to filters it cannot read.
		refuse(w, http.StatusMethodNotAllowed, "Method Not Allowed")
		return
	}
	old := !strings.HasPrefix(q["semverlevel"], "2")
	found := s.matching(func(p pkg) bool { return pass(p) && filter(p) && !(old && p.hiddenFromOld()) })
	if count {
		w.Header().Set("Content-Type", "text/plain;charset=utf-8")
		fmt.Fprint(w, len(found))
		return
	}
	if strings.HasSuffix(strings.ToLower(q["$orderby"]), "desc") {
		slices.Reverse(found)
	}
	skip, _ := strconv.Atoi(q["$skip"])
	top, err := strconv.Atoi(q["$top"])
	if s.failing() == SamePage {
		skip = 0
	}
	rest := found[min(max(skip, 0), len(found)):]
	if err == nil {
		rest = rest[:min(max(top, 0), len(rest))]
	}
	page := rest[:min(s.options.PageSize, len(rest))]
	next := ""
	if len(page) < len(rest) || s.failing() == EndlessPages || s.failing() == SamePage {
		next = s.next(req, title, skip+len(page), top, err == nil, len(page))
	}
	s.answerFeed(w, req, title, page, next)
}

// next is the address of the page behind one.
func (s *Server) next(req *http.Request, title string, skip, top int, limited bool, shown int) string {
	var kept []string
	for pair := range strings.SplitSeq(req.URL.RawQuery, "&") {
		name, _, _ := strings.Cut(pair, "=")
		name, _ = url.QueryUnescape(name)
		if name != "$skip" && name != "$top" && name != "" {
			kept = append(kept, pair)
		}
	}
	kept = append(kept, fmt.Sprintf("$skip=%d", skip))
	if limited {
		kept = append(kept, fmt.Sprintf("$top=%d", top-shown))
	}
	return s.base(req) + "/" + title + "()?" + strings.Join(kept, "&")
}

// single answers one version: (Id='x',Version='y').
func (s *Server) single(w http.ResponseWriter, req *http.Request, key string) {
	said := map[string]string{}
	for _, part := range outsideQuotes(key, ',') {
		name, value, _ := strings.Cut(part, "=")
		said[strings.TrimSpace(name)] = unquoted(strings.TrimSpace(value))
	}
	p, found := s.named(said["Id"], said["Version"])
	if !found {
		refuse(w, http.StatusNotFound, fmt.Sprintf("Unable to find package '%s' version '%s'", said["Id"], said["Version"]))
		return
	}
	s.answerEntry(w, req, p)
}

// download sends a package.
func (s *Server) download(w http.ResponseWriter, req *http.Request, id, version string) {
	p, found := s.named(id, version)
	if !found || s.failing() == FileMissing {
		refuse(w, http.StatusNotFound, fmt.Sprintf("Unable to find NuPkg '%s-%s' in '%s'", id, version, s.options.Repository))
		return
	}
	switch s.failing() {
	case SendsOn:
		http.Redirect(w, req, s.elsewhere+req.URL.EscapedPath()+"?X-Amz-Signature=0123456789abcdef", http.StatusFound)
	case PackageIsPage:
		page(w)
	case Truncates:
		w.Header().Set("Content-Length", strconv.Itoa(len(p.bytes)))
		w.Write(p.bytes[:len(p.bytes)/2])
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case Stalls:
		w.Header().Set("Content-Length", strconv.Itoa(len(p.bytes)))
		w.Write(p.bytes[:len(p.bytes)/2])
		http.NewResponseController(w).Flush()
		s.wait(req, 0)
	case SendsMore:
		http.NewResponseController(w).Flush() // so that no length is said
		w.Write(p.bytes)
		w.Write(p.bytes)
	default:
		send(w, p)
	}
}

// send answers a package's bytes with what Artifactory says of them.
func send(w http.ResponseWriter, p pkg) {
	h := w.Header()
	h.Set("Content-Type", "application/x-nupkg")
	h.Set("Content-Length", strconv.Itoa(len(p.bytes)))
	h.Set("Content-Disposition", `attachment; filename="`+p.fileName()+`"; filename*=UTF-8''`+url.PathEscape(p.fileName()))
	h.Set("X-Artifactory-Filename", p.fileName())
	h.Set("X-Checksum-Sha256", p.sha256())
	w.Write(p.bytes)
}

// base is what links begin with.
func (s *Server) base(req *http.Request) string {
	if s.options.BaseURL != "" {
		return strings.TrimSuffix(s.options.BaseURL, "/") + s.root()
	}
	return "http://" + req.Host + s.root()
}
