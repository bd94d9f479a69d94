package catalog

import (
	"context"
	"fmt"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/textform"
)

// Written is a project in its canonical written form.
type Written struct {
	Lines []string
	Steps []WrittenStep
}

// WrittenStep are the lines of a step, counted from 1.
type WrittenStep struct {
	First, Last int
	Steps       []WrittenStep // of a rolling step
}

// WrittenProject is a project as `export` prints it, with the lines of its steps.
func (c *Catalog) WrittenProject(ctx context.Context, p pipelines.Principal, name string) (Written, error) {
	text, err := c.Export(ctx, p, projects.word, name)
	if err != nil {
		return Written{}, err
	}
	doc, _ := textform.Parse([]textform.File{{Name: "slipway.yaml", Text: text}}, c.stepTypes(), nil)
	out := Written{Lines: strings.Split(strings.TrimRight(string(text), "\n"), "\n")}
	if len(doc.Projects) == 1 {
		out.Steps = out.places(doc, "projects[0]", doc.Projects[0].Steps)
	}
	return out, nil
}

func (w Written) places(doc textform.Document, under string, steps []pipelines.Step) []WrittenStep {
	var out []WrittenStep
	for i, s := range steps {
		path := fmt.Sprintf("%s.steps[%d]", under, i)
		first := doc.Where(path).Line
		out = append(out, WrittenStep{First: first, Last: w.end(first), Steps: w.places(doc, path, s.Steps)})
	}
	return out
}

// end is the last line of the list item that begins on a line: what follows it
// further in.
func (w Written) end(first int) int {
	if first < 1 || first > len(w.Lines) {
		return first
	}
	dash := indent(w.Lines[first-1])
	last := first
	for at := first; at < len(w.Lines); at++ {
		line := w.Lines[at]
		if strings.TrimSpace(line) == "" {
			continue
		}
		if indent(line) <= dash {
			break
		}
		last = at + 1
	}
	return last
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }
