package feed

import (
	"net/http"
	"strconv"
	"strings"

	"slipway/pipelines"
)

// A registration is what a client may know of a package's versions, oldest
// first, in pages. Pages fill up and then never change, so they are called by
// their number. Up to mostInline versions stand in the index itself.
const (
	registrationPage = 64
	mostInline       = 128
)

type catalogEntry struct {
	At             string   `json:"@id"`
	ID             string   `json:"id"`
	Version        string   `json:"version"`
	Authors        string   `json:"authors"`
	Description    string   `json:"description"`
	Listed         bool     `json:"listed"`
	Published      string   `json:"published"`
	PackageContent string   `json:"packageContent"`
	Tags           []string `json:"tags"`
}

type registrationLeaf struct {
	At             string       `json:"@id"`
	Entry          catalogEntry `json:"catalogEntry"`
	PackageContent string       `json:"packageContent"`
	Registration   string       `json:"registration"`
}

type registered struct {
	At     string             `json:"@id"`
	Count  int                `json:"count"`
	Lower  string             `json:"lower"`
	Upper  string             `json:"upper"`
	Parent string             `json:"parent,omitempty"`
	Items  []registrationLeaf `json:"items,omitempty"`
}

// registration is the index of a package's versions, or one version.
func (f *Feed) registration(w http.ResponseWriter, r *http.Request) {
	leaf, isJSON := strings.CutSuffix(r.PathValue("leaf"), ".json")
	all, err := f.versionsFor(r)
	switch {
	case err != nil:
	case leaf == "index" && isJSON:
		f.registrationIndex(w, r, oldestFirst(all))
		return
	case isJSON:
		if one, ok := pick(all, leaf); ok {
			f.sendJSON(w, r, f.leafOf(one))
			return
		}
		err = nothingAt(r)
	default:
		err = nothingAt(r)
	}
	f.refuse(w, r, err)
}

func (f *Feed) registrationIndex(w http.ResponseWriter, r *http.Request, all []item) {
	var pages []registered
	for n := 0; n*registrationPage < len(all); n++ {
		one := f.registeredPage(all, n)
		if len(all) > mostInline {
			one.Items = nil
		}
		pages = append(pages, one)
	}
	f.sendJSON(w, r, map[string]any{"@id": f.at("v3", "registration", strings.ToLower(all[0].ID), "index.json"), "count": len(pages), "items": pages})
}

// registrationPage is one page of the index, by its number.
func (f *Feed) registrationPage(w http.ResponseWriter, r *http.Request) {
	all, err := f.versionsFor(r)
	all = oldestFirst(all)
	text, isJSON := strings.CutSuffix(r.PathValue("page"), ".json")
	n, wrong := strconv.Atoi(text)
	if err == nil && (wrong != nil || !isJSON || n < 0 || n > len(all)/registrationPage || n*registrationPage >= len(all)) {
		err = pipelines.Refuse(pipelines.NotFound, "the versions of this package have no page %q", shortened(text))
	}
	if err != nil {
		f.refuse(w, r, err)
		return
	}
	f.sendJSON(w, r, f.registeredPage(all, n))
}

func (f *Feed) registeredPage(all []item, n int) registered {
	on := all[n*registrationPage : min(len(all), (n+1)*registrationPage)]
	id := strings.ToLower(on[0].ID)
	out := registered{
		At: f.at("v3", "registration", id, "page", strconv.Itoa(n)+".json"), Count: len(on),
		Lower: normal(on[0].version), Upper: normal(on[len(on)-1].version), Parent: f.at("v3", "registration", id, "index.json"),
	}
	for _, one := range on {
		out.Items = append(out.Items, f.leafOf(one))
	}
	return out
}

func (f *Feed) leafOf(one item) registrationLeaf {
	id, version := strings.ToLower(one.ID), normal(one.version)
	at, content := f.at("v3", "registration", id, version+".json"), f.at("v3", "content", id, version, id+"."+version+".nupkg")
	return registrationLeaf{
		At: at, PackageContent: content, Registration: f.at("v3", "registration", id, "index.json"),
		Entry: catalogEntry{
			At: at, ID: one.ID, Version: one.Version, Authors: one.ID, Description: one.description(), Listed: true,
			Published: zulu(one.Arrived), PackageContent: content, Tags: []string{},
		},
	}
}
