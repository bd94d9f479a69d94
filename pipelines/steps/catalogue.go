package steps

import (
	"strings"
)

// Entry tells people what a step type is for and how it is written.
type Entry struct {
	Name     string // the key in the written form
	Title    string
	What     string   // what it does, in a few sentences
	Words    []string // that people look for, besides those above
	Runs     string   // where
	Settings []Setting
	Sample   string // a step as it stands in a project's `steps`
}

// Setting is one key of a step type, with a dot before the keys of a key.
type Setting struct {
	Key, What string
	Required  bool
}

// Catalogue is every step type, in the order in which people meet them.
func Catalogue() []Entry {
	return []Entry{nginxEntry, iisEntry, packageEntry, scriptEntry, approvalEntry, emailEntry}
}

// CatalogueEntry finds a step type by name.
func CatalogueEntry(name string) (Entry, bool) {
	for _, e := range Catalogue() {
		if e.Name == name {
			return e, true
		}
	}
	return Entry{}, false
}

// Search are the step types that have every word of a text somewhere, those
// whose name or title has it first.
func Search(text string) []Entry {
	var first, then []Entry
	for _, e := range Catalogue() {
		switch {
		case hasWords(e.Name+" "+e.Title, text):
			first = append(first, e)
		case hasWords(e.all(), text):
			then = append(then, e)
		}
	}
	return append(first, then...)
}

func (e Entry) all() string {
	text := []string{e.Name, e.Title, e.What, e.Runs, strings.Join(e.Words, " ")}
	for _, s := range e.Settings {
		text = append(text, s.Key)
	}
	return strings.Join(text, " ")
}

func hasWords(text, wanted string) bool {
	text = strings.ToLower(text)
	for word := range strings.FieldsSeq(strings.ToLower(wanted)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// WholeText is the sample in a text that can be applied as it is: with the
// environments, feeds and teams it names.
func (e Entry) WholeText() string {
	var out strings.Builder
	out.WriteString(e.surroundings())
	out.WriteString("projects:\n  - name: Random Quotes\n    steps:\n")
	for line := range strings.Lines(e.Sample) {
		out.WriteString("      " + line)
	}
	return out.String()
}

// surroundings are what a sample names.
func (e Entry) surroundings() string {
	out := ""
	if strings.Contains(e.Sample, "skip-environments: [Dev]") {
		out += "environments: [Dev, Test, Prod]\n"
	}
	if strings.Contains(e.Sample, "feed: Artifactory") {
		out += "feeds:\n  - { name: Artifactory, type: nuget, url: \"http://localhost:8041/artifactory/api/nuget/NuGet\" }\n"
	}
	if strings.Contains(e.Sample, "teams: [Project Stakeholders]") {
		out += "teams: [{ name: Project Stakeholders }]\n"
	}
	return out
}
