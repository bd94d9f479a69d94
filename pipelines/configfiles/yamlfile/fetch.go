package yamlfile

import (
	"strings"

	"slipway/pipelines/configfiles/fill"
)

const tooDeep = "nested deeper than 1000 levels"

// fetch reads at least one more token into the queue.
func (s *scanner) fetch() {
	s.skipBlank()
	s.stillPossible(&s.keys[len(s.keys)-1])
	if s.err != nil {
		return
	}
	s.unroll(s.col)
	switch c := s.at(0); {
	case s.off == len(s.text):
		s.fetchEnd()
	case s.col == 0 && c == '%' && s.flow == 0:
		s.fetchDirective()
	case s.marker():
		s.fetchMarker(c)
	case c == '[' || c == '{':
		s.fetchFlowStart(c)
	case c == ']' || c == '}':
		s.fetchFlowEnd(c)
	case c == ',':
		s.noKey()
		s.keyAllowed = true
		s.sign(tokComma)
	case c == '-' && s.blankAt(1):
		s.fetchEntry()
	case c == '?' && s.signEnds():
		s.fetchKey()
	case c == ':' && (s.signEnds() || s.flow > 0 && s.json):
		s.fetchValue()
	default:
		s.fetchNode(c)
	}
}

// fetchNode reads what makes up nodes: scalars, aliases and their properties.
func (s *scanner) fetchNode(c byte) {
	switch {
	case c == '*' || c == '&':
		s.saveKey()
		s.keyAllowed = false
		s.fetchName(c)
	case c == '!':
		s.saveKey()
		s.keyAllowed = false
		s.fetchTag()
	case (c == '|' || c == '>') && s.flow == 0:
		s.noKey()
		s.keyAllowed = true
		s.fetchBlockScalar(c)
	case c == '\'' || c == '"':
		s.saveKey()
		s.keyAllowed = false
		s.fetchQuoted(c)
	case s.plainStarts(c):
		s.saveKey()
		s.keyAllowed = false
		s.fetchPlain()
	case c == '\t':
		s.fail(s.pos, "a tab where spaces must stand")
	default:
		s.fail(s.pos, "a character that nothing can begin with")
	}
}

// skipBlank moves to the next token and notes the comments on the way.
func (s *scanner) skipBlank() {
	for s.off < len(s.text) {
		switch c := s.text[s.off]; {
		case c == ' ':
			s.to(s.off + spacesAt(s.text, s.off))
		case c == '\t' && s.tabAllowed():
			s.to(s.blanksEnd())
		case c == '#' && s.commentStarts():
			s.comments = append(s.comments, comment{s.off, s.col})
			s.to(s.lineEnd())
		case isBreak(c):
			s.newline()
			if s.flow == 0 {
				s.keyAllowed = true
			}
		default:
			return
		}
	}
}

// commentStarts: a comment needs room before it.
func (s *scanner) commentStarts() bool {
	return s.off == 0 || isBlank(s.text[s.off-1]) || isBreak(s.text[s.off-1])
}

// tabAllowed: tabs may stand between tokens. As indentation they may not, but
// where they are deep enough Octopus lets them pass.
func (s *scanner) tabAllowed() bool {
	if s.flow > 0 || !s.keyAllowed || s.restBlank() {
		return true
	}
	if s.col > s.indent {
		s.tabs = true
		return true
	}
	return false
}

func (s *scanner) lineEnd() int {
	if i := strings.IndexAny(s.text[s.off:], "\r\n"); i >= 0 {
		return s.off + i
	}
	return len(s.text)
}

// signEnds says whether the `?` or `:` here stands alone.
func (s *scanner) signEnds() bool {
	return s.blankAt(1) || s.flow > 0 && isFlowSign(s.at(1))
}

// sign adds a token of one character.
func (s *scanner) sign(kind tokenKind) {
	start := s.pos
	s.to(s.off + 1)
	s.add(token{kind: kind, style: flow, start: start, end: s.pos})
}

func (s *scanner) fetchEnd() {
	s.noKey()
	if s.flow == 0 {
		s.unroll(-1)
	}
	s.add(token{kind: tokStreamEnd, start: s.pos, end: s.pos})
	s.done = true
}

func (s *scanner) fetchMarker(c byte) {
	s.unroll(-1)
	s.noKey()
	s.keyAllowed = false
	kind := tokDocumentStart
	if c == '.' {
		kind = tokDocumentEnd
	}
	start := s.pos
	s.to(s.off + 3)
	s.add(token{kind: kind, start: start, end: s.pos})
	if kind == tokDocumentEnd && !s.restBlank() {
		s.fail(s.pos, "text behind the end of a document")
	}
}

func (s *scanner) fetchFlowStart(c byte) {
	s.saveKey()
	if len(s.keys) > fill.MaxDepth {
		s.fail(s.pos, tooDeep)
		return
	}
	s.keys = append(s.keys, simpleKey{})
	s.flow++
	s.keyAllowed = true
	if c == '[' {
		s.sign(tokFlowSequence)
		return
	}
	s.sign(tokFlowMapping)
}

func (s *scanner) fetchFlowEnd(c byte) {
	s.noKey()
	if s.flow > 0 {
		s.flow--
		s.keys = s.keys[:len(s.keys)-1]
		s.firstKey = min(s.firstKey, len(s.keys))
	}
	s.keyAllowed = false
	if c == ']' {
		s.sign(tokFlowSequenceEnd)
		return
	}
	s.sign(tokFlowMappingEnd)
}

func (s *scanner) fetchEntry() {
	if s.flow == 0 {
		if !s.keyAllowed {
			s.fail(s.pos, "an item cannot begin here")
			return
		}
		s.roll(s.pos, s.taken+len(s.queue)-s.head, tokBlockSequence)
	}
	s.noKey()
	s.keyAllowed = true
	s.sign(tokEntry)
}

func (s *scanner) fetchKey() {
	if s.flow == 0 {
		if !s.keyAllowed {
			s.fail(s.pos, "a key cannot begin here")
			return
		}
		s.roll(s.pos, s.taken+len(s.queue)-s.head, tokBlockMapping)
	}
	s.noKey()
	s.keyAllowed = s.flow == 0
	s.sign(tokKey)
}

func (s *scanner) fetchValue() {
	key := &s.keys[len(s.keys)-1]
	if s.stillPossible(key) {
		s.insert(key.token, token{kind: tokKey, start: key.at, end: key.at})
		s.roll(key.at, key.token, tokBlockMapping)
		key.possible = false
		s.keyAllowed = false
		s.sign(tokValue)
		return
	}
	if s.flow == 0 {
		if !s.keyAllowed {
			s.fail(s.pos, "a `:` that belongs to no key; text with `: ` in it needs quotes")
			return
		}
		s.roll(s.pos, s.taken+len(s.queue)-s.head, tokBlockMapping)
	}
	s.keyAllowed = s.flow == 0
	s.sign(tokValue)
}
