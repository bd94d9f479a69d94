package feeds

import (
	"cmp"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/packagefile"
	"slipway/pipelines/versions"
)

// newestFirst leaves out what is no version and what is the same version twice,
// as 1.0.0 and 1.0.0.0 are, and orders the rest.
func newestFirst(found []Version) []Version {
	type numbered struct {
		Version
		number versions.Version
	}
	all := make([]numbered, 0, len(found))
	for _, v := range found {
		if n, err := versions.Parse(v.Version); err == nil {
			all = append(all, numbered{v, n})
		}
	}
	slices.SortStableFunc(all, func(a, b numbered) int { return versions.Compare(b.number, a.number) })
	all = slices.CompactFunc(all, func(a, b numbered) bool { return versions.Compare(a.number, b.number) == 0 })
	list := make([]Version, len(all))
	for i, v := range all {
		list[i] = v.Version
	}
	return list
}

// asked is a package version somebody wants.
type asked struct {
	id, version string
	number      versions.Version
}

func ask(id, version string) (asked, error) {
	if err := packagefile.CheckID(id); err != nil {
		return asked{}, err
	}
	n, err := versions.Parse(version)
	if err != nil {
		return asked{}, pipelines.Refuse(pipelines.Invalid, "package %s: %v", id, err)
	}
	return asked{id, n.String(), n}, nil
}

// written is a version of a feed as a file name has it.
func written(version string) string {
	n, err := versions.Parse(version)
	if err != nil {
		return version
	}
	return n.String()
}

func (a asked) String() string { return a.id + " " + a.version }

// fits says how well a version of a feed is what was asked for: 0 not at all, 3
// to the letter. Feeds leave out zeros at the end and what follows a plus sign,
// so 1.0.0 is found as 1.0.0.0, and 1.0.0+build5 as 1.0.0; two builds that both
// say which they are stay two.
func (a asked) fits(id, version string) int {
	if !strings.EqualFold(a.id, id) {
		return 0
	}
	n, err := versions.Parse(version)
	if err != nil {
		return 0
	}
	if n.String() == a.version {
		return 3
	}
	if versions.Compare(n, a.number) == 0 {
		return 2
	}
	if n.Metadata != "" && a.number.Metadata != "" {
		return 0
	}
	wanted := a.number
	n.Metadata, wanted.Metadata = "", ""
	if versions.Compare(n, wanted) == 0 {
		return 1
	}
	return 0
}

// notFound is the error for a version that the feed does not have, with the
// newest that it has.
func notFound(f pipelines.Feed, address string, a asked, has []Version) error {
	names := make([]string, 0, 3)
	for _, v := range newestFirst(has) {
		if len(names) == cap(names) {
			break
		}
		names = append(names, v.Version)
	}
	if len(names) == 0 {
		return pipelines.Refuse(pipelines.NotFound, "feed %s (%s): has no package %s; check its id, or push it", f.Name, address, a.id)
	}
	return pipelines.Refuse(pipelines.NotFound, "feed %s (%s): has no %s; its newest are %s", f.Name, address, a, strings.Join(names, ", "))
}

// idsWith are the distinct ids that contain a text, in order, at most limit.
func idsWith(text string, limit int, ids []string) []string {
	ids = slices.DeleteFunc(ids, func(id string) bool {
		return id == "" || !strings.Contains(strings.ToLower(id), strings.ToLower(text))
	})
	byName := func(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) }
	slices.SortFunc(ids, byName)
	ids = slices.CompactFunc(ids, strings.EqualFold)
	return ids[:min(max(limit, 0), len(ids))]
}
