package packagefile

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"path"
	"slices"
	"strings"
)

// part is one of the files by which a nupkg describes itself.
type part struct{ name, content string }

// wrapping makes what turns a zip into a nupkg: who it is, what its parts
// contain, and where the description is.
func wrapping(p PackInput, entries []packEntry) []part {
	spec := p.ID + ".nuspec"
	return []part{
		{"_rels/.rels", relations(escapePart(spec))},
		{escapePart(spec), description(p)},
		{"[Content_Types].xml", contentTypes(entries)},
	}
}

// description writes the nuspec. Its namespace is the one every client since
// NuGet 2.0 understands.
func description(p PackInput) string {
	var b strings.Builder
	b.WriteString(xml.Header)
	b.WriteString(`<package xmlns="http://schemas.microsoft.com/packaging/2010/07/nuspec.xsd">` + "\n  <metadata>\n")
	for _, e := range []struct{ name, value string }{
		{"id", p.ID},
		{"version", p.Version},
		{"title", p.Title},
		{"authors", cmp.Or(p.Authors, p.ID)},
		{"requireLicenseAcceptance", "false"},
		{"description", cmp.Or(p.Description, p.ID+" "+p.Version)},
		{"releaseNotes", p.ReleaseNotes},
	} {
		if e.value != "" {
			fmt.Fprintf(&b, "    <%s>%s</%s>\n", e.name, inXML(e.value), e.name)
		}
	}
	b.WriteString("  </metadata>\n</package>\n")
	return b.String()
}

func relations(spec string) string {
	return xml.Header +
		`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + "\n" +
		`  <Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/` + inXML(spec) + `" Id="R1" />` + "\n" +
		"</Relationships>\n"
}

// contentTypes names a type for every part, since readers that keep to the
// packaging standard see only those: by file extension where there is a plain
// one, else by name.
func contentTypes(entries []packEntry) string {
	const anything = "application/octet"
	known := map[string]bool{"rels": true, "nuspec": true}
	var extensions, others []string
	for _, e := range entries {
		if e.isFolder {
			continue
		}
		ext := strings.ToLower(strings.TrimPrefix(path.Ext(e.name), "."))
		switch {
		case !isPlainExtension(ext):
			others = append(others, "/"+escapePart(e.name))
		case !known[ext]:
			known[ext] = true
			extensions = append(extensions, ext)
		}
	}
	slices.Sort(extensions)
	var b strings.Builder
	b.WriteString(xml.Header)
	b.WriteString(`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` + "\n")
	b.WriteString(`  <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml" />` + "\n")
	b.WriteString(`  <Default Extension="nuspec" ContentType="` + anything + `" />` + "\n")
	for _, ext := range extensions {
		fmt.Fprintf(&b, "  <Default Extension=%q ContentType=%q />\n", ext, anything)
	}
	for _, name := range others {
		fmt.Fprintf(&b, "  <Override PartName=\"%s\" ContentType=%q />\n", inXML(name), anything)
	}
	b.WriteString("</Types>\n")
	return b.String()
}

func isPlainExtension(ext string) bool {
	for i := range len(ext) {
		if !isASCIIAlphanumeric(ext[i]) {
			return false
		}
	}
	return ext != ""
}

func inXML(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder takes everything
	return b.String()
}
