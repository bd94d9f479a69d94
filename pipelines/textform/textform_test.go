package textform_test

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"slipway/pipelines/steps"
	"slipway/pipelines/textform"
)

var update = flag.Bool("update", false, "write the golden files")

func stepTypes() textform.StepTypes {
	out := textform.StepTypes{}
	for name, t := range steps.Types() {
		out[name] = t.Settings
	}
	return out
}

// parse reads one file; others are the files it may name.
func parse(content string, others map[string]string) (textform.Document, []textform.Problem) {
	return textform.Parse([]textform.File{{Name: "slipway.yaml", Text: []byte(content)}}, stepTypes(), func(name string) ([]byte, error) {
		if text, ok := others[name]; ok {
			return []byte(text), nil
		}
		return nil, fmt.Errorf("there is no file %q in the folder", name)
	})
}

func mustParse(t *testing.T, content string) textform.Document {
	t.Helper()
	doc, found := parse(content, nil)
	if len(found) > 0 {
		t.Fatalf("Parse found problems:\n%s\nin\n%s", joined(found), content)
	}
	return doc
}

func joined(found []textform.Problem) string {
	var out strings.Builder
	for _, p := range found {
		out.WriteString(p.String() + "\n")
	}
	return out.String()
}

// sample reads the example project.
func sample(t *testing.T) textform.Document {
	t.Helper()
	folder := textform.Sample("random-quotes")
	content, err := fs.ReadFile(folder, "slipway.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, found := textform.Parse([]textform.File{{Name: "slipway.yaml", Text: content}}, stepTypes(), func(name string) ([]byte, error) {
		return fs.ReadFile(folder, name)
	})
	if len(found) > 0 {
		t.Fatalf("the sample has problems:\n%s", joined(found))
	}
	return doc
}

// golden compares with a file below testdata, or writes it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; make it with -update and read it", err)
	}
	if got != string(want) {
		t.Errorf("%s is not as expected:\n--- got\n%s\n--- want\n%s", name, got, want)
	}
}
