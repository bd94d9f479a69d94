package feed

import (
	"cmp"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/versions"
	"slipway/web/feed/odata"
)

// lister gives the versions a list is about, before its options count, and may
// tighten these.
type lister func(r *http.Request, p pipelines.Principal, o *options) ([]item, error)

func (f *Feed) pageOf(r *http.Request, list lister) (page, options, error) {
	o, err := optionsOf(r.URL.Query())
	if err != nil {
		return page{}, o, err
	}
	all, err := list(r, f.SignIn.Principal(r), &o)
	if err != nil {
		return page{}, o, err
	}
	return o.page(all), o, nil
}

// listed answers with a page of a list.
func (f *Feed) listed(list lister) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		got, o, err := f.pageOf(r, list)
		if err != nil {
			f.refuse(w, r, err)
			return
		}
		send(w, atomFeed, f.feedXML(r, got, o.counted))
	}
}

// counted answers how many versions a list has.
func (f *Feed) counted(list lister) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		got, _, err := f.pageOf(r, list)
		if err != nil {
			f.refuse(w, r, err)
			return
		}
		send(w, "text/plain; charset=utf-8", strconv.Itoa(got.total))
	}
}

func (f *Feed) packages(r *http.Request, p pipelines.Principal, o *options) ([]item, error) {
	return f.shelf(r.Context(), p, o.filter.Only("Id"), o.modern)
}

func (f *Feed) byID(r *http.Request, p pipelines.Principal, o *options) ([]item, error) {
	id := odata.Unquoted(r.URL.Query().Get("id"))
	if id == "" {
		return nil, pipelines.Refuse(pipelines.Invalid, "say which package: FindPackagesById()?id='RandomQuotes'")
	}
	return f.versionsOf(r.Context(), p, id, o.modern)
}

func (f *Feed) search(r *http.Request, p pipelines.Principal, o *options) ([]item, error) {
	q := r.URL.Query()
	o.stable = !truth(q, "includePrerelease")
	all, err := f.shelf(r.Context(), p, o.filter.Only("Id"), o.modern)
	words := odata.Unquoted(cmp.Or(q.Get("searchTerm"), q.Get("$search")))
	var out []item
	for _, one := range all {
		if one.contains(words) {
			out = append(out, one)
		}
	}
	return out, err
}

// mostUpdates is how many packages may be asked for at once.
const mostUpdates = 200

// updates are the newer versions of what a client has. Version ranges that it
// may not leave are not looked at: whoever asks finds out by itself.
func (f *Feed) updates(r *http.Request, p pipelines.Principal, o *options) ([]item, error) {
	q := r.URL.Query()
	ids := strings.Split(odata.Unquoted(q.Get("packageIds")), "|")
	have := strings.Split(odata.Unquoted(q.Get("versions")), "|")
	if len(ids) != len(have) || len(ids) > mostUpdates {
		return nil, pipelines.Refuse(pipelines.Invalid, "`packageIds` and `versions` are two lists of the same length, at most %d, joined by |", mostUpdates)
	}
	o.stable = !truth(q, "includePrerelease")
	var out []item
	for n, id := range ids {
		version, err := versions.Parse(have[n])
		if id == "" || err != nil {
			continue
		}
		all, err := f.versionsOf(r.Context(), p, id, o.modern)
		if err != nil {
			return nil, err
		}
		out = append(out, newer(all, version, o.stable, truth(q, "includeAllVersions"))...)
	}
	return out, nil
}

func newer(all []item, than versions.Version, stable, every bool) []item {
	var out []item
	for _, one := range all {
		if stable && one.version.IsPrerelease() {
			continue
		}
		if versions.Compare(one.version, than) <= 0 || !every && len(out) == 1 {
			break
		}
		out = append(out, one)
	}
	return out
}

var oneEntry = regexp.MustCompile(`^Packages\(\s*Id\s*=\s*('(?:[^']|'')*')\s*,\s*Version\s*=\s*('(?:[^']|'')*')\s*\)$`)

// entry is one version by its key.
func (f *Feed) entry(w http.ResponseWriter, r *http.Request) {
	key := oneEntry.FindStringSubmatch(r.PathValue("entry"))
	if key == nil {
		f.refuse(w, r, nothingAt(r))
		return
	}
	one, err := f.find(r.Context(), f.SignIn.Principal(r), odata.Unquoted(key[1]), odata.Unquoted(key[2]))
	if err != nil {
		f.refuse(w, r, err)
		return
	}
	send(w, "application/atom+xml; type=entry; charset=utf-8", f.entryDocument(one))
}

// nextLink asks the same for what comes behind a page.
func (f *Feed) nextLink(r *http.Request, p page) string {
	q := url.Values{}
	for name, values := range r.URL.Query() {
		q[name] = values
	}
	q.Set("$skip", strconv.Itoa(p.next))
	q.Del("$top")
	if p.top >= 0 {
		q.Set("$top", strconv.Itoa(p.top))
	}
	return f.BaseURL + r.URL.EscapedPath() + "?" + q.Encode()
}

func send(w http.ResponseWriter, kind, text string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("DataServiceVersion", "2.0;")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	_, _ = w.Write([]byte(text)) // who asked has gone
}
