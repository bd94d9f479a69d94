package packagefile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// octoPacked are the entries that OctoPack with a NuGet of its time writes for
// the ASP.NET page of the tutorial.
func octoPacked(nuspec string) []entry {
	return []entry{
		file("_rels/.rels", "<Relationships/>"),
		file("RandomQuotes.nuspec", nuspec),
		file("Web.config", "<configuration/>"),
		file("Views/Home/Index.cshtml", "@Model"),
		file("Content/Site%20Styles%2Bmore.css", "a{}"),
		file("bin/RandomQuotes.dll", "MZ"),
		file(`bin\roslyn\csc.exe`, "MZ"),
		file("bin%5Croslyn%5Cvbc.exe", "MZ"),
		file("package/readme.txt", "content all the same"),
		file("package/services/metadata/core-properties/0f5e.psmdcp", "<coreProperties/>"),
		file("[Content_Types].xml", "<Types/>"),
	}
}

const octoSpec = `<?xml version="1.0"?>
<package xmlns="%s">
  <metadata>
    <id>RandomQuotes</id>
    <version>1.0.42</version>
    <authors>admin</authors>
    <requireLicenseAcceptance>false</requireLicenseAcceptance>
    <description>RandomQuotes deployment package</description>
    <releaseNotes>%s</releaseNotes>
    <dependencies><group targetFramework=".NETFramework4.5"><dependency id="X" version="1.0"/></group></dependencies>
  </metadata>
  <files><file src="x" target="y"/></files>
</package>`

func TestOctoPackShape(t *testing.T) {
	t.Parallel()
	content := zipOf(t, octoPacked("\ufeff"+fmt.Sprintf(octoSpec, "http://schemas.microsoft.com/packaging/2010/07/nuspec.xsd", "fixed"))...)
	got, err := identify("obj/octopacked/Other.9.9.9.nupkg", content)
	if err != nil || got.ID != "RandomQuotes" || got.Version != "1.0.42" || got.ReleaseNotes != "fixed" || got.Entries != 11 {
		t.Errorf("Identify = %+v, %v, want RandomQuotes 1.0.42 of its nuspec, whatever the file is called", got, err)
	}
	var names []string
	for _, e := range octoPacked("") {
		if name, ok := Installs(Nupkg, e.name); ok {
			names = append(names, name)
		}
	}
	want := []string{"Web.config", "Views/Home/Index.cshtml", "Content/Site Styles+more.css", "bin/RandomQuotes.dll", "bin/roslyn/csc.exe", "bin/roslyn/vbc.exe", "package/readme.txt"}
	if !slices.Equal(names, want) {
		t.Errorf("installed are\n%q, want\n%q", names, want)
	}
}

// NuGet has used these in turn, and hand-written files have none.
func TestNuspecNamespaces(t *testing.T) {
	t.Parallel()
	for _, namespace := range []string{
		"", "http://schemas.microsoft.com/packaging/2010/07/nuspec.xsd", "http://schemas.microsoft.com/packaging/2011/08/nuspec.xsd",
		"http://schemas.microsoft.com/packaging/2011/10/nuspec.xsd", "http://schemas.microsoft.com/packaging/2012/06/nuspec.xsd",
		"http://schemas.microsoft.com/packaging/2013/01/nuspec.xsd", "http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd",
	} {
		got, err := identify("x.nupkg", zipOf(t, octoPacked(fmt.Sprintf(octoSpec, namespace, ""))...))
		if err != nil || got.ID != "RandomQuotes" || got.Version != "1.0.42" {
			t.Errorf("namespace %q: got %+v, %v", namespace, got, err)
		}
	}
}

func TestNuspecEncodings(t *testing.T) {
	t.Parallel()
	text := strings.Replace(fmt.Sprintf(octoSpec, "", "für alle"), `version="1.0"?>`, `version="1.0" encoding="%s"?>`, 1)
	wide := func(order binary.ByteOrder, text string) string {
		var b bytes.Buffer
		_ = binary.Write(&b, order, utf16.Encode([]rune("\ufeff"+text)))
		return b.String()
	}
	latin := func(text string) string { return strings.ReplaceAll(text, "ü", "\xfc") }
	for what, spec := range map[string]string{
		"UTF-8":              fmt.Sprintf(text, "utf-8"),
		"UTF-8 with a mark":  "\ufeff" + fmt.Sprintf(text, "UTF-8"),
		"UTF-16 of Windows":  wide(binary.LittleEndian, fmt.Sprintf(text, "utf-16")),
		"UTF-16, big end":    wide(binary.BigEndian, fmt.Sprintf(text, "UTF-16")),
		"latin 1":            latin(fmt.Sprintf(text, "iso-8859-1")),
		"of western Windows": latin(fmt.Sprintf(text, "Windows-1252")),
	} {
		content := zipOf(t, octoPacked(spec)...)
		got, err := identify("x.nupkg", content)
		if err != nil || got.ReleaseNotes != "für alle" {
			t.Errorf("%s: got %q, %v", what, got.ReleaseNotes, err)
		}
		if again, err := Nuspec(bytes.NewReader(content), int64(len(content))); err != nil || !strings.Contains(again, "<id>RandomQuotes</id>") {
			t.Errorf("%s: Nuspec = %q, %v", what, again, err)
		}
	}
	_, err := identify("x.nupkg", zipOf(t, octoPacked(fmt.Sprintf(text, "ebcdic"))...))
	checkRefusal(t, "unknown encoding", err, `its encoding "ebcdic" is not known here`)
}

func TestNuspecTextsAreBounded(t *testing.T) {
	t.Parallel()
	got, err := identify("x.nupkg", zipOf(t, octoPacked(fmt.Sprintf(octoSpec, "", strings.Repeat("ü", 100_000)))...))
	if err != nil || len(got.ReleaseNotes) > longestNotes+3 || !strings.HasSuffix(got.ReleaseNotes, "ü…") {
		t.Errorf("long notes: got %d bytes, %v, want them cut", len(got.ReleaseNotes), err)
	}
}

func TestSymbolsAreRefused(t *testing.T) {
	t.Parallel()
	spec := fmt.Sprintf(octoSpec, "", "")
	typed := strings.Replace(spec, "<authors>", `<packageTypes><packageType name="SymbolsPackage" /></packageTypes><authors>`, 1)
	for name, nuspec := range map[string]string{"x.snupkg": spec, "x.nupkg": typed} {
		_, err := identify(name, zipOf(t, octoPacked(nuspec)...))
		checkRefusal(t, name, err, "holds symbols for a debugger")
	}
	other := strings.Replace(typed, "SymbolsPackage", "DotnetTool", 1)
	if _, err := identify("x.nupkg", zipOf(t, octoPacked(other)...)); err != nil {
		t.Errorf("a package of another type: %v", err)
	}
}

// Where the description is counts as it would be unpacked.
func TestNuspecPlaces(t *testing.T) {
	t.Parallel()
	spec := fmt.Sprintf(octoSpec, "", "")
	for name, want := range map[string]string{
		"Random%20Quotes.NUSPEC": "",
		"./a.nuspec":             "",
		`lib\a.nuspec`:           "has no .nuspec in its root folder",
		"lib%2Fa.nuspec":         "has no .nuspec in its root folder",
		"a.nuspec/":              "has no .nuspec in its root folder",
		"a.nuspec.txt":           "has no .nuspec in its root folder",
	} {
		body := spec
		if strings.HasSuffix(name, "/") {
			body = ""
		}
		_, err := identify("x.nupkg", zipOf(t, file("index.html", "x"), file(name, body)))
		if want == "" && err != nil {
			t.Errorf("%s: %v", name, err)
		} else if want != "" {
			checkRefusal(t, name, err, want)
		}
	}
	_, err := identify("x.nupkg", zipOf(t, file("A.nuspec", spec), file("b.nuspec", spec)))
	checkRefusal(t, "two", err, "two descriptions")
}

func FuzzNuspec(f *testing.F) {
	f.Add(fmt.Sprintf(octoSpec, "", "x"))
	f.Add("\xff\xfe<\x00a\x00/\x00>\x00")
	f.Add(`<?xml version="1.0" encoding="latin1"?><package><metadata><id>` + "\xfc" + `</id></metadata></package>`)
	f.Fuzz(func(_ *testing.T, text string) {
		_, _ = parseNuspec(text)
	})
}
