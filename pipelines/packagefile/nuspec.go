package packagefile

import (
	"archive/zip"
	"encoding/xml"
	"io"
	"path"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/versions"
)

// nuspec is what is read of a package's own description. Its namespace has
// changed with every few versions of NuGet, so only the local names count.
type nuspec struct {
	XMLName  xml.Name `xml:"package"`
	Metadata struct {
		ID           string `xml:"id"`
		Version      string `xml:"version"`
		Title        string `xml:"title"`
		Description  string `xml:"description"`
		ReleaseNotes string `xml:"releaseNotes"`
		Types        []struct {
			Name string `xml:"name,attr"`
		} `xml:"packageTypes>packageType"`
	} `xml:"metadata"`
}

// What is kept of texts that no package needs to be installed: they are shown in
// lists and stand in records, so the rest is left out.
const (
	longestTitle       = 256
	longestDescription = 4000
	longestNotes       = 32 << 10
)

// readNuspec fills in what the one nuspec in the root folder says.
func readNuspec(identity *Identity, fileName string, entries []*zip.File) error {
	refuse := func(format string, args ...any) error {
		return pipelines.Refuse(pipelines.Invalid, "package file %q "+format, append([]any{fileName}, args...)...)
	}
	own, err := findNuspec(fileName, entries)
	if err != nil {
		return err
	}
	text, err := readShort(own, maxNuspecSize)
	if err != nil {
		return err
	}
	spec, err := parseNuspec(text)
	if err != nil {
		return refuse("has a description %s that cannot be read: %v; pack it again", own.Name, err)
	}
	m := spec.Metadata
	identity.ID = strings.TrimSpace(m.ID)
	identity.Version = strings.TrimSpace(m.Version)
	switch {
	case identity.ID == "":
		return refuse("has no <id> in %s; add it and pack again", own.Name)
	case identity.Version == "":
		return refuse("has no <version> in %s; add it and pack again", own.Name)
	}
	for _, t := range m.Types {
		if strings.EqualFold(t.Name, "SymbolsPackage") {
			return symbols(fileName)
		}
	}
	if v, err := versions.Parse(identity.Version); err == nil {
		identity.Version = v.String()
	}
	identity.Title = kept(m.Title, longestTitle)
	identity.Description = kept(m.Description, longestDescription)
	identity.ReleaseNotes = kept(m.ReleaseNotes, longestNotes)
	return nil
}

// findNuspec finds the description: the one .nuspec in the root folder, by the
// name under which it would be unpacked.
func findNuspec(fileName string, entries []*zip.File) (*zip.File, error) {
	var own *zip.File
	for _, f := range entries {
		name := path.Clean(strings.ReplaceAll(UnescapeName(f.Name), `\`, "/"))
		if strings.Contains(name, "/") || !strings.HasSuffix(strings.ToLower(name), ".nuspec") || IsFolder(Nupkg, f.Name) {
			continue
		}
		if own != nil {
			return nil, pipelines.Refuse(pipelines.Invalid, "package file %q has two descriptions, %s and %s; keep the one that belongs to it", fileName, own.Name, f.Name)
		}
		own = f
	}
	if own == nil {
		return nil, pipelines.Refuse(pipelines.Invalid, "package file %q has no .nuspec in its root folder, so its id and version are not known; pack it with slipway pack or nuget pack, or upload it as a zip", fileName)
	}
	return own, nil
}

// Nuspec is the description inside a nupkg that Identify has accepted, as UTF-8.
func Nuspec(r io.ReaderAt, size int64) (string, error) {
	const fileName = "package.nupkg"
	z, err := zip.NewReader(r, size)
	if err != nil {
		return "", notA("zip", fileName, err)
	}
	own, err := findNuspec(fileName, z.File)
	if err != nil {
		return "", err
	}
	text, err := readShort(own, maxNuspecSize)
	return unicodeOf(text), err
}

func parseNuspec(text string) (nuspec, error) {
	var spec nuspec
	decoder := xml.NewDecoder(strings.NewReader(unicodeOf(text)))
	decoder.CharsetReader = charset
	err := decoder.Decode(&spec)
	return spec, err
}

// kept is a text without the spaces around it and not longer than most bytes.
func kept(text string, most int) string {
	text = strings.TrimSpace(text)
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

func symbols(fileName string) error {
	return pipelines.Refuse(pipelines.Invalid, "package file %q holds symbols for a debugger, which nothing is deployed from and nobody would ask for here; push the package itself, and this to a symbol server", fileName)
}
