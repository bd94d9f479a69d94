package feed

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// read is what a client takes from a feed of version 2.
type read struct {
	Count string `xml:"count"`
	Links []struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	} `xml:"link"`
	Entries []struct {
		ID      string `xml:"id"`
		Title   string `xml:"title"`
		Content struct {
			Src string `xml:"src,attr"`
		} `xml:"content"`
		Properties struct {
			Version, NormalizedVersion, PackageHash, ReleaseNotes string
			IsLatestVersion, IsAbsoluteLatestVersion              bool
			PackageSize                                           int64
		} `xml:"properties"`
	} `xml:"entry"`
}

func (s *shop) read(path string) read {
	s.t.Helper()
	var out read
	if err := xml.Unmarshal([]byte(s.text(path)), &out); err != nil {
		s.t.Fatalf("%s: %v", path, err)
	}
	return out
}

func (r read) versions() string {
	var out []string
	for _, e := range r.Entries {
		out = append(out, e.Title+" "+e.Properties.Version)
	}
	return strings.Join(out, ", ")
}

func TestLists(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.shelve("RandomQuotes", "1.0.9", "1.0.10", "1.1.0-beta", "1.2.0-rc.1", "1.0.8.0")
	s.shelve("Other", "2.0")
	q := func(path, filter string) string { return path + "?$filter=" + url.QueryEscape(filter) }
	for path, want := range map[string]string{
		"/nuget/FindPackagesById()?id='randomquotes'":                                 "RandomQuotes 1.1.0-beta, RandomQuotes 1.0.10, RandomQuotes 1.0.9, RandomQuotes 1.0.8.0",
		"/nuget/FindPackagesById()?id=RandomQuotes&semVerLevel=2.0.0&$top=1":          "RandomQuotes 1.2.0-rc.1",
		"/nuget/FindPackagesById()?id='None'":                                         "",
		"/nuget/FindPackagesById()?id='RandomQuotes'&$orderby=Version&$skip=1&$top=2": "RandomQuotes 1.0.9, RandomQuotes 1.0.10",
		"/nuget/Packages": "Other 2.0, RandomQuotes 1.1.0-beta, RandomQuotes 1.0.10, RandomQuotes 1.0.9, RandomQuotes 1.0.8.0",
		q("/nuget/Packages()", "IsLatestVersion") + "&$orderby=Id%20desc":                                                           "RandomQuotes 1.0.10, Other 2.0",
		q("/nuget/Packages()", "IsAbsoluteLatestVersion"):                                                                           "Other 2.0, RandomQuotes 1.1.0-beta",
		q("/nuget/Packages()", "tolower(Id) eq 'randomquotes' and Version gt '1.0.9'"):                                              "RandomQuotes 1.1.0-beta, RandomQuotes 1.0.10",
		q("/nuget/Packages()", "Id eq 'other' or Id eq 'OTHER' or Id eq 'none'"):                                                    "Other 2.0",
		q("/nuget/Search()", "IsLatestVersion") + "&searchTerm='quotes'&includePrerelease=false":                                    "RandomQuotes 1.0.10",
		"/nuget/Search()?searchTerm=''&includePrerelease=false&targetFramework='net45'":                                             "Other 2.0, RandomQuotes 1.0.10, RandomQuotes 1.0.9, RandomQuotes 1.0.8.0",
		"/nuget/Search()?searchTerm='beta'":                                                                                         "",
		"/nuget/GetUpdates()?packageIds='RandomQuotes|Other'&versions='1.0.9|2.0'&includePrerelease=false&includeAllVersions=false": "RandomQuotes 1.0.10",
		"/nuget/GetUpdates()?packageIds='RandomQuotes'&versions='1.0.8'&includePrerelease=true&includeAllVersions=true":             "RandomQuotes 1.1.0-beta, RandomQuotes 1.0.10, RandomQuotes 1.0.9",
	} {
		if got := s.read(path).versions(); got != want {
			t.Errorf("%s: got\n%s, want\n%s", path, got, want)
		}
	}
	if got := s.text(q("/nuget/Search()/$count", "IsLatestVersion")); got != "2" {
		t.Errorf("$count: got %s", got)
	}
	e := s.read("/nuget/FindPackagesById()?id='Other'").Entries[0]
	p := e.Properties
	if p.NormalizedVersion != "2.0.0" || p.PackageSize != 7 || p.PackageHash != "CgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgo=" || p.ReleaseNotes != "1 < 2 & \ufffd 3" || !p.IsLatestVersion || !p.IsAbsoluteLatestVersion ||
		e.Content.Src != base+"/nuget/packages/Other/2.0" || e.ID != base+"/nuget/Packages(Id=%27Other%27,Version=%272.0%27)" {
		t.Errorf("entry: got %+v", e)
	}
	if w := s.get("/nuget/Packages(Id='other',Version='2.0.0')"); w.Code != 200 || !strings.Contains(w.Body.String(), "<d:Version>2.0</d:Version>") {
		t.Errorf("one entry: got %d %s", w.Code, w.Body)
	}
	for _, path := range []string{"/nuget/Packages(Id='other',Version='3.0')", "/nuget/Packages(Id='x')", "/nuget/Nothing", "/nuget/a/b/c/d/e", "/nuget/packages/None/1.0", "/nuget/v3/content/none/index.json"} {
		if w := s.get(path); w.Code != 404 {
			t.Errorf("%s: got %d %s", path, w.Code, w.Body)
		}
	}
}

func TestPagesThroughAThousandVersions(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	var versions []string
	for n := range 1000 {
		versions = append(versions, fmt.Sprintf("1.0.%d", n))
	}
	s.shelve("RandomQuotes", versions...)
	next, seen := "/nuget/FindPackagesById()?id='RandomQuotes'&$inlinecount=allpages", 1000
	for pages := 0; next != ""; pages++ {
		got := s.read(next)
		if len(got.Entries) == 0 || len(got.Entries) > pageSize || got.Count != "1000" || pages > 10 {
			t.Fatalf("page %d: %d entries of %s", pages, len(got.Entries), got.Count)
		}
		for _, e := range got.Entries {
			if seen--; e.Properties.Version != fmt.Sprintf("1.0.%d", seen) {
				t.Fatalf("got %s, want 1.0.%d: newest first", e.Properties.Version, seen)
			}
		}
		next = ""
		for _, link := range got.Links {
			if link.Rel == "next" {
				next = strings.TrimPrefix(link.Href, base)
			}
		}
	}
	if seen != 0 {
		t.Errorf("%d versions were on no page", seen)
	}
	top := s.read("/nuget/Packages()?$top=150&$skip=10")
	if len(top.Entries) != 100 || !strings.Contains(top.Links[1].Href, "%24skip=110&%24top=50") {
		t.Errorf("a part: got %d entries, links %+v", len(top.Entries), top.Links)
	}

	var index struct{ Items []registered }
	must(t, json.Unmarshal([]byte(s.text("/nuget/v3/registration/randomquotes/index.json")), &index))
	last := index.Items[len(index.Items)-1]
	if len(index.Items) != 16 || last.Items != nil || last.Upper != "1.0.999" || last.Count != 40 {
		t.Errorf("registration: %d pages, last %+v", len(index.Items), last)
	}
	var one registered
	must(t, json.Unmarshal([]byte(s.text(strings.TrimPrefix(last.At, base))), &one))
	if len(one.Items) != 40 || one.Items[39].Entry.Version != "1.0.999" {
		t.Errorf("page of the registration: %+v", one)
	}
}

func TestVersion3(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	content := packed(t, "Random.Quotes", "1.0.10", "quotes")
	s.push(content)
	s.shelve("Random.Quotes", "1.0.9", "1.1.0-Beta.1")
	var index struct {
		Resources []resource
	}
	must(t, json.Unmarshal(s.send(httptest.NewRequest("GET", "/nuget/v3/index.json", nil)).Body.Bytes(), &index))
	of := map[string]string{}
	for _, r := range index.Resources {
		of[r.Type] = strings.TrimPrefix(r.At, base)
	}
	flat := of["PackageBaseAddress/3.0.0"] + "random.quotes/"
	if got := strings.TrimSpace(s.text(flat + "index.json")); got != `{"versions":["1.0.9","1.0.10","1.1.0-beta.1"]}` {
		t.Errorf("versions: got %s", got)
	}
	if got := s.text(flat + "1.0.10/random.quotes.1.0.10.nupkg"); got != string(content) {
		t.Error("the package is not what was pushed")
	}
	if got := s.text(flat + "1.0.10/random.quotes.nuspec"); !strings.Contains(got, "<id>Random.Quotes</id>") {
		t.Errorf("nuspec: got %s", got)
	}
	if got := s.text(of["RegistrationsBaseUrl/3.6.0"] + "random.quotes/1.0.9.json"); !strings.Contains(got, base+flat+"1.0.9/random.quotes.1.0.9.nupkg") {
		t.Errorf("leaf: got %s", got)
	}
	search := func(query string) (out struct {
		TotalHits int
		Data      []found
	}) {
		must(t, json.Unmarshal([]byte(s.text(of["SearchQueryService"]+query)), &out))
		return out
	}
	if got := search("?q=quotes&prerelease=false"); got.TotalHits != 1 || got.Data[0].Version != "1.0.10" || len(got.Data[0].Versions) != 2 {
		t.Errorf("search: got %+v", got)
	}
	if got := search("?q=&prerelease=true&semVerLevel=2.0.0"); got.Data[0].Version != "1.1.0-Beta.1" {
		t.Errorf("search with pre-releases: got %+v", got)
	}
	if got := search("?q=nothing"); got.TotalHits != 0 || got.Data == nil {
		t.Errorf("search for nothing: got %+v", got)
	}
	if of["PackagePublish/2.0.0"] != "/nuget/packages" {
		t.Errorf("publish: got %q", of["PackagePublish/2.0.0"])
	}
}

func TestDownload(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	content := packed(t, "App", "1.0.0", "x")
	s.push(content)
	ask := func(method, ranged string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "/nuget/packages/app/1.0", nil)
		r.SetBasicAuth("x", s.key)
		if ranged != "" {
			r.Header.Set("Range", ranged)
		}
		return s.send(r)
	}
	whole := ask("GET", "")
	if whole.Code != 200 || whole.Body.String() != string(content) || whole.Header().Get("Content-Type") != "application/zip" || !strings.Contains(whole.Header().Get("Content-Disposition"), "App.1.0.0.nupkg") {
		t.Errorf("download: got %d, %d bytes, %v", whole.Code, whole.Body.Len(), whole.Header())
	}
	if w := ask("HEAD", ""); w.Code != 200 || w.Body.Len() != 0 || w.Header().Get("Content-Length") != fmt.Sprint(len(content)) {
		t.Errorf("HEAD: got %d %v", w.Code, w.Header())
	}
	for ranged, want := range map[string]string{"bytes=10-19": string(content[10:20]), "bytes=-5": string(content[len(content)-5:])} {
		if w := ask("GET", ranged); w.Code != 206 || w.Body.String() != want {
			t.Errorf("%s: got %d %q", ranged, w.Code, w.Body)
		}
	}
	if w := ask("GET", "bytes=999999-"); w.Code != 416 {
		t.Errorf("behind the end: got %d", w.Code)
	}
}

// Whatever is asked, the answer is none of ours to be ashamed of.
func TestHostileQuestions(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.shelve("App", "1.0.0")
	for query, want := range map[string]int{
		"$filter=" + url.QueryEscape(strings.Repeat("(", 5000)): 400,
		"$filter=%00": 400, "$filter='": 400, "$filter=Id%20eq": 400, "$filter=drop%20table": 400, "$filter=%ff%fe": 400,
		"$filter=" + url.QueryEscape("substringof('<script>',Id)"): 200,
		"$skip=-1": 400, "$top=x": 400, "$skip=99999999999999999999": 400, "$skip=2000000000": 200, "$top=0": 200,
		"$orderby=" + url.QueryEscape("';--,)((,Id desc"): 200, "$select=Id,Nope&$expand=All&$format=json": 200,
	} {
		for _, path := range []string{"/nuget/Packages()", "/nuget/Search()", "/nuget/Search()/$count"} {
			if w := s.get(path + "?" + query); w.Code != want {
				t.Errorf("%s?%.60s: got %d %s, want %d", path, query, w.Code, w.Body, want)
			}
		}
	}
	for _, path := range []string{"/nuget/GetUpdates()?packageIds=a|b&versions=1", "/nuget/FindPackagesById()", "/nuget/v3/query?skip=x", "/nuget/v3/query?take=-2"} {
		if w := s.get(path); w.Code != 400 {
			t.Errorf("%s: got %d", path, w.Code)
		}
	}
	for _, path := range []string{"/nuget/v3/registration/app/page/-1.json", "/nuget/v3/registration/app/page/9223372036854775807.json", "/nuget/v3/registration/app/page/1.json", "/nuget/v3/registration/app/x", "/nuget/v3/content/app/1.0.0/x.exe"} {
		if w := s.get(path); w.Code != 404 {
			t.Errorf("%s: got %d", path, w.Code)
		}
	}
}
