package conditions

import (
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/parser"
)

// Bounds on an expression. They are far above what people write, and keep what
// it takes to answer one far below a second.
const (
	mostBytes   = 2_000
	mostNodes   = 300
	mostEntries = 1_000   // of a list
	longestFact = 4 << 10 // bytes of a value that is looked at
	longestText = 64 << 10
)

// Parse reads an `if:` expression. Steps are the names it may ask about; a name
// that is not among them, and an answer that is not yes or no, are errors that
// say so.
func Parse(text string, steps []string) (*Expression, error) {
	return parse(text, steps, false)
}

// Variables are the names of the variables that an expression asks about,
// whatever the steps are called; none if it cannot be read.
func Variables(text string) []string {
	if text == "" {
		return nil
	}
	e, err := parse(text, nil, true)
	if err != nil {
		return nil
	}
	return e.variables
}

func parse(text string, steps []string, anyStep bool) (e *Expression, err error) {
	defer func() {
		if r := recover(); r != nil { // the library is not trusted with any input
			e, err = nil, &Error{Message: "the condition cannot be read"}
		}
	}()
	if problem := unreadable(text); problem != "" {
		return nil, &Error{Message: problem}
	}
	config := conf.New(&asked{})
	config.MaxNodes = mostNodes
	config.Optimize = false // it would take our counting of work apart
	tree, err := parser.ParseWithConfig(text, config)
	if err != nil {
		return nil, translated(err)
	}
	r := &reader{text: text, known: steps, anyStep: anyStep, e: &Expression{}}
	tree.Node, _ = r.node(tree.Node)
	if r.err != nil {
		return nil, r.err
	}
	kind, err := checker.Check(tree, config)
	if err != nil {
		return nil, translated(err)
	}
	if kind.Kind() != reflect.Bool && kind.Kind() != reflect.Interface {
		return nil, &Error{Message: fmt.Sprintf("the condition comes to %s, and it has to say yes or no: compare it with something, like == \"true\"", spelled(kind))}
	}
	r.e.program, err = compiler.Compile(tree, config)
	if err != nil {
		return nil, translated(err)
	}
	r.e.shape = shapeOf(tree.Node, tree.Source, config)
	return r.e, nil
}

func unreadable(text string) string {
	switch {
	case strings.TrimSpace(text) == "":
		return "the condition is empty: write one, like env.name == \"Prod\", or remove the key"
	case len(text) > mostBytes:
		return fmt.Sprintf("a condition has at most %d bytes, this one has %d: put some of it into a variable", mostBytes, len(text))
	case !utf8.ValidString(text):
		return "the condition is no text in UTF-8"
	case strings.Contains(text, "#{"):
		return "the condition has #{…} in it, which it does not know: ask like vars[\"Name\"], or write Octopus's form under `run`"
	}
	return ""
}

// spelled is a kind of answer in words.
func spelled(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a text"
	case reflect.Int, reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "a list"
	}
	return "no yes or no"
}
