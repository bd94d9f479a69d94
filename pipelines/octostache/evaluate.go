package octostache

import (
	"slices"
	"strings"

	"github.com/dlclark/regexp2"
)

// evaluator is one evaluation under way.
type evaluator struct {
	vars       *Variables
	opts       Options
	unresolved []string
	late       []string
	postponed  int // readings of late names
	null       bool
	reading    []reading // paths being read, outermost first
	room       [4]reading
	steps      int
	work       int
	markdown   int
	patterns   map[string]*regexp2.Regexp
}

func newEvaluator(v *Variables, o Options) *evaluator {
	if v == nil {
		v = NewVariables()
	}
	return &evaluator{vars: v, opts: o}
}

// frame is where a token stands.
type frame struct {
	scope     *scope
	outermost bool // directly in the text asked for, where the caller's filters work
	value     bool // inside the value of a variable, where `null` nulls nothing
}

// render evaluates a template to a text.
func (e *evaluator) render(t *Template, f frame) (string, error) {
	if len(t.tokens) == 1 {
		if s, ok := t.tokens[0].(*substitution); ok {
			return e.substitute(s, f)
		}
	}
	out, err := e.appendAll(make([]byte, 0, len(t.source)+len(t.source)/4), t.tokens, f)
	return string(out), err
}

func (e *evaluator) appendAll(out []byte, tokens []token, f frame) ([]byte, error) {
	for _, t := range tokens {
		var err error
		if out, err = e.append(out, t, f); err != nil {
			return nil, err
		}
		if err := fits(len(out)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (e *evaluator) append(out []byte, t token, f frame) ([]byte, error) {
	switch t := t.(type) {
	case *text:
		return append(out, *t...), nil
	case *substitution:
		s, err := e.substitute(t, f)
		return append(out, s...), err
	case *conditional:
		return e.decide(out, t, f)
	case *repetition:
		return e.repeat(out, t, f)
	}
	s, err := e.calculate(t.(*calculation), f)
	return append(out, s...), err
}

// count spends one step of the budget.
func (e *evaluator) count() error {
	e.steps++
	if e.steps > maxSteps {
		return &LimitError{Limit: "steps", Max: maxSteps}
	}
	return nil
}

// handled spends so many bytes of the budget.
func (e *evaluator) handled(bytes int) error {
	e.work += bytes
	if e.work > maxWork {
		return &LimitError{Limit: "bytes of intermediate text", Max: maxWork}
	}
	return fits(bytes)
}

func fits(bytes int) error {
	if bytes > maxOutput {
		return &LimitError{Limit: "bytes of output", Max: maxOutput}
	}
	return nil
}

func (e *evaluator) substitute(s *substitution, f frame) (string, error) {
	out, ok, err := e.value(&s.expr, f)
	if err != nil || ok {
		return out, err
	}
	if filters := s.expr.filters; len(filters) > 0 && filters[len(filters)-1].name == "null" {
		if !f.value {
			e.null = true
			return "", nil
		}
		return string(s.echo(nil)), nil
	}
	echo := string(s.echo(nil))
	e.report(echo)
	return echo, nil
}

// value is what an expression yields, if anything.
func (e *evaluator) value(x *expression, f frame) (out string, ok bool, err error) {
	if err := e.count(); err != nil {
		return "", false, err
	}
	if x.path != nil {
		if out, ok, err = e.read(x.path, f.scope); err != nil {
			return "", false, err
		}
	}
	for i := range x.filters {
		if out, ok, err = e.filter(&x.filters[i], out, ok, f); err != nil {
			return "", false, err
		}
		if err := e.handled(len(out)); err != nil {
			return "", false, err
		}
	}
	return out, ok, nil
}

func (e *evaluator) report(echo string) {
	if !slices.Contains(e.unresolved, echo) {
		e.unresolved = append(e.unresolved, echo)
	}
}

// decide evaluates the branch that its condition picks.
func (e *evaluator) decide(out []byte, c *conditional, f frame) ([]byte, error) {
	holds, known, err := e.holds(c, f)
	if err != nil {
		return nil, err
	}
	if !known {
		return c.echo(out), nil
	}
	if holds {
		return e.appendAll(out, c.then, f)
	}
	return e.appendAll(out, c.otherwise, f)
}

func (e *evaluator) holds(c *conditional, f frame) (holds, known bool, err error) {
	left, known, err := e.side(&c.left, f)
	if err != nil || !known {
		return false, false, err
	}
	right := c.literal
	switch {
	case c.op == alone:
		return truthy(left), true, nil
	case !c.quoted:
		if right, known, err = e.side(&c.right, f); err != nil || !known {
			return false, false, err
		}
	}
	return (left == right) == (c.op == equal), true, nil
}

// side is one side of a condition. A missing variable is an empty text there;
// only filters can leave a side without a value.
func (e *evaluator) side(x *expression, f frame) (string, bool, error) {
	out, ok, err := e.value(x, f)
	if err != nil {
		return "", false, err
	}
	if !ok && len(x.filters) > 0 {
		e.report(string(x.echo(nil)))
		return "", false, nil
	}
	return out, true, nil
}

func truthy(s string) bool {
	if s == "" || s == "0" {
		return false
	}
	s = strings.TrimSpace(s)
	return !strings.EqualFold(s, "no") && !strings.EqualFold(s, "false")
}
