package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"slipway/pipelines"
	"slipway/pipelines/configfiles/substitute"
	"slipway/pipelines/configfiles/textfile"
	"slipway/pipelines/octostache"
	"slipway/pipelines/textform"
	"slipway/pipelines/variables"
)

func (p *program) templateCheck() *cobra.Command {
	c := verb("check FILE…", "Find what is wrong with the `#{…}` in files; for build servers", nil)
	c.Long = `Find what looks like an expression and is none, in each FILE, with its line and
column. With variables (--variables, --set, or --project) also what none of them
resolves; with --project, what each deployment knows of itself (Octopus.…, env:…)
is no finding. The code is 1 where anything was found.`
	var with rendering
	with.flags(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		vars, err := p.rendering(c, with)
		if err != nil {
			return err
		}
		given := len(with.files) > 0 || len(with.set) > 0 || with.place.project != ""
		var found []textform.Problem
		for _, file := range args {
			content, err := os.ReadFile(file)
			if err != nil {
				return unreadableText(file, err)
			}
			if !given {
				found = append(found, malformed(file, octostache.ParseLenient(textfile.Decode(content).Text).Malformed())...)
				continue
			}
			_, problems, err := p.fill(file, content, vars, with)
			if err != nil {
				problems = []textform.Problem{problemIn(file, 1, 1, err.Error())}
			}
			found = append(found, problems...)
		}
		if len(found) > 0 {
			return unresolved("the files", found)
		}
		return p.answer(map[string]int{"files": len(args)}, func() { p.say("%s: nothing wrong", counted(len(args), "file")) })
	}
	return c
}

// fill puts variables into the content of a file, and says what is wrong with it.
func (p *program) fill(file string, content []byte, vars *octostache.Variables, with rendering) ([]byte, []textform.Problem, error) {
	text := textfile.Decode(content).Text
	deployed := with.place.project != ""
	if deployed {
		vars = forDeployment(vars, text)
	}
	options := substitute.Options{Evaluation: octostache.Options{Now: p.now()}}
	out, report, err := substitute.Substitute(content, vars, options)
	if err == nil && deployed && indirect(report.Unresolved, vars) {
		out, report, err = substitute.Substitute(content, vars, options)
	}
	if err != nil {
		return nil, nil, err
	}
	return out, leftovers(file, text, report, deployed), nil
}

// leftovers are what a substitution had to leave as it was, in the order of the
// file; deployed ones may wait for what the deployment knows.
func leftovers(file, text string, r substitute.Report, deployed bool) []textform.Problem {
	found := malformed(file, r.Malformed)
	for _, token := range r.Unresolved {
		read := variables.References(token)
		filter, unknown := octostache.UnknownFilter(token, octostache.Options{})
		if deployed && !unknown && len(read) > 0 && ofDeployment(read[0].Name) {
			continue
		}
		message := token + " has no value: define the variable or correct its name"
		if unknown {
			message = token + ": " + filter + " is no filter: see docs/reference/expressions.md"
		}
		line, column := whereIs(text, token)
		found = append(found, problemIn(file, line, column, message))
	}
	slices.SortStableFunc(found, func(a, b textform.Problem) int {
		return cmp.Or(cmp.Compare(a.Place.Line, b.Place.Line), cmp.Compare(a.Place.Column, b.Place.Column))
	})
	return found
}

// whereIs says where a token first stands; of one that is written in another form
// than we show it, where the name it begins with is read; of one that only a
// variable holds, the first line.
func whereIs(text, token string) (line, column int) {
	before, _, found := strings.Cut(text, token)
	if !found {
		read := variables.References(token)
		for _, r := range variables.References(text) {
			if len(read) > 0 && pipelines.SameName(r.Name, read[0].Name) {
				return r.Line, r.Column
			}
		}
		return 1, 1
	}
	return strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
}

func malformed(file string, broken []*octostache.ParseError) []textform.Problem {
	var found []textform.Problem
	for _, e := range broken {
		found = append(found, problemIn(file, e.Line, e.Column, e.Message))
	}
	return found
}

func problemIn(file string, line, column int, message string) textform.Problem {
	return textform.Problem{Place: textform.Place{File: file, Line: line, Column: column}, Problem: pipelines.Problem{Message: message}}
}

// unreadableText says why a file that was named cannot be read.
func unreadableText(file string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return pipelines.Refuse(pipelines.NotFound, "there is no file %s", file)
	}
	if info, look := os.Stat(file); look == nil && info.IsDir() {
		return pipelines.Refuse(pipelines.Invalid, "%s is a folder: name the files in it that are wanted", file)
	}
	return err
}

func unresolved(name string, found []textform.Problem) error {
	problems := "1 problem"
	if len(found) != 1 {
		problems = fmt.Sprintf("%d problems", len(found))
	}
	return &unfit{name + ": " + problems, found}
}
