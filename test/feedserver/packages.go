package feedserver

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"slipway/pipelines/packagefile"
	"slipway/pipelines/versions"
)

// pkg is one version of a package.
type pkg struct {
	packagefile.Identity
	number    versions.Version
	bytes     []byte
	published time.Time
	unlisted  bool
}

func (p pkg) fileName() string { return p.ID + "." + p.Version + ".nupkg" }

func (p pkg) title() string {
	if p.Title != "" {
		return p.Title
	}
	return p.ID
}

func (p pkg) sha512() string {
	sum := sha512.Sum512(p.bytes)
	return base64.StdEncoding.EncodeToString(sum[:])
}

func (p pkg) sha256() string {
	sum := sha256.Sum256(p.bytes)
	return hex.EncodeToString(sum[:])
}

// is reports whether a version goes by that name: ids are alike in small and
// capital letters, and 1.0.0.0 is 1.0.0.
func (p pkg) is(id, version string) bool {
	n, err := versions.Parse(version)
	return err == nil && strings.EqualFold(p.ID, id) && versions.Compare(withoutMetadata(n), withoutMetadata(p.number)) == 0
}

func withoutMetadata(v versions.Version) versions.Version {
	v.Metadata = ""
	return v
}

// hiddenFromOld reports whether only clients that say they know SemVer 2 are
// shown the version.
func (p pkg) hiddenFromOld() bool {
	return strings.Contains(p.number.Prerelease, ".") || p.number.Metadata != ""
}

// Add puts a package into the feed as if it had been pushed.
func (s *Server) Add(nupkg []byte) error {
	_, err := s.add(nupkg, s.options.Now(), true)
	return err
}

// Unlist hides a version; who knows it can still get it.
func (s *Server) Unlist(id, version string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.packages {
		if s.packages[i].is(id, version) {
			s.packages[i].unlisted = true
		}
	}
}

// add returns false where the version is there and may not be replaced.
func (s *Server) add(nupkg []byte, at time.Time, overwrite bool) (pkg, error) {
	found, err := packagefile.Identify("package.nupkg", bytes.NewReader(nupkg), int64(len(nupkg)))
	if err != nil {
		return pkg{}, err
	}
	n, err := versions.Parse(found.Version)
	if err != nil {
		return pkg{}, err
	}
	added := pkg{Identity: found, number: n, bytes: nupkg, published: at.UTC()}
	s.mu.Lock()
	defer s.mu.Unlock()
	there := slices.IndexFunc(s.packages, func(p pkg) bool { return p.is(added.ID, added.Version) })
	if there >= 0 && !overwrite {
		return added, errExists
	}
	if there >= 0 {
		s.packages = slices.Delete(s.packages, there, there+1)
	}
	s.packages = append(s.packages, added)
	slices.SortStableFunc(s.packages, func(a, b pkg) int {
		if c := strings.Compare(strings.ToLower(a.ID), strings.ToLower(b.ID)); c != 0 {
			return c
		}
		return versions.Compare(a.number, b.number)
	})
	return added, nil
}

// matching are the packages that pass, by id and then by version.
func (s *Server) matching(pass func(pkg) bool) []pkg {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []pkg
	for _, p := range s.packages {
		if pass(p) {
			found = append(found, p)
		}
	}
	return found
}

func (s *Server) named(id, version string) (pkg, bool) {
	found := s.matching(func(p pkg) bool { return p.is(id, version) })
	if len(found) == 0 {
		return pkg{}, false
	}
	return found[0], true
}

// latest reports whether a version is the newest of its package, and whether it
// is the newest that is no prerelease.
func (s *Server) latest(of pkg) (absolute, stable bool) {
	absolute, stable = true, !of.number.IsPrerelease()
	for _, p := range s.matching(func(p pkg) bool { return strings.EqualFold(p.ID, of.ID) && !p.unlisted }) {
		if versions.Compare(p.number, of.number) > 0 {
			absolute = false
			stable = stable && p.number.IsPrerelease()
		}
	}
	return absolute && !of.unlisted, stable && !of.unlisted
}
