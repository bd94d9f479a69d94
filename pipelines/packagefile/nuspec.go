package packagefile

import (
	"archive/zip"
	"encoding/xml"
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
	} `xml:"metadata"`
}

// readNuspec fills in what the one nuspec in the root folder says.
func readNuspec(identity *Identity, fileName string, entries []*zip.File) error {
	refuse := func(format string, args ...any) error {
		return pipelines.Refuse(pipelines.Invalid, "package file %q "+format, append([]any{fileName}, args...)...)
	}
	var own *zip.File
	for _, f := range entries {
		if name := UnescapeName(f.Name); strings.Contains(name, "/") || !strings.HasSuffix(strings.ToLower(name), ".nuspec") {
			continue
		}
		if own != nil {
			return refuse("has two descriptions, %s and %s; keep the one that belongs to it", own.Name, f.Name)
		}
		own = f
	}
	if own == nil {
		return refuse("has no .nuspec in its root folder, so its id and version are not known; pack it with slipway pack or nuget pack, or upload it as a zip")
	}
	text, err := readShort(own, maxNuspecSize)
	if err != nil {
		return err
	}
	var spec nuspec
	if err := xml.Unmarshal([]byte(strings.TrimPrefix(text, "\ufeff")), &spec); err != nil {
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
	if v, err := versions.Parse(identity.Version); err == nil {
		identity.Version = v.String()
	}
	identity.Title = strings.TrimSpace(m.Title)
	identity.Description = strings.TrimSpace(m.Description)
	identity.ReleaseNotes = strings.TrimSpace(m.ReleaseNotes)
	return nil
}
