package cli

import (
	"fmt"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"slipway/pipelines"
	"slipway/pipelines/configfiles/substitute"
	"slipway/pipelines/configfiles/textfile"
	"slipway/pipelines/octostache"
	"slipway/pipelines/textform"
)

func (p *program) templateCheck() *cobra.Command {
	c := verb("check FILE…", "Find what is wrong with the `#{…}` in files; for build servers", nil)
	c.Long = `Find what looks like an expression and is none, in each FILE, with its line and
column. With variables (--variables, --set, or --project) also what none of them
resolves. The code is 1 where anything was found.`
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
				return unreadable(file, err)
			}
			if !given {
				found = append(found, malformed(file, octostache.ParseLenient(textfile.Decode(content).Text).Malformed())...)
				continue
			}
			_, report, err := substitute.Substitute(content, vars, substitute.Options{Evaluation: octostache.Options{Now: p.now()}})
			if err != nil {
				found = append(found, problemIn(file, 1, 1, err.Error()))
				continue
			}
			found = append(found, leftovers(file, content, report)...)
		}
		if len(found) > 0 {
			return unresolved("the files", found)
		}
		return p.answer(map[string]int{"files": len(args)}, func() { p.say("%s: nothing wrong", counted(len(args), "file")) })
	}
	return c
}

// leftovers are what a substitution had to leave as it was.
func leftovers(file string, content []byte, r substitute.Report) []textform.Problem {
	text := textfile.Decode(content).Text
	found := malformed(file, r.Malformed)
	for _, token := range r.Unresolved {
		line, column := whereIs(text, token)
		found = append(found, problemIn(file, line, column, token+" has no value: define the variable or correct its name"))
	}
	return found
}

// whereIs says where a token first stands; of one that is written in another form
// than we show it, the first line.
func whereIs(text, token string) (line, column int) {
	before, _, found := strings.Cut(text, token)
	if !found {
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

func unresolved(name string, found []textform.Problem) error {
	problems := "1 problem"
	if len(found) != 1 {
		problems = fmt.Sprintf("%d problems", len(found))
	}
	return &unfit{name + ": " + problems, found}
}
