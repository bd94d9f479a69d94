package letters

import (
	"fmt"
	"strings"

	"slipway/pipelines"
)

// What comes with a release is bounded so that the buttons stay near: the page
// behind the links has all of it.
const (
	mostPackages = 12
	mostCommits  = 6
	mostNotes    = 40 // lines of release notes, which stand below the buttons
	mostComment  = 600
)

// coming is one package as the letter shows it.
type coming struct {
	name, version string
	was           string // the version that is there, "" for none
	same          bool
	commits       []commit
	more          string
}

type commit struct{ short, message, author string }

// packages are what the release brings.
func (s SignOff) packages() (out []coming, more string) {
	for i, chosen := range s.Packages {
		if i == mostPackages {
			return out, fmt.Sprintf("and %d more", len(s.Packages)-mostPackages)
		}
		one := coming{name: name(chosen.Package), version: line(chosen.Version), same: s.Replaces != ""}
		for _, change := range s.Changes.Packages {
			if pipelines.SameName(change.Package, chosen.Package) && pipelines.SameName(change.Feed, chosen.Feed) {
				one = one.changed(change)
			}
		}
		out = append(out, one)
	}
	return out, ""
}

func (c coming) changed(change pipelines.PackageChange) coming {
	c.was, c.same = line(change.From), false
	all := change.Commits()
	for _, x := range all[:min(len(all), mostCommits)] {
		first, _, _ := strings.Cut(strings.TrimSpace(x.Message), "\n")
		c.commits = append(c.commits, commit{line(x.Build.ShortRevision(x.ID)), name(cut(first, 100)), name(x.Author)})
	}
	if more := len(all) - mostCommits; more > 0 {
		c.more = fmt.Sprintf("and %d more commits", more)
		if more == 1 {
			c.more = "and 1 more commit"
		}
	}
	if change.Back && len(all) > 0 {
		c.more = strings.TrimSpace("The version there is newer: these are taken away. " + c.more)
	}
	return c
}

// replaced says what is there now.
func (s SignOff) replaced() string {
	switch {
	case s.Replaces == "" && (s.Changes.Left != nil || s.Changes.Bare || s.Changes.Ran):
		return s.Changes.Unreplaced(s.Deployment)
	case s.Replaces == "":
		return "Nothing of this project is in " + name(s.Environment) + " yet."
	case s.Older:
		return "Replaces " + line(s.Replaces) + ", which is newer."
	}
	return "Replaces " + line(s.Replaces) + "."
}

// text is one package in plain text.
func (c coming) text() string {
	var b strings.Builder
	versions := c.version
	switch {
	case c.was != "":
		versions = c.was + " -> " + c.version
	case c.same:
		versions += " (is there already)"
	}
	fmt.Fprintf(&b, "  %s %s\n", c.name, versions)
	for _, x := range c.commits {
		said := x.message
		if x.author != "" {
			said += " (" + x.author + ")"
		}
		fmt.Fprintf(&b, "    %s\n", strings.TrimRight(x.short+"  "+wrapped(said, 6+len([]rune(x.short))), " "))
	}
	if c.more != "" {
		fmt.Fprintf(&b, "    %s\n", c.more)
	}
	return b.String()
}

func first(all []coming, _ string) []coming { return all }

func second(_ []coming, more string) string { return more }
