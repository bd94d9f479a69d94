package feedserver

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// serveV3 answers what lies below the v3 root. Addresses have ids and versions
// in small letters.
func (s *Server) serveV3(w http.ResponseWriter, req *http.Request, what string) {
	if req.Method != http.MethodGet {
		refuse(w, http.StatusMethodNotAllowed, "Method Not Allowed")
		return
	}
	parts := strings.Split(what, "/")
	switch {
	case what == "index.json" || what == "":
		answerJSON(w, s.serviceIndex(req))
	case parts[0] == "query":
		s.query(w, req)
	case parts[0] == "registration-semver2" && len(parts) == 3 && parts[2] == "index.json":
		s.registration(w, req, parts[1])
	case parts[0] == "registration-semver2" && len(parts) == 4 && parts[2] == "page":
		s.registrationPage(w, req, parts[1], parts[3])
	case parts[0] == "v3-flatcontainer" && len(parts) >= 3 && !s.options.NoPackageFolder:
		s.packageFolder(w, req, parts[1:])
	default:
		refuse(w, http.StatusNotFound, "File not found.")
	}
}

func (s *Server) baseV3(req *http.Request) string {
	return strings.TrimSuffix(s.base(req), s.root()) + s.rootV3()
}

func (s *Server) serviceIndex(req *http.Request) any {
	base := s.baseV3(req)
	resources := []map[string]string{
		{"@id": base + "/query", "@type": "SearchQueryService"},
		{"@id": base + "/query", "@type": "SearchQueryService/3.0.0-rc"},
		{"@id": base + "/registration", "@type": "RegistrationsBaseUrl"},
		{"@id": base + "/registration-semver2", "@type": "RegistrationsBaseUrl/3.6.0"},
		{"@id": s.base(req), "@type": "PackagePublish/2.0.0"},
		{"@id": s.base(req), "@type": "LegacyGallery/2.0.0"},
	}
	if !s.options.NoPackageFolder {
		resources = append(resources, map[string]string{"@id": base + "/v3-flatcontainer", "@type": "PackageBaseAddress/3.0.0"})
	}
	return map[string]any{"version": "3.0.0", "resources": resources}
}

// versionsOf are a package's versions; false after answering that there is none.
func (s *Server) versionsOf(w http.ResponseWriter, id string) ([]pkg, bool) {
	found := s.matching(func(p pkg) bool { return strings.EqualFold(p.ID, id) })
	if len(found) == 0 {
		refuse(w, http.StatusNotFound, "Unable to find package "+id)
	}
	return found, len(found) > 0
}

// registration lists a package. Up to one page is in the index itself, more is
// linked, as the protocol leaves to servers.
func (s *Server) registration(w http.ResponseWriter, req *http.Request, id string) {
	found, ok := s.versionsOf(w, id)
	if !ok {
		return
	}
	var pages []any
	inline := len(found) <= s.options.PageSize
	n := 0
	for part := range slices.Chunk(found, s.options.PageSize) {
		page := s.pageOf(req, id, n, part)
		if !inline {
			delete(page, "items")
		}
		pages = append(pages, page)
		n++
	}
	answerJSON(w, map[string]any{"count": len(pages), "items": pages})
}

func (s *Server) registrationPage(w http.ResponseWriter, req *http.Request, id, number string) {
	found, ok := s.versionsOf(w, id)
	if !ok {
		return
	}
	n := 0
	for part := range slices.Chunk(found, s.options.PageSize) {
		if fmt.Sprintf("%d.json", n) == number {
			answerJSON(w, s.pageOf(req, id, n, part))
			return
		}
		n++
	}
	refuse(w, http.StatusNotFound, "File not found.")
}

func (s *Server) pageOf(req *http.Request, id string, n int, part []pkg) map[string]any {
	var items []any
	for _, p := range part {
		published := p.published.Format("2006-01-02T15:04:05.000Z")
		if p.unlisted {
			published = "1900-01-01T00:00:00Z"
		}
		items = append(items, map[string]any{
			"@id":            s.baseV3(req) + "/registration-semver2/" + strings.ToLower(p.ID) + "/" + strings.ToLower(p.Version) + ".json",
			"packageContent": s.base(req) + "/Download/" + strings.ToLower(p.ID) + "/" + strings.ToLower(p.Version),
			"catalogEntry": map[string]any{
				"id": p.ID, "version": p.Version, "published": published, "listed": !p.unlisted,
				"description": p.Description, "title": p.title(),
			},
		})
	}
	return map[string]any{
		"@id":   fmt.Sprintf("%s/registration-semver2/%s/page/%d.json", s.baseV3(req), strings.ToLower(id), n),
		"count": len(part), "lower": part[0].Version, "upper": part[len(part)-1].Version, "items": items,
	}
}

// packageFolder answers {id}/index.json and {id}/{version}/{id}.{version}.nupkg.
func (s *Server) packageFolder(w http.ResponseWriter, req *http.Request, parts []string) {
	if parts[1] == "index.json" {
		found, ok := s.versionsOf(w, parts[0])
		if !ok {
			return
		}
		names := []string{}
		for _, p := range found {
			names = append(names, strings.ToLower(p.Version))
		}
		answerJSON(w, map[string]any{"versions": names})
		return
	}
	s.download(w, req, parts[0], parts[1])
}

func (s *Server) query(w http.ResponseWriter, req *http.Request) {
	term := strings.ToLower(req.URL.Query().Get("q"))
	data := []any{}
	for _, p := range s.matching(func(p pkg) bool { return strings.Contains(strings.ToLower(p.ID), term) && !p.unlisted }) {
		if newest, _ := s.latest(p); newest {
			data = append(data, map[string]any{"id": p.ID, "version": p.Version, "description": p.Description})
		}
	}
	answerJSON(w, map[string]any{"totalHits": len(data), "data": data})
}

func answerJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	e.Encode(v)
}
