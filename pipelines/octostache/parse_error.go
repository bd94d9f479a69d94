package octostache

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// stuck is the furthest point at which a required part was refused, and what
// would have been right there. Continue mode resumes at it.
type stuck struct {
	at    int
	want  [4]string // an array, since this is saved and restored all the time
	count int
}

// refuse notes that something required is missing.
func (p *parser) refuse(at int, want string) {
	if at < p.stuck.at {
		return
	}
	if at > p.stuck.at {
		p.stuck = stuck{at: at}
	}
	s := &p.stuck
	if s.count < len(s.want) && !slices.Contains(s.want[:s.count], want) {
		s.want[s.count] = want
		s.count++
	}
}

// merge adds what another try of the same place found.
func (p *parser) merge(s stuck) {
	for _, want := range s.want[:s.count] {
		p.refuse(s.at, want)
	}
}

// complain turns the failure of the token at the given offset into an error.
func (p *parser) complain(token int) *ParseError {
	if p.tooDeep {
		return p.errorAt(token, fmt.Sprintf("blocks are nested more than %d deep", maxNesting))
	}
	if name, _, found := strings.Cut(p.src[token:], "}"); found && strings.HasPrefix(name, "#{/") {
		return p.errorAt(token, fmt.Sprintf("%s} closes nothing that is open here", name))
	}
	where := "the text ends"
	if p.stuck.at < len(p.src) {
		r, _ := utf8.DecodeRuneInString(p.src[p.stuck.at:])
		where = fmt.Sprintf("found %q", r)
	}
	return p.errorAt(p.stuck.at, fmt.Sprintf("%s, expected %s", where, enumerate(p.stuck.want[:p.stuck.count])))
}

func (p *parser) errorAt(at int, message string) *ParseError {
	before := p.src[:at]
	line := strings.Count(before, "\n") + 1
	column := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	return &ParseError{Line: line, Column: column, Message: message}
}

// enumerate writes expectations as a sentence; fixed texts get their marks here.
func enumerate(list []string) string {
	list = slices.Clone(list)
	for i, want := range list {
		if !strings.HasPrefix(want, "a ") && !strings.HasPrefix(want, "the ") {
			list[i] = "`" + want + "`"
		}
	}
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	last := len(list) - 1
	return strings.Join(list[:last], ", ") + " or " + list[last]
}
