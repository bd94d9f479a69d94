package octostache

import (
	"strings"
	"time"
)

// Template is a parsed text. It does not change and may be shared.
type Template struct {
	source string
	tokens []token
	failed bool          // source does not parse: it stands for itself
	broken []*ParseError // of ParseLenient
}

// Parse reads a text. The error is a *ParseError.
func Parse(text string) (*Template, error) {
	t, err := parse(text)
	if err != nil {
		return nil, err
	}
	return t, nil
}

// ParseLenient reads a text of which parts may only look like tokens: a
// stretch that does not parse stays as it is and reading goes on behind it.
func ParseLenient(text string) *Template {
	t, err := parse(text)
	if err == nil {
		return t
	}
	return parseLenient(text)
}

// Malformed says what ParseLenient left as it is, of much only the beginning.
// Empty if the whole text parses.
func (t *Template) Malformed() []*ParseError { return t.broken }

// Options are what an evaluation needs besides the variables.
type Options struct {
	Now      time.Time         // for the date filters; its location is the zone of dates that name none
	Continue bool              // Evaluate: take what does not parse as text, instead of refusing the whole
	Filters  map[string]Filter // further filters, by name without regard to case; ours come first
}

// Filter is a filter of the caller. Not ok means that there is no value.
type Filter func(input string, args []string) (out string, ok bool)

// Result is an evaluated text.
type Result struct {
	Text       string
	Null       bool          // a `null` filter fired: there is no text at all
	Unresolved []string      // tokens without a value, distinct, in order of first occurrence; Text has them echoed
	Malformed  []*ParseError // of Options.Continue: what was left as it is, of much only the beginning
	Late       []string      // names read whose values are known only later, distinct, in order of first reading; with any, all else is provisional
}

// Evaluate puts values in place of the tokens. The error is a *CycleError, a
// *LimitError or a *Failure.
func (t *Template) Evaluate(v *Variables, o Options) (Result, error) {
	if t.failed || len(t.tokens) == 0 {
		return Result{Text: t.source}, nil
	}
	e := newEvaluator(v, o)
	out, err := e.render(t, frame{outermost: true})
	if err != nil {
		return Result{}, err
	}
	r := Result{Text: out, Unresolved: e.unresolved, Malformed: t.broken, Late: e.late}
	if e.null {
		r.Text, r.Null = "", true
	}
	return r, nil
}

// Evaluate parses and evaluates. Where the text does not parse, the error is a
// *ParseError and the Result holds the text unchanged.
func Evaluate(text string, v *Variables, o Options) (Result, error) {
	if !strings.Contains(text, "#{") {
		return Result{Text: text}, nil
	}
	if o.Continue {
		out, r, err := Append(make([]byte, 0, len(text)+len(text)/4), text, v, o)
		r.Text = string(out)
		return r, err
	}
	t, err := parse(text)
	if err != nil {
		return Result{Text: text}, err
	}
	return t.Evaluate(v, o)
}

// Append is Evaluate with Options.Continue for large texts: it appends to out
// what would be Result.Text, and keeps nothing of what it read.
func Append(out []byte, text string, v *Variables, o Options) ([]byte, Result, error) {
	if !strings.Contains(text, "#{") {
		return append(out, text...), Result{}, nil
	}
	from := len(out)
	p, e := parser{src: text}, newEvaluator(v, o)
	for at := 0; at < len(text); {
		if value, end, ok := e.plain(text, at); ok {
			out, at = append(out, value...), end
		} else {
			var t token
			var err error
			t, at = p.next(at)
			if out, err = e.append(out, t, frame{outermost: true}); err != nil {
				return nil, Result{}, err
			}
			p.forget(at)
		}
		if err := fits(len(out) - from); err != nil {
			return nil, Result{}, err
		}
	}
	if e.null {
		out = out[:from]
	}
	return out, Result{Null: e.null, Unresolved: e.unresolved, Malformed: p.broken, Late: e.late}, nil
}

// Escape makes a text that evaluates to the given one.
func Escape(text string) string {
	return strings.ReplaceAll(text, "#{", "##{")
}
