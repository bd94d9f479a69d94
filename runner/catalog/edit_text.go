package catalog

import (
	"fmt"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/textform"
	"slipway/runner/records"
)

// Typed is the text of one noun as somebody has typed it.
type Typed struct {
	Noun any // by value, like a pipelines.Project
	doc  textform.Document
}

// Locate puts what SaveNoun and PreviewNoun find to its line of the text.
func (t Typed) Locate(found []pipelines.Problem) []pipelines.Problem {
	return lined(t.doc.Locate(found))
}

// lined are problems that know the line they stand in.
func lined(found []textform.Problem) []pipelines.Problem {
	out := make([]pipelines.Problem, len(found))
	for i, p := range found {
		out[i] = p.Problem
		out[i].Line, out[i].Column = p.Place.Line, p.Place.Column
	}
	return out
}

// Line is where a path like projects[0].steps[1] stands in the text, or what
// should hold it; 0 where there is nothing of it.
func (t Typed) Line(path string) int { return t.doc.Where(path).Line }

// ReadText reads the text of exactly one noun of a kind, as a folder would hold
// it. Its problems are all there are, each at its line.
func (c *Catalog) ReadText(of records.Kind, text string) (Typed, []pipelines.Problem) {
	kind, ok := editables[of]
	if !ok {
		return Typed{}, lineProblem(0, "%s have no text", of)
	}
	if len(text) > textform.MostOfFile {
		return Typed{}, lineProblem(1, "the text has %d bytes, and the most is %d: put long scripts into the package", len(text), textform.MostOfFile)
	}
	if strings.TrimSpace(text) == "" {
		return Typed{}, nothingOf(kind)
	}
	doc, found := textform.Parse([]textform.File{{Name: "text", Text: []byte(text)}}, c.stepTypes(), nil)
	if len(found) > 0 {
		return Typed{}, lined(found)
	}
	if found := strays(kind, doc); len(found) > 0 {
		return Typed{}, found
	}
	if kind.count(doc.Nouns) == 0 {
		return Typed{}, nothingOf(kind)
	}
	return Typed{Noun: kind.first(doc.Nouns), doc: doc}, nil
}

// strays are what a text holds besides one noun of the kind.
func strays(kind editable, doc textform.Document) []pipelines.Problem {
	var found []pipelines.Problem
	for _, other := range editables {
		n, list := other.count(doc.Nouns), other.noun()+"s"
		switch {
		case other.noun() != kind.noun() && n > 0:
			found = append(found, lineProblem(doc.Where(list+"[0]").Line, "this text is of one %s, and `%s` is something else: take it out here; it has pages of its own, or stands in a folder", kind.called(), list)...)
		case n > 1 && other.noun() == kind.noun():
			found = append(found, lineProblem(doc.Where(list+"[1]").Line, "a second %s begins here, and this text is of one: take it out", kind.called())...)
		}
	}
	slices.SortFunc(found, func(a, b pipelines.Problem) int { return a.Line - b.Line })
	return found
}

func nothingOf(kind editable) []pipelines.Problem {
	return lineProblem(1, "there is no %s in this text: it begins with `%ss:`, and below that stands `- name:` with its name", kind.called(), kind.noun())
}

func lineProblem(line int, format string, args ...any) []pipelines.Problem {
	return []pipelines.Problem{{Line: line, Message: fmt.Sprintf(format, args...)}}
}

// StepOf is the one step that a text of one project holds, like that of an
// example.
func (c *Catalog) StepOf(text string) (pipelines.Step, error) {
	doc, found := textform.Parse([]textform.File{{Name: "text", Text: []byte(text)}}, c.stepTypes(), nil)
	if len(found) > 0 {
		return pipelines.Step{}, fmt.Errorf("read a step: %s", found[0])
	}
	if len(doc.Projects) != 1 || len(doc.Projects[0].Steps) != 1 {
		return pipelines.Step{}, fmt.Errorf("read a step: %d projects in the text", len(doc.Projects))
	}
	return doc.Projects[0].Steps[0], nil
}

func (e edits[T]) count(n textform.Nouns) int { return len(*e.list(&n)) }

func (e edits[T]) first(n textform.Nouns) any { return (*e.list(&n))[0] }
