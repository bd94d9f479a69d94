package feeds

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// The bounds of an Atom page. A feed is four deep; a text is only read where we
// use it.
const (
	deepestXML  = 64
	longestText = 64 << 10
	mostEntries = 50_000
)

// entry is one version of a package as NuGet v2 describes it.
type entry struct {
	id, version string
	published   time.Time
	unlisted    bool
	notes       string
	content     string // address of the bytes
	promise     promise
}

// atomPage is one page of entries.
type atomPage struct {
	entries []entry
	next    string // address of the next page; "" on the last
}

// atomReader walks through a page. Elements are known by their local names and
// where they stand: servers differ in prefixes, and some put the properties
// inside of content and others beside it.
type atomReader struct {
	page  atomPage
	stack []frame
	text  strings.Builder
	now   map[string]string // of the entry being read
}

type frame struct {
	name string
	base *url.URL // what xml:base says up to here
}

// patient is a reader that ends when nobody waits any more. XML of the worst
// kind takes a second a megabyte.
type patient struct {
	io.Reader
	ctx context.Context
}

func (p patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.Reader.Read(b)
}

// readAtom reads a feed of entries, or a single entry.
func readAtom(ctx context.Context, body []byte, from *url.URL) (atomPage, error) {
	d := xml.NewDecoder(patient{bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff"))), ctx})
	r := &atomReader{stack: []frame{{base: from}}}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && len(r.stack) == 1 && r.stack[0].name != "" {
			return r.page, nil
		}
		if errors.Is(err, io.EOF) {
			return atomPage{}, errors.New("it is empty")
		}
		if err != nil {
			return atomPage{}, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			err = r.start(t)
		case xml.EndElement:
			r.end()
		case xml.CharData:
			if r.text.Len() < longestText {
				r.text.Write(t[:min(len(t), longestText-r.text.Len())])
			}
		}
		if err != nil {
			return atomPage{}, err
		}
	}
}

// is reports whether the innermost elements are these.
func (r *atomReader) is(names ...string) bool {
	if len(r.stack) < len(names) {
		return false
	}
	for i, name := range names {
		if r.stack[len(r.stack)-len(names)+i].name != name {
			return false
		}
	}
	return true
}

// depth is how many elements are open; the lowest frame is the page itself.
func (r *atomReader) depth() int { return len(r.stack) - 1 }

func (r *atomReader) start(e xml.StartElement) error {
	if r.depth() == deepestXML {
		return fmt.Errorf("it is nested more than %d deep", deepestXML)
	}
	if r.depth() == 0 {
		if e.Name.Local != "feed" && e.Name.Local != "entry" {
			return fmt.Errorf("it is no feed of packages but <%s>", shortened(e.Name.Local))
		}
		r.stack[0].name = "page"
	}
	base := r.stack[len(r.stack)-1].base
	for _, a := range e.Attr {
		if a.Name.Local == "base" && a.Name.Space != "" {
			if moved, err := base.Parse(a.Value); err == nil {
				base = moved
			}
		}
	}
	r.stack = append(r.stack, frame{e.Name.Local, base})
	r.text.Reset()
	switch {
	case r.is("page", "entry"), r.is("page", "feed", "entry"):
		r.now = map[string]string{}
	case r.is("page", "feed", "link") && attribute(e, "rel") == "next":
		r.page.next = against(base, attribute(e, "href"))
	case r.is("entry", "content") && r.now != nil && attribute(e, "src") != "":
		r.now["content"] = against(base, attribute(e, "src"))
	}
	if len(r.page.entries) == mostEntries {
		return fmt.Errorf("it lists more than %d packages", mostEntries)
	}
	return nil
}

func (r *atomReader) end() {
	switch {
	case r.now == nil:
	case r.is("page", "entry"), r.is("page", "feed", "entry"):
		r.page.entries = append(r.page.entries, entryOf(r.now))
		r.now = nil
	case r.is("entry", "id"), r.is("entry", "title"):
		r.now["atom "+r.stack[len(r.stack)-1].name] = strings.TrimSpace(r.text.String())
	case len(r.stack) > 2 && r.stack[len(r.stack)-2].name == "properties":
		r.now[strings.ToLower(r.stack[len(r.stack)-1].name)] = strings.TrimSpace(r.text.String())
	}
	r.text.Reset()
	r.stack = r.stack[:len(r.stack)-1]
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// against resolves a link; one that cannot be is left as it is, to be refused
// with its text when it is followed.
func against(base *url.URL, ref string) string {
	if u, err := base.Parse(strings.TrimSpace(ref)); err == nil {
		return u.String()
	}
	return ref
}

// entryOf reads what an entry says. Older servers keep id and version out of the
// properties; the title comes last, as Artifactory writes a package's title
// there and not its id.
func entryOf(said map[string]string) entry {
	address := said["atom id"]
	e := entry{
		id:      firstOf(said["id"], between(address, "Id='", "'"), said["atom title"]),
		version: firstOf(said["version"], between(address, "Version='", "'"), said["normalizedversion"]),
		notes:   notes(said["releasenotes"]),
		content: said["content"],
	}
	e.published, e.unlisted = listing(said["published"], said["listed"])
	size, _ := strconv.ParseInt(said["packagesize"], 10, 64)
	e.promise = promise{size: max(size, 0), algorithm: said["packagehashalgorithm"], hash: said["packagehash"]}
	return e
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func between(s, before, after string) string {
	_, s, _ = strings.Cut(s, before)
	s, _, found := strings.Cut(s, after)
	if !found {
		return ""
	}
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}

// listing reads when a version was published. NuGet says "not listed" by a date
// in 1900, newer servers by a word of its own.
func listing(published, listed string) (at time.Time, unlisted bool) {
	for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if t, err := time.Parse(form, published); err == nil {
			at = t.UTC()
			break
		}
	}
	if !at.IsZero() && at.Year() <= 1900 {
		return time.Time{}, true
	}
	return at, strings.EqualFold(listed, "false")
}

// notes keeps release notes to what a page shows.
func notes(s string) string {
	const longest = 4000
	if len(s) > longest {
		s = s[:longest] + "…"
	}
	return strings.ToValidUTF8(s, "")
}
