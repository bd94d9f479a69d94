package feed

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/packagefile"
)

type resource struct {
	At   string `json:"@id"`
	Type string `json:"@type"`
}

// index says where version 3 of the feed has what.
func (f *Feed) index(w http.ResponseWriter, r *http.Request) {
	var all []resource
	for _, one := range []struct {
		at    string
		types []string
	}{
		{f.at("v3", "content") + "/", []string{"PackageBaseAddress/3.0.0"}},
		{f.at("v3", "registration") + "/", []string{"RegistrationsBaseUrl", "RegistrationsBaseUrl/3.0.0-beta", "RegistrationsBaseUrl/3.0.0-rc", "RegistrationsBaseUrl/3.4.0", "RegistrationsBaseUrl/3.6.0"}},
		{f.at("v3", "query"), []string{"SearchQueryService", "SearchQueryService/3.0.0-beta", "SearchQueryService/3.0.0-rc", "SearchQueryService/3.5.0"}},
		{f.at("packages"), []string{"PackagePublish/2.0.0"}},
		{f.at(), []string{"LegacyGallery/2.0.0"}},
	} {
		for _, kind := range one.types {
			all = append(all, resource{one.at, kind})
		}
	}
	f.sendJSON(w, r, map[string]any{"version": "3.0.0", "resources": all})
}

// contentVersions are all versions of a package, oldest first.
func (f *Feed) contentVersions(w http.ResponseWriter, r *http.Request) {
	all, err := f.versionsFor(r)
	if err != nil {
		f.refuse(w, r, err)
		return
	}
	out := []string{}
	for _, one := range oldestFirst(all) {
		out = append(out, normal(one.version))
	}
	f.sendJSON(w, r, map[string]any{"versions": out})
}

// versionsFor are the versions of the package in the address, of which there
// must be some.
func (f *Feed) versionsFor(r *http.Request) ([]item, error) {
	id := r.PathValue("id")
	all, err := f.versionsOf(r.Context(), f.SignIn.Principal(r), id, true)
	if err == nil && len(all) == 0 {
		err = pipelines.Refuse(pipelines.NotFound, "the feed has no package %q", shortened(id))
	}
	return all, err
}

// oldestFirst turns the list around. Of versions that NuGet takes for the same,
// like 1.0 and 1.0.0, it has the first.
func oldestFirst(all []item) []item {
	seen := map[string]bool{}
	var out []item
	for i := len(all) - 1; i >= 0; i-- {
		if name := normal(all[i].version); !seen[name] {
			seen[name] = true
			out = append(out, all[i])
		}
	}
	return out
}

// contentFile sends a package, or the description in it.
func (f *Feed) contentFile(w http.ResponseWriter, r *http.Request) {
	one, err := f.find(r.Context(), f.SignIn.Principal(r), r.PathValue("id"), r.PathValue("version"))
	if err != nil {
		f.refuse(w, r, err)
		return
	}
	switch file := strings.ToLower(r.PathValue("file")); {
	case strings.HasSuffix(file, ".nupkg"):
		f.sendPackage(w, r, one)
	case strings.HasSuffix(file, ".nuspec"):
		f.sendNuspec(w, r, one)
	default:
		f.refuse(w, r, nothingAt(r))
	}
}

func (f *Feed) sendNuspec(w http.ResponseWriter, r *http.Request, one item) {
	text, err := packagefile.Nuspec(f.contentOf(r, one), one.Size)
	if err != nil {
		f.refuse(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/xml")
	_, _ = io.WriteString(w, text) // who asked has gone
}

// sendJSON sends an answer, made whole before anything of it is sent.
func (f *Feed) sendJSON(w http.ResponseWriter, r *http.Request, v any) {
	var text bytes.Buffer
	if err := json.NewEncoder(&text).Encode(v); err != nil {
		f.refuse(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(text.Bytes()) // who asked has gone
}
