package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"slipway/pipelines"
	"slipway/pipelines/textform"
	"slipway/web/rest"
)

// unfit is text that cannot be applied: every problem with its place.
type unfit struct {
	message string
	found   []textform.Problem
}

func (u *unfit) Error() string { return u.message }

// complain says what went wrong: one clear line, and the single findings
// behind it. Of unfit text the findings come first and bare, so that editors
// and terminals can jump to them.
func (p *program) complain(err error) {
	if p.json {
		p.complainJSON(err)
		return
	}
	if u, ok := errors.AsType[*unfit](err); ok {
		for _, f := range u.found {
			fmt.Fprintln(p.stderr, f)
		}
	}
	fmt.Fprintln(p.stderr, "slipway: "+oneLine(err.Error()))
	if e, ok := errors.AsType[*pipelines.Error](err); ok && len(e.Problems) > 1 {
		for _, f := range e.Problems {
			fmt.Fprintln(p.stderr, "  "+f.String())
		}
	}
}

func oneLine(text string) string {
	return strings.Join(strings.Fields(strings.Map(visible, text)), " ")
}

// visible leaves out what would speak to the terminal instead of the person.
func visible(r rune) rune {
	if unicode.IsControl(r) && !unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
		return -1
	}
	return r
}

// inLine is visible for a text that keeps its spaces and stays in its line.
func inLine(r rune) rune {
	if unicode.IsSpace(r) {
		return ' '
	}
	return visible(r)
}

// located is a problem with its place, for machines.
type located struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	pipelines.Problem
}

func (p *program) complainJSON(err error) {
	var out any = rest.Error{Code: pipelines.CodeOf(err), Message: err.Error()}
	if e, ok := errors.AsType[*pipelines.Error](err); ok {
		out = rest.Error{Code: e.Code, Message: e.Message, Problems: e.Problems}
	}
	if _, ok := errors.AsType[*usageError](err); ok {
		out = rest.Error{Code: pipelines.Invalid, Message: err.Error()}
	}
	if u, ok := errors.AsType[*unfit](err); ok {
		var found []located
		for _, f := range u.found {
			found = append(found, located{f.Place.File, f.Place.Line, f.Place.Column, f.Problem})
		}
		out = struct {
			Code     pipelines.Code `json:"code"`
			Message  string         `json:"message"`
			Problems []located      `json:"problems"`
		}{pipelines.Invalid, u.message, found}
	}
	b, err := json.Marshal(out)
	if err != nil {
		b = []byte(`{"code":"","message":"the error cannot be written as JSON"}`)
	}
	fmt.Fprintf(p.stderr, "%s\n", b)
}
