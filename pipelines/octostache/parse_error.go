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
	open  int    // offset of the token it is missing in; of several the last
}

// refuse notes that something required is missing.
func (p *parser) refuse(at int, want expected) {
	p.merge(stuck{at, 1 << want, p.open})
}

// merge adds what another try of the same place found.
func (p *parser) merge(s stuck) {
	switch {
	case s.at > p.stuck.at:
		p.stuck = s
	case s.at == p.stuck.at:
		p.stuck.wants |= s.wants
		p.stuck.open = max(p.stuck.open, s.open)
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
	if p.stuck.at >= len(p.src) {
		// The end of a long text tells nobody where to look: the beginning does.
		return p.errorAt(p.stuck.open, fmt.Sprintf("`%s` here is never closed: the text ends, expected %s", p.stuck.opening(), enumerate(p.stuck.wants)))
	}
	r, _ := utf8.DecodeRuneInString(p.src[p.stuck.at:])
	return p.errorAt(p.stuck.at, fmt.Sprintf("found %q, expected %s", r, enumerate(p.stuck.wants)))
}

// opening is what the missing part would close.
func (s stuck) opening() string {
	for end, block := range map[expected]string{endIf: "#{if …}", endUnless: "#{unless …}", endEach: "#{each …}"} {
		if s.wants == 1<<end {
			return block
		}
	}
	return "#{"
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
