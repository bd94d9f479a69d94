package feeds

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strings"

	"slipway/pipelines/packagefile"
	"slipway/pipelines/versions"
)

// nugetV3 asks a feed of JSON documents that begins with a service index. The
// registrations are preferred, which know what is listed and since when; the
// folder of packages knows neither but is there when they are not. Artifactory
// has feeds of both kinds.
type nugetV3 struct{ *client }

// index asks what the feed offers.
func (s nugetV3) index(ctx context.Context) (serviceIndex, error) {
	found, err := askJSON(ctx, s, s.base, readServiceIndex)
	if err == errNotThere {
		err = s.missing()
	}
	return found, err
}

// askJSON asks for a document and reads it.
func askJSON[T any](ctx context.Context, s nugetV3, at *url.URL, read func([]byte) (T, error)) (T, error) {
	var none T
	a, err := s.page(ctx, at, "application/json")
	if err != nil {
		return none, err
	}
	found, err := read(a.body)
	if ctx.Err() != nil { // it took too long to read, and nothing after it is asked
		return none, s.trouble(ctx, at, ctx.Err())
	}
	if err != nil {
		return none, s.refuse("its answer cannot be read: %v (asked was %s)", err, shown(at))
	}
	return found, nil
}

// resource is an address below one that the index names.
func (s nugetV3) resource(named, rest string) (*url.URL, error) {
	base, err := s.link(s.base, named)
	if err != nil {
		return nil, err
	}
	return below(base, rest), nil
}

func (s nugetV3) Versions(ctx context.Context, id string) ([]Version, error) {
	if err := packagefile.CheckID(id); err != nil {
		return nil, err
	}
	ctx, done := s.limits.within(ctx)
	defer done()
	offers, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	entries, err := s.find(ctx, offers, id)
	if err != nil {
		return nil, err
	}
	return newestFirst(listed(entries)), nil
}

// find is every version of an id, listed or not.
func (s nugetV3) find(ctx context.Context, offers serviceIndex, id string) ([]entry, error) {
	if offers.registrations != "" {
		entries, err := s.registrations(ctx, offers, id)
		if err == nil || offers.content == "" || ctx.Err() != nil {
			if err == errNotThere {
				err = nil // the feed does not know the id
			}
			return entries, err
		}
	}
	at, err := s.resource(offers.content, escaped(strings.ToLower(id))+"/index.json")
	if err != nil {
		return nil, err
	}
	names, err := askJSON(ctx, s, at, readFlatIndex)
	if err == errNotThere {
		return nil, nil
	}
	entries := make([]entry, len(names))
	for i, name := range names {
		entries[i] = entry{id: id, version: name}
	}
	return entries, err
}

func (s nugetV3) registrations(ctx context.Context, offers serviceIndex, id string) ([]entry, error) {
	at, err := s.resource(offers.registrations, escaped(strings.ToLower(id))+"/index.json")
	if err != nil {
		return nil, err
	}
	first, err := askJSON(ctx, s, at, readRegistration)
	if err != nil {
		return nil, err
	}
	entries := first.entries
	for _, address := range first.further {
		if at, err = s.link(s.base, address); err != nil {
			return nil, err
		}
		page, err := askJSON(ctx, s, at, readRegistration)
		if err != nil {
			return nil, err
		}
		if entries = append(entries, page.entries...); len(entries) > mostEntries {
			return nil, s.refuse("lists more than %d versions of %s", mostEntries, id)
		}
	}
	for i := range entries {
		entries[i].id = firstOf(entries[i].id, id)
	}
	return entries, nil
}

func (s nugetV3) Search(ctx context.Context, text string, limit int) ([]string, error) {
	ctx, done := s.limits.within(ctx)
	defer done()
	offers, err := s.index(ctx)
	if err != nil {
		return nil, err
	}
	if offers.search == "" {
		return nil, s.refuse("offers no search; write the package's id yourself")
	}
	at, err := s.link(s.base, offers.search)
	if err != nil {
		return nil, err
	}
	q := at.Query()
	for name, value := range map[string]string{"q": text, "skip": "0", "take": fmt.Sprint(min(max(limit, 20), 100)), "prerelease": "true", "semVerLevel": "2.0.0"} {
		q.Set(name, value)
	}
	at.RawQuery = q.Encode()
	ids, err := askJSON(ctx, s, at, readFound)
	if err == errNotThere {
		return nil, nil
	}
	return idsWith(text, limit, ids), err
}

func (s nugetV3) Fetch(ctx context.Context, id, version string, to io.Writer) (Fetched, error) {
	want, err := ask(id, version)
	if err != nil {
		return Fetched{}, err
	}
	e, err := s.locate(ctx, want)
	if err != nil {
		return Fetched{}, err
	}
	at, err := s.link(s.base, e.content)
	if err != nil {
		return Fetched{}, err
	}
	return s.download(ctx, at, parcel{
		name:     want.String(),
		fileName: packagefile.FileName(e.id, written(e.version), packagefile.Nupkg),
		promise:  e.promise,
	}, to)
}

// locate finds the version among all, and the address of its bytes.
func (s nugetV3) locate(ctx context.Context, want asked) (entry, error) {
	ctx, done := s.limits.within(ctx)
	defer done()
	offers, err := s.index(ctx)
	if err != nil {
		return entry{}, err
	}
	entries, err := s.find(ctx, offers, want.id)
	if err != nil {
		return entry{}, err
	}
	e, ok := want.bestOf(entries)
	if !ok {
		return entry{}, notFound(s.feed, shown(s.base), want, listed(entries))
	}
	if e.content == "" && offers.content != "" {
		name, number := strings.ToLower(want.id), normalised(e.version)
		at, err := s.resource(offers.content, escaped(name)+"/"+escaped(number)+"/"+escaped(name+"."+number)+".nupkg")
		if err != nil {
			return entry{}, err
		}
		e.content = at.String()
	}
	if e.content == "" {
		return entry{}, s.refuse("lists %s without saying where its bytes are", want)
	}
	return e, nil
}

// normalised is a version as NuGet v3 writes it into an address: three numbers,
// the fourth where it is not zero, the labels in small letters, no metadata.
func normalised(version string) string {
	n, err := versions.Parse(version)
	if err != nil {
		return strings.ToLower(version)
	}
	text := fmt.Sprintf("%d.%d.%d", n.Major, n.Minor, n.Patch)
	if n.Revision != 0 {
		text += fmt.Sprintf(".%d", n.Revision)
	}
	if n.Prerelease != "" {
		text += "-" + strings.ToLower(n.Prerelease)
	}
	return text
}
