package octostache

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// expected is something that would have been right. They are listed in the
// order in which they are named.
type expected uint8

const (
	aName expected = iota
	aFilter
	aVariable
	aNumber
	anUnescaped
	bar
	equals
	differs
	in
	bracket
	parenthesis
	quote
	escapedQuote
	endIf
	endUnless
	endEach
	brace
)

var expectations = [...]string{
	aName: "a name", aFilter: "the name of a filter", aVariable: "a variable", aNumber: "a number or a variable",
	anUnescaped: "a `\"` (a text in quotes cannot hold `#`)",
	bar:         "|", equals: "==", differs: "!=", in: "in", bracket: "]", parenthesis: ")", quote: `"`, escapedQuote: `\"`,
	endIf: "#{/if}", endUnless: "#{/unless}", endEach: "#{/each}", brace: "}",
}

// stuck is the furthest point at which a required part was refused, and what
// would have been right there. Continue mode resumes at it.
type stuck struct {
	at    int
	wants uint32 // a bit for each expected
}

// refuse notes that something required is missing.
func (p *parser) refuse(at int, want expected) {
	p.merge(stuck{at, 1 << want})
}

// merge adds what another try of the same place found.
func (p *parser) merge(s stuck) {
	switch {
	case s.at > p.stuck.at:
		p.stuck = s
	case s.at == p.stuck.at:
		p.stuck.wants |= s.wants
	}
}

// complain turns the failure of the token at the given offset into an error.
func (p *parser) complain(token int) *ParseError {
	if p.tooDeep {
		return p.errorAt(token, fmt.Sprintf("blocks are nested more than %d deep, or so many are not closed", maxNesting))
	}
	if name, _, found := strings.Cut(p.src[token:], "}"); found && strings.HasPrefix(name, "#{/") {
		return p.errorAt(token, fmt.Sprintf("%s} closes nothing that is open here", name))
	}
	where := "the text ends"
	if p.stuck.at < len(p.src) {
		r, _ := utf8.DecodeRuneInString(p.src[p.stuck.at:])
		where = fmt.Sprintf("found %q", r)
	}
	return p.errorAt(p.stuck.at, fmt.Sprintf("%s, expected %s", where, enumerate(p.stuck.wants)))
}

func (p *parser) errorAt(at int, message string) *ParseError {
	before := p.src[:at]
	line := strings.Count(before, "\n") + 1
	column := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	return &ParseError{Line: line, Column: column, Message: message}
}

// enumerate writes expectations as a sentence; fixed texts get their marks here.
func enumerate(wants uint32) string {
	var list []string
	for i, want := range expectations {
		if wants&(1<<i) == 0 {
			continue
		}
		if expected(i) >= bar {
			want = "`" + want + "`"
		}
		list = append(list, want)
	}
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	last := len(list) - 1
	return strings.Join(list[:last], ", ") + " or " + list[last]
}
