package feedserver

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
)

// answerFeed writes a page in the shape reported of Artifactory's answers to
// FindPackagesById: an empty title, a data contract's name for an id, links
// relative to xml:base but for the content, whose address is whole.
func (s *Server) answerFeed(w http.ResponseWriter, req *http.Request, title string, page []pkg, next string) {
	var x strings.Builder
	x.WriteString("<?xml version='1.0' encoding='UTF-8'?>\n")
	fmt.Fprintf(&x, "<feed%s xml:base=\"%s/\">\n", namespaces, attribute(s.base(req)))
	x.WriteString("    <title></title>\n    <id>http://schemas.datacontract.org/2004/07/</id>\n")
	fmt.Fprintf(&x, "    <updated>%s</updated>\n", s.options.Now().UTC().Format("2006-01-02T15:04:05Z"))
	fmt.Fprintf(&x, "    <link rel=\"self\" title=\"%s\" href=\"%s\"/>\n", title, title)
	for _, p := range page {
		x.WriteString(s.entry(req, p, ""))
	}
	if s.failing() == NoTail {
		answerXML(w, x.String())
		return
	}
	if next != "" {
		fmt.Fprintf(&x, "    <link rel=\"next\" href=\"%s\"/>\n", attribute(next))
	}
	x.WriteString("</feed>\n")
	answerXML(w, x.String())
}

func (s *Server) answerEntry(w http.ResponseWriter, req *http.Request, p pkg) {
	answerXML(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"+s.entry(req, p, fmt.Sprintf("%s xml:base=\"%s/\"", namespaces, attribute(s.base(req)))))
}

const namespaces = ` xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata" xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices" xmlns="http://www.w3.org/2005/Atom"`

// entry writes one version. The title is the package's title, not its id, which
// is what a report of a client that took one for the other shows.
func (s *Server) entry(req *http.Request, p pkg, attributes string) string {
	base := s.base(req)
	key := fmt.Sprintf("Packages(Id='%s',Version='%s')", p.ID, p.Version)
	content := base + "/Download/" + p.ID + "/" + strings.ReplaceAll(p.Version, "+", "%2B")
	if s.failing() == LinksToElsewhere {
		content = s.elsewhere + s.root() + "/Download/" + p.ID + "/" + p.Version
	}
	var x strings.Builder
	fmt.Fprintf(&x, "    <entry%s>\n        <id>%s/%s</id>\n", attributes, text(base), text(key))
	fmt.Fprintf(&x, "        <title type=\"text\">%s</title>\n        <summary type=\"text\">%s</summary>\n", text(p.title()), text(p.Description))
	fmt.Fprintf(&x, "        <updated>%s</updated>\n        <author>\n            <name>%s</name>\n        </author>\n", p.published.Format("2006-01-02T15:04:05Z"), text(p.ID))
	fmt.Fprintf(&x, "        <link title=\"V2FeedPackage\" href=\"%s\" rel=\"edit\"/>\n", attribute(key))
	x.WriteString("        <category scheme=\"http://schemas.microsoft.com/ado/2007/08/dataservices/scheme\" term=\"NuGetGallery.V2FeedPackage\"/>\n")
	fmt.Fprintf(&x, "        <content type=\"application/zip\" src=\"%s\"/>\n", attribute(content))
	x.WriteString("        <m:properties>\n" + s.properties(p) + "        </m:properties>\n    </entry>\n")
	return x.String()
}

// properties are what is known of a version. In 1900 is published what is not
// listed.
func (s *Server) properties(p pkg) string {
	published := p.published.Format("2006-01-02T15:04:05.000Z")
	if p.unlisted {
		published = "1900-01-01T00:00:00Z"
	}
	size, hash := len(p.bytes), p.sha512()
	switch s.failing() {
	case LiesAboutSize:
		size += 17
	case LiesAboutHash:
		hash = strings.Repeat("A", 86) + "=="
	}
	newest, stable := s.latest(p)
	var x strings.Builder
	for _, property := range []struct{ name, kind, value string }{
		{"Id", "", p.ID},
		{"Version", "", p.Version},
		{"Title", "", p.title()},
		{"Description", "", p.Description},
		{"ReleaseNotes", "", p.ReleaseNotes},
		{"Created", "Edm.DateTime", p.published.Format("2006-01-02T15:04:05.000Z")},
		{"Published", "Edm.DateTime", published},
		{"LastUpdated", "Edm.DateTime", p.published.Format("2006-01-02T15:04:05.000Z")},
		{"IsLatestVersion", "Edm.Boolean", fmt.Sprint(stable)},
		{"IsAbsoluteLatestVersion", "Edm.Boolean", fmt.Sprint(newest)},
		{"IsPrerelease", "Edm.Boolean", fmt.Sprint(p.number.IsPrerelease())},
		{"DownloadCount", "Edm.Int32", "0"},
		{"VersionDownloadCount", "Edm.Int32", "0"},
		{"RequireLicenseAcceptance", "Edm.Boolean", "false"},
		{"PackageHash", "", hash},
		{"PackageHashAlgorithm", "", "SHA512"},
		{"PackageSize", "Edm.Int64", fmt.Sprint(size)},
	} {
		kind := ""
		if property.kind != "" {
			kind = ` m:type="` + property.kind + `"`
		}
		fmt.Fprintf(&x, "            <d:%s%s>%s</d:%s>\n", property.name, kind, text(property.value), property.name)
	}
	return x.String()
}

func answerXML(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "application/atom+xml;charset=utf-8")
	w.Header().Set("DataServiceVersion", "2.0;")
	w.Write([]byte(body))
}

func text(s string) string {
	var x strings.Builder
	xml.EscapeText(&x, []byte(s))
	return x.String()
}

func attribute(s string) string { return text(s) }
