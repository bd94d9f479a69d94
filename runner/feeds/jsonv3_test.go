package feeds

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestReadServiceIndex(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body string
		want       serviceIndex
	}{
		{"as nuget.org", `{"version":"3.0.0","resources":[
			{"@id":"https://s1/query","@type":"SearchQueryService"},{"@id":"https://s2/query","@type":"SearchQueryService"},
			{"@id":"https://api/reg","@type":"RegistrationsBaseUrl"},{"@id":"https://api/reg-gz-semver2","@type":"RegistrationsBaseUrl/3.6.0"},
			{"@id":"https://api/reg-gz","@type":"RegistrationsBaseUrl/3.4.0"},{"@id":"https://api/flat","@type":"PackageBaseAddress/3.0.0"}]}`,
			serviceIndex{"https://api/flat", "https://api/reg-gz-semver2", "https://s1/query"}},
		{"types in lists, a mark in front", "\ufeff" + `{"resources":[{"@id":"a","@type":["PackageBaseAddress/3.0.0","Other"]},{"@id":"b","@type":7},{"@type":null}]}`, serviceIndex{content: "a"}},
	} {
		got, err := readServiceIndex([]byte(c.body))
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v, want %+v", c.name, got, err, c.want)
		}
	}
	for _, body := range []string{"", "[]", "null", `{"resources":[]}`, `{"resources":7}`, `<feed/>`, strings.Repeat("[", 1_000_000), `{"a":` + strings.Repeat("[", 1_000_000)} {
		if got, err := readServiceIndex([]byte(body)); err == nil {
			t.Errorf("readServiceIndex(%s) = %+v, want an error", shortened(body), got)
		}
	}
}

func TestReadRegistration(t *testing.T) {
	t.Parallel()
	day := time.Date(2024, 3, 4, 9, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		name, body string
		want       registrationPage
	}{
		{"pages inside", `{"items":[{"@id":"p","items":[{"packageContent":"http://c","catalogEntry":{"id":"A","version":"1.0","published":"2024-03-04T09:30:00+00:00","listed":true}}]}]}`,
			registrationPage{entries: []entry{{id: "A", version: "1.0", published: day, content: "http://c"}}}},
		{"pages linked", `{"items":[{"@id":"http://p1","count":64},{"@id":"http://p2","items":null},{}]}`, registrationPage{further: []string{"http://p1", "http://p2"}}},
		{"a page by itself", `{"items":[{"catalogEntry":{"version":"1.0","packageContent":"c","packageSize":12,"packageHash":"h","packageHashAlgorithm":"SHA512"}}]}`,
			registrationPage{entries: []entry{{version: "1.0", content: "c", promise: promise{12, "SHA512", "h"}}}}},
		{"not listed", `{"items":[{"catalogEntry":{"version":"1","listed":false}},{"catalogEntry":{"version":"2","published":"1900-01-01T00:00:00+00:00"}}]}`,
			registrationPage{entries: []entry{{version: "1", unlisted: true}, {version: "2", unlisted: true}}}},
		{"an address for an entry", `{"items":[{"catalogEntry":"http://x"}]}`, registrationPage{}},
		{"deeper than there are levels", `{"items":[{"items":[{"@id":"x","items":[{"catalogEntry":{"version":"1"}}]}]}]}`, registrationPage{}},
	} {
		got, err := readRegistration([]byte(c.body))
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, %v, want %+v", c.name, got, err, c.want)
		}
	}
	if _, err := readRegistration([]byte(`{"items":[` + strings.Repeat(`{"@id":"p"},`, 300) + `{"@id":"p"}]}`)); err == nil {
		t.Error("301 pages are no error")
	}
}

func TestNormalised(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{
		"1": "1.0.0", "1.0.0.0": "1.0.0", "1.00.01": "1.0.1", "1.2.3.4": "1.2.3.4", "1.0-RC.1": "1.0.0-rc.1", "1.0.0+Build": "1.0.0", "v2.0": "2.0.0",
	} {
		if got := normalised(version); got != want {
			t.Errorf("normalised(%s) = %s, want %s", version, got, want)
		}
	}
}

// TestPagesFullOfSmallThings cost about as much as reading them: a bound on each
// list ends them long before their end.
func TestPagesFullOfSmallThings(t *testing.T) {
	t.Parallel()
	full := func(before, each, after string) []byte {
		return []byte(before + strings.Repeat(each+",", (largestPage-100)/(len(each)+1)) + each + after)
	}
	index := func(b []byte) error { _, err := readServiceIndex(b); return err }
	registration := func(b []byte) error { _, err := readRegistration(b); return err }
	for _, c := range []struct {
		name string
		read func([]byte) error
		body []byte
	}{
		{"resources", index, full(`{"resources":[`, `{}`, `]}`)},
		{"types of resources", index, full(`{"resources":[`, `{"@id":"x","@type":["a","b"]}`, `]}`)},
		{"types of one", index, full(`{"resources":[{"@id":"x","@type":[`, `""`, `]}]}`)},
		{"pages", registration, full(`{"items":[`, `{}`, `]}`)},
		{"versions on a page", registration, full(`{"items":[{"items":[`, `{"catalogEntry":""}`, `]}]}`)},
		{"versions", func(b []byte) error { _, err := readFlatIndex(b); return err }, full(`{"versions":[`, `""`, `]}`)},
		{"found ids", func(b []byte) error { _, err := readFound(b); return err }, full(`{"data":[`, `{}`, `]}`)},
	} {
		if err := c.read(c.body); err == nil {
			t.Errorf("a page full of %s was read", c.name)
		}
	}
	many := `{"resources":[` + strings.Repeat(`{"@id":"/c","@type":"PackageBaseAddress/3.0.0"},`, mostResources) + `{}]}`
	if err := index([]byte(many)); err == nil || !strings.Contains(err.Error(), "more than 1000 resources") {
		t.Errorf("%d resources: %v", mostResources+1, err)
	}
}

func FuzzReadV3(f *testing.F) {
	f.Add([]byte(`{"resources":[{"@id":"a","@type":["PackageBaseAddress/3.0.0"]}],"versions":["1.0"],"data":[{"id":"A"}]}`))
	f.Add([]byte(`{"items":[{"@id":"p","items":[{"packageContent":"c","catalogEntry":{"id":"A","version":"1.0","published":"1900-01-01T00:00:00Z","packageSize":"12"}}]}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		readServiceIndex(body)
		readFound(body)
		if names, err := readFlatIndex(body); err == nil {
			for _, name := range names {
				normalised(name)
			}
		}
		if p, err := readRegistration(body); err == nil {
			for _, e := range p.entries {
				if e.promise.size < 0 {
					t.Errorf("entry %+v", e)
				}
			}
			newestFirst(listed(p.entries))
		}
	})
}
