package textform

import (
	"reflect"
	"strings"

	"slipway/pipelines"
)

// File is one file of a folder of text. Its name is relative to the folder,
// with slashes.
type File struct {
	Name string
	Text []byte
}

// Document is what a folder of text says, and where it says it.
type Document struct {
	Nouns
	places map[string]Place
	files  map[string]string
}

// Parse reads the files of a folder as one configuration: lists of the same
// kind follow each other in the order of the files. read gives the content of
// another file of the folder, for `{ file: start.sh }`. The problems are all
// there are (within reason), in the order of the text; with any, the document is not to be
// used.
func Parse(files []File, types StepTypes, read func(name string) ([]byte, error)) (Document, []Problem) {
	out := Document{places: map[string]Place{}, files: map[string]string{}}
	var found []Problem
	first := map[string]int{} // how many of each kind the files before have
	for _, f := range files {
		s := source{file: f.Name, anchors: map[string]*node{}}
		root := s.tree(f.Text)
		found = append(found, firstOf(s.found)...)
		if root == nil {
			continue
		}
		d := decoder{file: f.Name, types: types, read: read, places: out.places, files: out.files, first: first}
		var nouns Nouns
		d.value(reflect.ValueOf(&nouns).Elem(), root, "")
		out.add(nouns)
		for _, e := range root.entries {
			first[e.key] += len(e.value.items)
		}
		found = append(found, firstOf(d.found)...)
	}
	if len(files) == 0 {
		found = append(found, Problem{Problem: pipelines.Problem{Message: "the folder has no file ending in .yaml or .yml"}})
	}
	sortByPlace(found, files)
	return out, found
}

// mostProblems of one file are told; nobody reads more before mending those.
const mostProblems = 200

func firstOf(found []Problem) []Problem { return found[:min(len(found), mostProblems)] }

// Where finds the place of a Problem's path, like
// `projects[0].steps[1].nginx.bindings[0].port`. Of a key that is not there it
// is the place of what should hold it; the zero Place where there is nothing.
func (d Document) Where(path string) Place {
	for {
		if at, ok := d.places[path]; ok {
			return at
		}
		cut := strings.LastIndexAny(path, ".[")
		if cut < 0 {
			return Place{}
		}
		path = path[:cut]
	}
}

// Locate gives each problem its place: in a text that was kept in a file of its
// own, there.
func (d Document) Locate(found []pipelines.Problem) []Problem {
	out := make([]Problem, len(found))
	for i, p := range found {
		out[i] = Problem{d.Where(p.Path), p}
		if file, ok := d.files[p.Path]; ok && p.Line > 0 {
			out[i].Place = Place{File: file, Line: p.Line, Column: p.Column}
		}
	}
	return out
}
