package yamlfile

import (
	"strings"
	"unicode/utf8"

	"slipway/pipelines/configfiles/fill"
)

// longestKey is how far a key without `?` may reach, in characters.
const longestKey = 1024

// scanner cuts text into tokens. Whether a scalar is a key shows only at the
// colon behind it; that is why tokens wait in a queue: as long as a token may
// still turn out to be a key, it is not handed out.
type scanner struct {
	text string
	pos
	queue      []token
	head       int // first token of queue not handed out
	taken      int // tokens handed out so far
	flow       int // depth of flow collections
	indent     int // column of the innermost block collection, -1 outside
	indents    []int
	keyAllowed bool
	keys       []simpleKey // one place for each flow level
	firstKey   int         // no level below this one holds a possible key
	json       bool        // the last token was quoted or closed a flow collection
	tabs       bool        // tabs stand where indentation is
	comments   []comment
	done       bool
	err        *fill.SyntaxError
}

// simpleKey is a token that may be a key.
type simpleKey struct {
	possible, required bool
	token              int // its number among all tokens
	at                 pos
}

func newScanner(text string) *scanner {
	return &scanner{text: text, indent: -1, keyAllowed: true, keys: make([]simpleKey, 1)}
}

// fail keeps the first thing that is wrong. From then on the text is at its
// end for everybody.
func (s *scanner) fail(at pos, message string) {
	if s.err == nil {
		s.err = &fill.SyntaxError{Format: "YAML", Line: at.line + 1, Column: at.col + 1, Message: message}
	}
}

// kind is what the next token is.
func (s *scanner) kind() tokenKind {
	for s.err == nil && !s.done && s.undecided() {
		s.fetch()
	}
	if s.err != nil || s.head == len(s.queue) {
		return tokStreamEnd
	}
	return s.queue[s.head].kind
}

// peek is the next token.
func (s *scanner) peek() token {
	if s.kind() == tokStreamEnd {
		return token{kind: tokStreamEnd, start: s.pos, end: s.pos}
	}
	return s.queue[s.head]
}

// next takes the next token.
func (s *scanner) next() token {
	t := s.peek()
	if s.err == nil && s.head < len(s.queue) {
		s.head++
		s.taken++
		if s.head == len(s.queue) {
			s.queue, s.head = s.queue[:0], 0
		}
	}
	return t
}

// undecided says whether the token at the head may still get a key before it.
func (s *scanner) undecided() bool {
	if s.head == len(s.queue) {
		return true
	}
	for ; s.firstKey < len(s.keys); s.firstKey++ {
		key := &s.keys[s.firstKey]
		if s.stillPossible(key) {
			return key.token == s.taken
		}
	}
	return false
}

func (s *scanner) stillPossible(key *simpleKey) bool {
	if !key.possible {
		return false
	}
	if key.at.line == s.line && s.col-key.at.col <= longestKey {
		return true
	}
	s.dropKey(key)
	return false
}

func (s *scanner) dropKey(key *simpleKey) {
	if key.possible && key.required {
		s.fail(key.at, "no `:` behind this key")
	}
	key.possible = false
}

// saveKey notes that the token that comes next may be a key.
func (s *scanner) saveKey() {
	if !s.keyAllowed {
		return
	}
	level := len(s.keys) - 1
	s.dropKey(&s.keys[level])
	s.keys[level] = simpleKey{
		possible: true,
		required: s.flow == 0 && s.indent == s.col,
		token:    s.taken + len(s.queue) - s.head,
		at:       s.pos,
	}
	s.firstKey = min(s.firstKey, level)
}

func (s *scanner) noKey() { s.dropKey(&s.keys[len(s.keys)-1]) }

func (s *scanner) add(t token) {
	s.json = t.kind == tokFlowMappingEnd || t.kind == tokFlowSequenceEnd ||
		t.kind == tokScalar && (t.style == single || t.style == double)
	s.queue = append(s.queue, t)
}

// insert puts a token before the one with a number.
func (s *scanner) insert(number int, t token) {
	i := s.head + number - s.taken
	s.queue = append(s.queue, token{})
	copy(s.queue[i+1:], s.queue[i:])
	s.queue[i] = t
}

// roll opens a block collection at a column if none is open there. number is
// the token before which it opens.
func (s *scanner) roll(at pos, number int, kind tokenKind) {
	if s.flow > 0 || s.indent >= at.col {
		return
	}
	if len(s.indents) >= fill.MaxDepth {
		s.fail(at, tooDeep)
		return
	}
	s.indents = append(s.indents, s.indent)
	s.indent = at.col
	s.insert(number, token{kind: kind, style: block, start: at, end: at})
}

// unroll closes the block collections that stand deeper than a column.
func (s *scanner) unroll(col int) {
	for s.flow == 0 && s.indent > col {
		s.add(token{kind: tokBlockEnd, start: s.pos, end: s.pos})
		s.indent = s.indents[len(s.indents)-1]
		s.indents = s.indents[:len(s.indents)-1]
	}
}

// at is the byte some places ahead, 0 at the end.
func (s *scanner) at(n int) byte {
	if s.off+n < len(s.text) {
		return s.text[s.off+n]
	}
	return 0
}

// blankAt says whether a blank, a break or the end is some places ahead.
func (s *scanner) blankAt(n int) bool {
	c := s.at(n)
	return isBlank(c) || isBreak(c) || c == 0
}

// to moves to a later place on the same line.
func (s *scanner) to(off int) {
	s.col += utf8.RuneCountInString(s.text[s.off:off])
	s.off = off
}

// newline moves behind the break that is here.
func (s *scanner) newline() {
	s.off += breakAt(s.text, s.off)
	s.line++
	s.col = 0
}

// marker says whether a document begins or ends here.
func (s *scanner) marker() bool {
	return s.col == 0 && s.blankAt(3) &&
		(strings.HasPrefix(s.text[s.off:], "---") || strings.HasPrefix(s.text[s.off:], "..."))
}

// restBlank is where this line ends, and whether only blanks and perhaps a
// comment stand before that.
func (s *scanner) restBlank() bool {
	i := s.off
	for i < len(s.text) && isBlank(s.text[i]) {
		i++
	}
	return i == len(s.text) || isBreak(s.text[i]) || s.text[i] == '#'
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }
func isBreak(c byte) bool { return c == '\n' || c == '\r' }
func isFlowSign(c byte) bool {
	return c == ',' || c == '[' || c == ']' || c == '{' || c == '}'
}

// breakAt is the length of the line break at a place, 0 if there is none.
func breakAt(text string, off int) int {
	switch {
	case off >= len(text) || !isBreak(text[off]):
		return 0
	case text[off] == '\r' && off+1 < len(text) && text[off+1] == '\n':
		return 2
	}
	return 1
}
