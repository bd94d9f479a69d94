package feed

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"slipway/pipelines"
	"slipway/web/feed/odata"
)

// pageSize is how many versions one answer holds at most; the rest is behind its
// next link.
const pageSize = 100

// options are what may be asked of every list.
type options struct {
	filter  odata.Filter
	order   []odata.Key
	skip    int
	top     int // -1: all
	counted bool
	modern  bool // the client knows SemVer 2
	stable  bool // no pre-releases
}

func optionsOf(q url.Values) (options, error) {
	o := options{top: -1, order: odata.Order(q.Get("$orderby")), counted: q.Get("$inlinecount") == "allpages" || q.Get("$count") == "true"}
	var err error
	if o.filter, err = odata.Parse(q.Get("$filter"), isProperty); err != nil {
		return o, err
	}
	if o.skip, err = count(q, "$skip", 0); err != nil {
		return o, err
	}
	if o.top, err = count(q, "$top", -1); err != nil {
		return o, err
	}
	level := odata.Unquoted(q.Get("semVerLevel"))
	o.modern = strings.HasPrefix(level, "2.") || level == "2"
	return o, nil
}

func count(q url.Values, name string, usual int) (int, error) {
	text := q.Get(name)
	if text == "" {
		return usual, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, pipelines.Refuse(pipelines.Invalid, "`%s` is a number from 0 on, not %q", name, shortened(text))
	}
	return n, nil
}

func truth(q url.Values, name string) bool {
	return strings.EqualFold(odata.Unquoted(q.Get(name)), "true")
}

// page is one answer of a list.
type page struct {
	items []item
	total int
	next  int // what the next page skips; 0: there is none
	top   int // what is left of the number asked for; -1: all
}

// page takes what fulfils the condition, in order, and cuts the page out.
func (o options) page(all []item) page {
	all = slices.DeleteFunc(all, func(i item) bool {
		return o.stable && i.version.IsPrerelease() || !o.filter.Matches(i.property)
	})
	if len(o.order) > 0 {
		slices.SortStableFunc(all, o.compare)
	}
	out := page{total: len(all), top: -1}
	all = all[min(o.skip, len(all)):]
	if o.top >= 0 && o.top < len(all) {
		all = all[:o.top]
	}
	if len(all) > pageSize {
		all = all[:pageSize]
		out.next = o.skip + pageSize
		if o.top >= 0 {
			out.top = o.top - pageSize
		}
	}
	out.items = all
	return out
}

func (o options) compare(a, b item) int {
	for _, key := range o.order {
		if !isProperty(key.Property) {
			continue
		}
		order := odata.Compare(a.property(key.Property), b.property(key.Property))
		if order != 0 && key.Descending {
			order = -order
		}
		if order != 0 {
			return order
		}
	}
	return 0
}

// property is what a condition or an order may ask of a version.
func (i item) property(name string) any {
	if f, ok := properties[strings.ToLower(name)]; ok {
		return f(i)
	}
	return nil
}

func isProperty(name string) bool {
	_, ok := properties[strings.ToLower(name)]
	return ok
}

var (
	none       = func(item) any { return nil }
	empty      = func(item) any { return "" }
	zero       = func(item) any { return 0.0 }
	properties = map[string]func(item) any{
		"id":                       func(i item) any { return i.ID },
		"title":                    func(i item) any { return i.ID },
		"version":                  func(i item) any { return versionText(i.version) },
		"normalizedversion":        func(i item) any { return versionText(i.version) },
		"description":              func(i item) any { return i.description() },
		"summary":                  empty,
		"tags":                     empty,
		"dependencies":             empty,
		"language":                 none,
		"authors":                  func(i item) any { return i.ID },
		"releasenotes":             func(i item) any { return i.notes() },
		"packagehash":              func(i item) any { return i.hash() },
		"packagesize":              func(i item) any { return float64(i.Size) },
		"created":                  func(i item) any { return i.Arrived },
		"published":                func(i item) any { return i.Arrived },
		"lastupdated":              func(i item) any { return i.Arrived },
		"lastedited":               none,
		"downloadcount":            zero,
		"versiondownloadcount":     zero,
		"islatestversion":          func(i item) any { return i.latest },
		"isabsolutelatestversion":  func(i item) any { return i.absolute },
		"isprerelease":             func(i item) any { return i.version.IsPrerelease() },
		"listed":                   func(item) any { return true },
		"requirelicenseacceptance": func(item) any { return false },
	}
)
