package feed

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"slipway/web/feed/odata"
)

const (
	atomFeed = "application/atom+xml; type=feed; charset=utf-8"

	namespaces = ` xmlns="http://www.w3.org/2005/Atom" xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"`
)

// feedXML is a page of versions as clients of version 2 read it.
func (f *Feed) feedXML(r *http.Request, p page, counted bool) string {
	var b strings.Builder
	b.WriteString(xml.Header + `<feed xml:base="` + inXML(f.at()+"/") + `"` + namespaces + ">\n")
	if counted {
		element(&b, "m:count", "", strconv.Itoa(p.total))
	}
	element(&b, "title", ` type="text"`, "Packages")
	element(&b, "id", "", f.BaseURL+r.URL.EscapedPath())
	element(&b, "updated", "", zulu(updated(p.items)))
	b.WriteString(`<link rel="self" title="Packages" href="Packages"/>` + "\n")
	for _, one := range p.items {
		b.WriteString("<entry>\n")
		f.entryXML(&b, one)
		b.WriteString("</entry>\n")
	}
	if p.next > 0 {
		b.WriteString(`<link rel="next" href="` + inXML(f.nextLink(r, p)) + `"/>` + "\n")
	}
	b.WriteString("</feed>\n")
	return b.String()
}

// entryDocument is one version by itself.
func (f *Feed) entryDocument(one item) string {
	var b strings.Builder
	b.WriteString(xml.Header + `<entry xml:base="` + inXML(f.at()+"/") + `"` + namespaces + ">\n")
	f.entryXML(&b, one)
	b.WriteString("</entry>\n")
	return b.String()
}

// entryXML writes what a version is. Id, authors, summary and the time of the
// last change stand where Atom has a place for them, and clients look there.
func (f *Feed) entryXML(b *strings.Builder, i item) {
	key := "Packages(Id=" + url.PathEscape(odata.Quoted(i.ID)) + ",Version=" + url.PathEscape(odata.Quoted(i.Version)) + ")"
	element(b, "id", "", f.at()+"/"+key)
	b.WriteString(`<category term="NuGetGallery.V2FeedPackage" scheme="http://schemas.microsoft.com/ado/2007/08/dataservices/scheme"/>` + "\n")
	b.WriteString(`<link rel="edit" title="V2FeedPackage" href="` + inXML(key) + `"/>` + "\n")
	element(b, "title", ` type="text"`, i.ID)
	element(b, "summary", ` type="text"`, "")
	element(b, "updated", "", zulu(i.Arrived))
	b.WriteString("<author><name>" + inXML(i.ID) + "</name></author>\n")
	b.WriteString(`<content type="application/zip" src="` + inXML(f.at("packages", i.ID, i.Version)) + `"/>` + "\n")
	b.WriteString("<m:properties>\n")
	const truth, number, large, moment = ` m:type="Edm.Boolean"`, ` m:type="Edm.Int32"`, ` m:type="Edm.Int64"`, ` m:type="Edm.DateTime"`
	for _, p := range []struct{ name, kind, value string }{
		{"Version", "", i.Version},
		{"NormalizedVersion", "", normalized(i.version)},
		{"Title", "", i.ID},
		{"Description", "", i.description()},
		{"ReleaseNotes", "", i.notes()},
		{"Tags", "", ""},
		{"Dependencies", "", ""},
		{"Created", moment, local(i.Arrived)},
		{"Published", moment, local(i.Arrived)},
		{"DownloadCount", number, "0"},
		{"VersionDownloadCount", number, "0"},
		{"PackageHash", "", i.hash()},
		{"PackageHashAlgorithm", "", "SHA256"},
		{"PackageSize", large, strconv.FormatInt(i.Size, 10)},
		{"IsLatestVersion", truth, strconv.FormatBool(i.latest)},
		{"IsAbsoluteLatestVersion", truth, strconv.FormatBool(i.absolute)},
		{"IsPrerelease", truth, strconv.FormatBool(i.version.IsPrerelease())},
		{"Listed", truth, "true"},
		{"RequireLicenseAcceptance", truth, "false"},
	} {
		element(b, "d:"+p.name, p.kind, p.value)
	}
	b.WriteString("</m:properties>\n")
}

// hash is the package's hash as NuGet writes hashes.
func (i item) hash() string {
	sum, err := hex.DecodeString(i.SHA256)
	if err != nil {
		return ""
	}
	return base64.StdEncoding.EncodeToString(sum)
}

func element(b *strings.Builder, name, attributes, text string) {
	b.WriteString("<" + name + attributes + ">" + inXML(text) + "</" + name + ">\n")
}

func inXML(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a strings.Builder takes everything
	return b.String()
}

func zulu(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05Z") }

// local is a time without a zone, which is how Edm.DateTime is written.
func local(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000") }

func updated(items []item) time.Time {
	var at time.Time
	for _, one := range items {
		if one.Arrived.After(at) {
			at = one.Arrived
		}
	}
	return at
}
