package feed

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/excerpt"
	"slipway/pipelines/packagefile"
	"slipway/pipelines/versions"
	"slipway/web/feed/odata"
)

// item is one version of a package as clients see it.
type item struct {
	pipelines.Package
	version  versions.Version
	latest   bool // the newest that is no pre-release
	absolute bool // the newest at all
}

// onlyNuGet are the versions of a package that NuGet can read, newest first;
// modern says whether the client knows SemVer 2, by which names of versions
// became possible that older ones stumble over.
func onlyNuGet(all []pipelines.Package, modern bool) []item {
	var out []item
	latest := false
	for _, p := range all {
		version, err := versions.Parse(p.Version)
		if err != nil || p.Format != packagefile.Nupkg || !modern && !simple.MatchString(p.Version) {
			continue
		}
		one := item{Package: p, version: version, absolute: len(out) == 0}
		if !latest && !version.IsPrerelease() {
			one.latest, latest = true, true
		}
		out = append(out, one)
	}
	return out
}

// simple is every version that clients before SemVer 2 can read. One that they
// cannot makes them fail on the whole list.
var simple = regexp.MustCompile(`^[0-9]+(\.[0-9]+){1,3}(-[A-Za-z][0-9A-Za-z-]*)?$`)

// versionsOf are the versions of one package; none where there is no such.
func (f *Feed) versionsOf(ctx context.Context, p pipelines.Principal, id string, modern bool) ([]item, error) {
	all, err := f.Views.PackageVersions(ctx, p, id)
	if pipelines.CodeOf(err) == pipelines.NotFound {
		return nil, nil
	}
	return onlyNuGet(all, modern), err
}

// shelf are the versions of all packages, or of those with the given ids, by id
// and newest first.
func (f *Feed) shelf(ctx context.Context, p pipelines.Principal, ids []string, modern bool) ([]item, error) {
	if ids == nil {
		newest, err := f.Views.Packages(ctx, p)
		if err != nil {
			return nil, err
		}
		for _, one := range newest {
			ids = append(ids, one.ID)
		}
	}
	slices.SortFunc(ids, func(a, b string) int { return strings.Compare(pipelines.NameKey(a), pipelines.NameKey(b)) })
	ids = slices.CompactFunc(ids, pipelines.SameName)
	var out []item
	for _, id := range ids {
		of, err := f.versionsOf(ctx, p, id, modern)
		if err != nil {
			return nil, err
		}
		out = append(out, of...)
	}
	return out, nil
}

// find is one version, however it is written: 1.0 is 1.0.0, as NuGet has it.
func (f *Feed) find(ctx context.Context, p pipelines.Principal, id, text string) (item, error) {
	all, err := f.versionsOf(ctx, p, id, true)
	if err != nil {
		return item{}, err
	}
	if found, ok := pick(all, text); ok {
		return found, nil
	}
	return item{}, pipelines.Refuse(pipelines.NotFound, "the feed has no version %q of a package %q", shortened(text), shortened(id))
}

func pick(all []item, text string) (item, bool) {
	for _, one := range all {
		if strings.EqualFold(one.Version, text) {
			return one, true
		}
	}
	want, err := versions.Parse(text)
	if err != nil {
		return item{}, false
	}
	for _, one := range all {
		if normal(one.version) == normal(want) {
			return one, true
		}
	}
	return item{}, false
}

// normal is how NuGet writes a version: three numbers, a fourth where it is not
// 0, and no metadata. In small letters, since case does not count.
func normal(v versions.Version) string { return strings.ToLower(normalized(v)) }

func normalized(v versions.Version) string {
	text := strconv.Itoa(int(v.Major)) + "." + strconv.Itoa(int(v.Minor)) + "." + strconv.Itoa(int(v.Patch))
	if v.Revision != 0 {
		text += "." + strconv.Itoa(int(v.Revision))
	}
	if v.Prerelease != "" {
		text += "-" + v.Prerelease
	}
	return text
}

// CompareTo orders a version and one that is written.
func (t versionText) CompareTo(text string) (int, bool) {
	other, err := versions.Parse(text)
	if err != nil {
		return 0, false
	}
	return versions.Compare(versions.Version(t), other), true
}

// versionText is a version as conditions see it.
type versionText versions.Version

func (t versionText) String() string { return versions.Version(t).String() }

var _ odata.Text = versionText{}

// shownNotes bounds what a list repeats of each version's notes.
const shownNotes = 2000

func (i item) notes() string { return excerpt.Of(i.Notes, shownNotes) }

// description is never empty: clients insist on one.
func (i item) description() string {
	if i.Notes != "" {
		return i.notes()
	}
	return i.ID + " " + i.Version
}

func shortened(text string) string { return excerpt.Of(text, 100) }

// contains says whether a package is what somebody searches for: every word is
// part of its id or its notes.
func (i item) contains(words string) bool {
	of := strings.ToLower(i.ID + " " + i.notes())
	for word := range strings.FieldsSeq(strings.ToLower(words)) {
		if word = strings.TrimPrefix(strings.TrimPrefix(word, "packageid:"), "id:"); !strings.Contains(of, word) {
			return false
		}
	}
	return true
}
