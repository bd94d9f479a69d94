package feeds

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// serviceIndex is what a v3 feed offers, by type.
type serviceIndex struct {
	content       string // PackageBaseAddress: a folder of packages
	registrations string // RegistrationsBaseUrl: what is known of each version
	search        string // SearchQueryService
}

// registrationsByRank names the forms of one resource, best last: the later
// ones list versions like 1.0.0-beta.2, which the earlier ones hold back.
var registrationsByRank = []string{"", "3.0.0-beta", "3.0.0-rc", "3.4.0", "Versioned", "3.6.0"}

func readServiceIndex(body []byte) (serviceIndex, error) {
	if len(body) > largestIndex {
		return serviceIndex{}, fmt.Errorf("it has more than %d KB, where a service index has a few", largestIndex>>10)
	}
	var said struct{ Resources list }
	if err := readJSON(body, &said); err != nil {
		return serviceIndex{}, err
	}
	if len(said.Resources) > mostResources {
		return serviceIndex{}, fmt.Errorf("it offers more than %d resources", mostResources)
	}
	var found serviceIndex
	best := -1
	for _, raw := range said.Resources {
		var r struct {
			ID   string          `json:"@id"`
			Type json.RawMessage `json:"@type"`
		}
		if err := json.Unmarshal(raw, &r); err != nil {
			return serviceIndex{}, err
		}
		for _, kind := range oneOrMany(r.Type) {
			name, form, _ := strings.Cut(kind, "/")
			switch name {
			case "PackageBaseAddress":
				found.content = r.ID
			case "SearchQueryService":
				found.search = firstOf(found.search, r.ID)
			case "RegistrationsBaseUrl":
				for rank, known := range registrationsByRank {
					if form == known && rank > best {
						found.registrations, best = r.ID, rank
					}
				}
			}
		}
	}
	if found.content == "" && found.registrations == "" {
		return serviceIndex{}, errors.New("it offers neither PackageBaseAddress nor RegistrationsBaseUrl, so it is no NuGet v3 service index")
	}
	return found, nil
}

// oneOrMany reads a value that may be a text or a list of texts.
func oneOrMany(raw json.RawMessage) []string {
	var many list
	if json.Unmarshal(raw, &many) == nil {
		texts, _ := many.texts()
		return texts
	}
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}
	}
	return nil
}

// readFlatIndex reads the versions that lie in a package's folder.
func readFlatIndex(body []byte) ([]string, error) {
	var said struct{ Versions list }
	if err := readJSON(body, &said); err != nil {
		return nil, err
	}
	return said.Versions.texts()
}

// registrationPage is the index of a package's versions, or one page of it.
type registrationPage struct {
	entries []entry
	further []string // addresses of pages that are not in this one
}

// registered is an index, a page in it or by itself, and a version, which all
// are items in items.
type registered struct {
	ID      string          `json:"@id"`
	Items   list            `json:"items"`
	Entry   json.RawMessage `json:"catalogEntry"`
	Content string          `json:"packageContent"`
}

// catalogued is what is known of a version. Listed is missing in old feeds,
// where a date in 1900 says it, and hash and size are in few.
type catalogued struct {
	ID          string      `json:"id"`
	Version     string      `json:"version"`
	Published   string      `json:"published"`
	Listed      *bool       `json:"listed"`
	Notes       string      `json:"releaseNotes"`
	Content     string      `json:"packageContent"`
	Hash        string      `json:"packageHash"`
	Algorithm   string      `json:"packageHashAlgorithm"`
	PackageSize json.Number `json:"packageSize"`
}

func readRegistration(body []byte) (registrationPage, error) {
	var top registered
	if err := readJSON(body, &top); err != nil {
		return registrationPage{}, err
	}
	var page registrationPage
	err := page.add(top, 0)
	return page, err
}

// add takes the items of an index (level 0) or of a page (level 1).
func (p *registrationPage) add(r registered, level int) error {
	for _, raw := range r.Items {
		var item registered
		if err := json.Unmarshal(raw, &item); err != nil {
			return err
		}
		switch {
		case item.Entry != nil:
			if e, ok := item.entry(); ok {
				p.entries = append(p.entries, e)
			}
		case level == 0 && len(item.Items) > 0:
			if err := p.add(item, level+1); err != nil {
				return err
			}
		case level == 0 && item.ID != "":
			p.further = append(p.further, item.ID)
		}
		if len(p.entries) > mostEntries || len(p.further) > mostPages {
			return fmt.Errorf("it lists more than %d versions or %d pages", mostEntries, mostPages)
		}
	}
	return nil
}

func (r registered) entry() (entry, bool) {
	var said catalogued
	if json.Unmarshal(r.Entry, &said) != nil { // some write only its address there
		return entry{}, false
	}
	e := entry{
		id: said.ID, version: strings.TrimSpace(said.Version), notes: notes(said.Notes),
		content: firstOf(r.Content, said.Content),
		promise: promise{algorithm: said.Algorithm, hash: said.Hash},
	}
	e.published, e.unlisted = listing(said.Published, "")
	e.unlisted = e.unlisted || said.Listed != nil && !*said.Listed
	if size, err := said.PackageSize.Int64(); err == nil {
		e.promise.size = max(size, 0)
	}
	return e, true
}

// readFound reads the ids of a search.
func readFound(body []byte) ([]string, error) {
	var said struct{ Data list }
	if err := readJSON(body, &said); err != nil {
		return nil, err
	}
	ids := make([]string, 0, len(said.Data))
	for _, raw := range said.Data {
		var d struct{ ID string }
		if err := json.Unmarshal(raw, &d); err != nil {
			return nil, err
		}
		ids = append(ids, d.ID)
	}
	return ids, nil
}

// readJSON reads an answer that must be an object.
func readJSON(body []byte, into any) error {
	text := strings.TrimSpace(strings.TrimPrefix(string(body), "\ufeff"))
	if !strings.HasPrefix(text, "{") {
		return errors.New("it is no JSON object")
	}
	return json.Unmarshal([]byte(text), into)
}
