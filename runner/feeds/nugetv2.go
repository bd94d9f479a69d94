package feeds

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"slipway/pipelines/packagefile"
)

// nugetV2 asks an OData feed, as Artifactory, Nexus, ProGet, NuGet.Server and
// nuget.org have one.
type nugetV2 struct{ *client }

const (
	atomXML = "application/atom+xml, application/xml"
	// semVer2 has versions like 1.0.0-beta.2 listed, which are otherwise held back
	// from old clients.
	semVer2 = "semVerLevel=2.0.0"
)

func (s nugetV2) Versions(ctx context.Context, id string) ([]Version, error) {
	if err := packagefile.CheckID(id); err != nil {
		return nil, err
	}
	ctx, done := s.limits.within(ctx)
	defer done()
	entries, err := s.find(ctx, id)
	if err != nil {
		return nil, err
	}
	return newestFirst(listed(entries)), nil
}

func listed(entries []entry) []Version {
	var found []Version
	for _, e := range entries {
		if !e.unlisted {
			found = append(found, Version{e.version, e.published, e.promise.size, e.notes})
		}
	}
	return found
}

// find is every version of an id, listed or not.
func (s nugetV2) find(ctx context.Context, id string) ([]entry, error) {
	question := below(s.base, "FindPackagesById()?id="+quoted(id)+"&"+semVer2)
	var found []entry
	seen := map[string]bool{}
	err := s.pages(ctx, question, func(p atomPage) string {
		fresh := len(p.entries) == 0
		for _, e := range p.entries {
			if !seen[e.id+" "+e.version] {
				seen[e.id+" "+e.version], fresh = true, true
				if strings.EqualFold(id, e.id) {
					found = append(found, e)
				}
			}
		}
		if !fresh || len(seen) > mostEntries { // a server that ignores its own skip token sends one page for ever
			return ""
		}
		return p.next
	})
	if err == nil && len(seen) > mostEntries {
		err = s.refuse("lists more than %d versions of %s; remove some", mostEntries, id)
	}
	return found, err
}

// pages asks for a page and those behind it, as long as each names one.
func (s nugetV2) pages(ctx context.Context, at *url.URL, each func(atomPage) (next string)) error {
	for n := 0; ; n++ {
		if n == mostPages {
			return s.refuse("answers with more than %d pages; a feed that has so many versions of a package needs some of them removed", mostPages)
		}
		p, err := s.ask(ctx, at)
		if err == errNotThere {
			// Artifactory says so when nothing is found, too.
			return s.exists(ctx)
		}
		if err != nil {
			return err
		}
		next := each(p)
		if next == "" {
			return nil
		}
		if at, err = s.link(at, next); err != nil {
			return err
		}
	}
}

func (s nugetV2) ask(ctx context.Context, at *url.URL) (atomPage, error) {
	a, err := s.page(ctx, at, atomXML)
	if err != nil {
		return atomPage{}, err
	}
	p, err := readAtom(ctx, a.body, a.from)
	if err == nil {
		return p, nil
	}
	if ctx.Err() != nil {
		return atomPage{}, s.trouble(ctx, at, err)
	}
	if start := bytes.TrimSpace(a.body); len(start) > 0 && (start[0] == '{' || start[0] == '[') {
		return atomPage{}, s.refuse("answers in JSON, so it is no NuGet v2 feed; the address of a v3 feed ends in index.json")
	}
	return atomPage{}, s.refuse("its answer cannot be read: %v (asked was %s)", err, shown(at))
}

// exists tells "nothing found" from "no feed there", which both are a 404.
func (s nugetV2) exists(ctx context.Context) error {
	for _, question := range []string{"", "$metadata"} {
		_, err := s.page(ctx, below(s.base, question), "application/xml")
		if err == nil {
			return nil
		}
		if err != errNotThere {
			return err
		}
	}
	return s.missing()
}

func (s nugetV2) Search(ctx context.Context, text string, limit int) ([]string, error) {
	ctx, done := s.limits.within(ctx)
	defer done()
	const most = 100 // of one page, since servers refuse more
	var ids []string
	question := func(skip int) *url.URL {
		return below(s.base, fmt.Sprintf("Search()?searchTerm=%s&targetFramework=''&includePrerelease=true&$filter=IsAbsoluteLatestVersion&$orderby=Id&$skip=%d&$top=%d&%s",
			quoted(text), skip, most, semVer2))
	}
	asked := 0
	err := s.pages(ctx, question(0), func(p atomPage) string {
		for _, e := range p.entries {
			ids = append(ids, e.id)
		}
		asked += len(p.entries)
		enough := len(idsWith(text, limit, append([]string(nil), ids...))) >= limit
		switch {
		case enough || len(p.entries) == 0 || asked >= 20*most:
			return ""
		case p.next == "" && len(p.entries) == most: // it stopped where we said, not at the end
			return question(asked).String()
		}
		return p.next
	})
	if err != nil {
		return nil, err
	}
	return idsWith(text, limit, ids), nil
}

func (s nugetV2) Fetch(ctx context.Context, id, version string, to io.Writer) (Fetched, error) {
	want, err := ask(id, version)
	if err != nil {
		return Fetched{}, err
	}
	e, err := s.locate(ctx, want)
	if err != nil {
		return Fetched{}, err
	}
	if e.content == "" {
		return Fetched{}, s.refuse("lists %s without saying where its bytes are", want)
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

// locate finds the entry of a version: by its name, and where the feed writes
// the version another way, in the list.
func (s nugetV2) locate(ctx context.Context, want asked) (entry, error) {
	ctx, done := s.limits.within(ctx)
	defer done()
	p, err := s.ask(ctx, below(s.base, "Packages(Id="+quoted(want.id)+",Version="+quoted(want.version)+")"))
	if _, odd := errors.AsType[oddStatus](err); err != nil && err != errNotThere && !odd {
		return entry{}, err
	}
	if e, ok := want.bestOf(p.entries); ok && err == nil {
		return e, nil
	}
	entries, err := s.find(ctx, want.id)
	if err != nil {
		return entry{}, err
	}
	if e, ok := want.bestOf(entries); ok {
		return e, nil
	}
	return entry{}, notFound(s.feed, shown(s.base), want, listed(entries))
}

// bestOf is the entry that fits best.
func (a asked) bestOf(entries []entry) (best entry, ok bool) {
	top := 0
	for _, e := range entries {
		if fit := a.fits(e.id, e.version); fit > top {
			best, top = e, fit
		}
	}
	return best, top > 0
}
