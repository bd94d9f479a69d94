package feeds

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

// feedOf puts entries into the frame that most servers send.
func feedOf(inner string) string {
	return `<?xml version="1.0" encoding="utf-8"?>
<feed xml:base="http://feed/api/v2/" xmlns="http://www.w3.org/2005/Atom" xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">` + inner + `</feed>`
}

func TestReadAtom(t *testing.T) {
	t.Parallel()
	day := time.Date(2024, 3, 4, 9, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		name, body string
		want       atomPage
	}{
		{"empty", feedOf(""), atomPage{}},
		{"id in the properties, title another", feedOf(`<entry><id>http://feed/Packages(Id='X',Version='9')</id><title>A nice title</title>
			<content type="application/zip" src="http://feed/Download/A/1.0"/>
			<m:properties><d:Id>A</d:Id><d:Version>1.0</d:Version><d:Published m:type="Edm.DateTime">2024-03-04T09:30:00</d:Published>
			<d:PackageSize m:type="Edm.Int64"> 12 </d:PackageSize><d:PackageHash>aGFzaA==</d:PackageHash><d:PackageHashAlgorithm>SHA512</d:PackageHashAlgorithm>
			<d:ReleaseNotes xml:space="preserve">a &lt;b&gt; &amp; c</d:ReleaseNotes></m:properties></entry>`),
			atomPage{entries: []entry{{id: "A", version: "1.0", published: day, notes: "a <b> & c", content: "http://feed/Download/A/1.0", promise: promise{12, "SHA512", "aGFzaA=="}}}}},
		{"id only in the address", feedOf(`<entry><id>http://feed/Packages(Id='A.B',Version='1.0%2Bx')</id><title>T</title></entry>`),
			atomPage{entries: []entry{{id: "A.B", version: "1.0+x"}}}},
		{"id only in the title, as NuGet.Server has it", feedOf(`<entry><id>urn:1</id><title>A</title><m:properties><d:Version>1.0</d:Version></m:properties></entry>`),
			atomPage{entries: []entry{{id: "A", version: "1.0"}}}},
		{"properties inside of the content, links relative", feedOf(`<link rel="self" href="x"/><entry><link rel="next" href="no"/><content src="package/A/1.0"><m:properties><d:Id>A</d:Id><d:Version>1.0</d:Version></m:properties></content></entry><link rel="next" href="FindPackagesById?id='A'&amp;$skiptoken='A','1.0'"/>`),
			atomPage{entries: []entry{{id: "A", version: "1.0", content: "http://feed/api/v2/package/A/1.0"}}, next: "http://feed/api/v2/FindPackagesById?id='A'&$skiptoken='A','1.0'"}},
		{"published in 1900", feedOf(`<entry><m:properties><d:Id>A</d:Id><d:Version>1</d:Version><d:Published>1900-01-01T00:00:00</d:Published></m:properties></entry>`),
			atomPage{entries: []entry{{id: "A", version: "1", unlisted: true}}}},
		{"not listed", feedOf(`<entry><m:properties><d:Id>A</d:Id><d:Version>1</d:Version><d:Published>2024-03-04T09:30:00Z</d:Published><d:Listed>False</d:Listed></m:properties></entry>`),
			atomPage{entries: []entry{{id: "A", version: "1", published: day, unlisted: true}}}},
		{"nulls and nonsense", feedOf(`<entry><m:properties><d:Id>A</d:Id><d:Version>1</d:Version><d:Published m:null="true"/><d:PackageSize>-5</d:PackageSize></m:properties></entry>`),
			atomPage{entries: []entry{{id: "A", version: "1"}}}},
		{"one entry, other prefixes, a mark in front", "\ufeff" + `<a:entry xmlns:a="http://www.w3.org/2005/Atom" xmlns:p="urn:m"><p:properties><p:Id>A</p:Id><p:Version>1</p:Version></p:properties></a:entry>`,
			atomPage{entries: []entry{{id: "A", version: "1"}}}},
		{"an entry inside of an entry", feedOf(`<entry><m:inline><feed><entry><m:properties><d:Id>B</d:Id></m:properties></entry></feed></m:inline><m:properties><d:Id>A</d:Id><d:Version>1</d:Version></m:properties></entry>`),
			atomPage{entries: []entry{{id: "A", version: "1"}}}},
	} {
		got, err := readAtom(t.Context(), []byte(c.body), mustParse(t, "http://asked/nuget"))
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, %v, want %+v", c.name, got, err, c.want)
		}
	}
}

func TestReadAtomRefuses(t *testing.T) {
	t.Parallel()
	bomb := `<!DOCTYPE f [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>` + feedOf(`<entry><title>&b;</title></entry>`)
	for _, c := range []struct{ name, body, want string }{
		{"nothing", "", "empty"},
		{"text", "Not Found", "EOF"},
		{"another document", `<service><workspace/></service>`, "no feed of packages but <service>"},
		{"cut off", strings.TrimSuffix(feedOf(`<entry>`), `</feed>`), "XML syntax error"},
		{"entities", bomb, "XML syntax error"},
		{"very deep", strings.Repeat("<feed>", 100_000), "nested more than 64 deep"},
		{"very many", feedOf(strings.Repeat("<entry/>", mostEntries+1)), fmt.Sprintf("more than %d packages", mostEntries)},
		{"another encoding", `<?xml version="1.0" encoding="utf-16"?><feed/>`, "encoding"},
		{"two roots", `<feed/><html/>`, "no feed of packages but <html>"},
	} {
		from := time.Now()
		_, err := readAtom(t.Context(), []byte(c.body), mustParse(t, "http://asked/nuget"))
		if err == nil || !strings.Contains(err.Error(), c.want) && c.want != "EOF" {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if took := time.Since(from); took > 5*time.Second {
			t.Errorf("%s took %v", c.name, took)
		}
	}
}

func FuzzReadAtom(f *testing.F) {
	f.Add([]byte(feedOf(`<entry><id>http://feed/Packages(Id='A',Version='1.0')</id><content src="a"/><m:properties><d:Version>1.0</d:Version><d:Published>1900-01-01T00:00:00</d:Published></m:properties></entry><link rel="next" href="b"/>`)))
	f.Add([]byte(`<entry xml:base="::"><properties><Id/></properties></entry>`))
	f.Add([]byte(`<feed xml:base="http://[::1"><link rel="next" href="%zz"/></feed>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := readAtom(context.Background(), body, mustParse(t, "http://asked/nuget"))
		if err != nil && len(p.entries) > 0 {
			t.Errorf("entries beside the error %v", err)
		}
		if len(p.entries) > mostEntries {
			t.Errorf("%d entries", len(p.entries))
		}
		for _, e := range p.entries {
			if e.promise.size < 0 || !e.published.IsZero() && e.published.Year() <= 1900 {
				t.Errorf("entry %+v", e)
			}
		}
		newestFirst(listed(p.entries))
	})
}
