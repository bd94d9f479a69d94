package conditions

import (
	"fmt"
	"regexp"
	"regexp/syntax"
)

// Bounds on a regular expression: few signs can stand for very much.
const (
	longestPattern = 200   // bytes
	biggestPattern = 1_000 // instructions
	freeMatching   = 400   // how many bytes times instructions are one unit of work
)

// pattern is a regular expression with what it costs.
type pattern struct {
	*regexp.Regexp
	size int
}

// readPattern reads a regular expression; problem is what is wrong with it.
func readPattern(text string) (p *pattern, problem string) {
	if len(text) > longestPattern {
		return nil, fmt.Sprintf("the pattern behind `matches` has %d bytes, and the most is %d", len(text), longestPattern)
	}
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, "the pattern behind `matches` cannot be read: " + err.Error()
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil || len(program.Inst) > biggestPattern {
		return nil, "the pattern behind `matches` stands for too much: repeat less in it"
	}
	compiled, err := regexp.Compile(text)
	if err != nil {
		return nil, "the pattern behind `matches` cannot be read: " + err.Error()
	}
	return &pattern{compiled, len(program.Inst)}, ""
}

// Matches says whether a regular expression fits somewhere in the text.
func (a *asked) Matches(text, expression string) (bool, error) {
	p := a.patterns[expression]
	if p == nil {
		var problem string
		if p, problem = readPattern(expression); problem != "" {
			return false, &Error{Message: problem}
		}
		if a.patterns == nil {
			a.patterns = map[string]*pattern{}
		}
		a.patterns[expression] = p
		if _, err := a.Spend(p.size); err != nil {
			return false, err
		}
	}
	if _, err := a.Spend(1 + len(text)*p.size/freeMatching); err != nil {
		return false, err
	}
	return p.MatchString(text), nil
}
