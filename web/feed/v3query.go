package feed

import (
	"net/http"
	"strings"

	"slipway/pipelines"
)

// shownVersions is how many versions a search lists of each package.
const shownVersions = 100

type foundVersion struct {
	At        string `json:"@id"`
	Version   string `json:"version"`
	Downloads int    `json:"downloads"`
}

type found struct {
	At             string         `json:"@id"`
	Type           string         `json:"@type"`
	Registration   string         `json:"registration"`
	ID             string         `json:"id"`
	Version        string         `json:"version"`
	Title          string         `json:"title"`
	Description    string         `json:"description"`
	Authors        []string       `json:"authors"`
	Tags           []string       `json:"tags"`
	TotalDownloads int            `json:"totalDownloads"`
	Versions       []foundVersion `json:"versions"`
}

// query searches packages by words.
func (f *Feed) query(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	skip, err := count(q, "skip", 0)
	if err != nil {
		f.refuse(w, r, err)
		return
	}
	take, err := count(q, "take", 20)
	if err != nil {
		f.refuse(w, r, err)
		return
	}
	all, err := f.found(r, q.Get("q"), truth(q, "prerelease"))
	if err != nil {
		f.refuse(w, r, err)
		return
	}
	total := len(all)
	all = all[min(skip, total):]
	all = all[:min(take, pageSize, len(all))]
	f.sendJSON(w, r, map[string]any{"totalHits": total, "data": append([]found{}, all...)})
}

func (f *Feed) found(r *http.Request, words string, prerelease bool) ([]found, error) {
	items, err := f.shelf(r.Context(), f.SignIn.Principal(r), nil, true)
	var out []found
	for _, one := range items {
		if !prerelease && one.version.IsPrerelease() || !one.contains(words) {
			continue
		}
		id := strings.ToLower(one.ID)
		if len(out) == 0 || !pipelines.SameName(out[len(out)-1].ID, one.ID) {
			at := f.at("v3", "registration", id, "index.json")
			out = append(out, found{
				At: at, Type: "Package", Registration: at, ID: one.ID, Version: one.Version, Title: one.ID, Description: one.description(),
				Authors: []string{one.ID}, Tags: []string{}, Versions: []foundVersion{},
			})
		}
		if last := &out[len(out)-1]; len(last.Versions) < shownVersions {
			last.Versions = append(last.Versions, foundVersion{At: f.at("v3", "registration", id, normal(one.version)+".json"), Version: one.Version})
		}
	}
	return out, err
}
