package pipelines

import (
	"time"

	"slipway/pipelines/versions"
)

// Package is one version of a package as it arrived. The same version never
// has other bytes: SHA256 (lower-case hex) is its identity.
type Package struct {
	ID         string    `json:"id"`
	Version    string    `json:"version"`
	FileName   string    `json:"fileName"`
	Format     string    `json:"format"`
	SHA256     string    `json:"sha256"`
	Size       int64     `json:"size"`
	Entries    int       `json:"entries"`
	Notes      string    `json:"notes,omitempty"`
	Arrived    time.Time `json:"arrived"`
	ArrivedBy  string    `json:"arrivedBy"`
	ArrivedVia string    `json:"arrivedVia"`
	// Feed and FeedID are the feed it was fetched from; "" is the built-in one.
	Feed   string `json:"feed,omitempty"`
	FeedID string `json:"feedId,omitempty"`
}

// In says whether a deployment installed these very bytes.
func (p Package) In(d Deployment) bool {
	chosen, ok := (Release{Packages: d.Packages}).Selects(p.ID, p.Feed)
	return ok && chosen.SHA256 == p.SHA256
}

// Selected is the package a release has chosen for the steps that use it.
type Selected struct {
	Package string `json:"package"`
	Version string `json:"version"`
	SHA256  string `json:"sha256"`
	// Feed is the name of the feed it came from, and FeedID its id; "" is the
	// built-in one. The bytes are kept here in any case.
	Feed   string `json:"feed,omitempty"`
	FeedID string `json:"feedId,omitempty"`
}

// Release is a frozen copy of a project (process and variables, secrets as
// references) with the package versions it installs. Later edits of the
// project do not change it.
type Release struct {
	ID        string     `json:"id"`
	ProjectID string     `json:"projectId"`
	Number    string     `json:"number"`
	Notes     string     `json:"notes,omitempty"`
	Packages  []Selected `json:"packages"`
	Project   Project    `json:"project"`
	Channel   string     `json:"channel,omitempty"` // "" is the project's only or default channel
	// Sets are the variable sets as they were when the release was made.
	Sets      []VariableSet `json:"sets,omitempty"`
	Created   time.Time     `json:"created"`
	CreatedBy string        `json:"createdBy"`
}

// Selects finds what the release has chosen for a package of a feed, given by
// its name; "" is the built-in one. The same id in two feeds is two packages.
func (r Release) Selects(packageID, feed string) (Selected, bool) {
	for _, s := range r.Packages {
		if SameName(s.Package, packageID) && SameName(s.Feed, feed) {
			return s, true
		}
	}
	return Selected{}, false
}

// OlderThan says whether r is an older release than other, by number.
func (r Release) OlderThan(other string) bool {
	a, err := versions.ParseRelease(r.Number)
	if err != nil {
		return false
	}
	b, err := versions.ParseRelease(other)
	return err == nil && versions.Compare(a, b) < 0
}
