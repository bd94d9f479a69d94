package yamlfile

import (
	"strings"
	"unicode/utf8"
)

// plainStarts says whether a scalar without quotes may begin here.
func (s *scanner) plainStarts(c byte) bool {
	switch c {
	case '-':
		return s.flow == 0 || !isFlowSign(s.at(1))
	case '?', ':':
		return !s.signEnds()
	}
	return c != '\t' && !strings.ContainsRune(",[]{}#&*!|>'\"%@`", rune(c))
}

func (s *scanner) fetchPlain() {
	start, end := s.pos, s.pos
	broken := false
	for !s.marker() && s.at(0) != '#' {
		stop := s.plainEnd()
		if stop == s.off {
			break
		}
		s.to(stop)
		end = s.pos
		if !isBlank(s.at(0)) && !isBreak(s.at(0)) {
			break
		}
		if s.foldedBlank() {
			broken = true
		}
		if s.err != nil || s.flow == 0 && s.col <= s.indent {
			break
		}
	}
	s.add(token{kind: tokScalar, style: plain, start: start, end: end})
	// A scalar of several lines is no key, but a key may follow it.
	s.keyAllowed = s.keyAllowed || broken
}

// plainEnd is where text without quotes ends on this line or has a blank.
func (s *scanner) plainEnd() int {
	i := s.off
	for ; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case isBlank(c) || isBreak(c):
			return i
		case s.flow > 0 && isFlowSign(c):
			return i
		case c == ':':
			if i+1 == len(s.text) {
				return i
			}
			if n := s.text[i+1]; isBlank(n) || isBreak(n) || s.flow > 0 && isFlowSign(n) {
				return i
			}
		}
	}
	return i
}

// foldedBlank skips blanks and breaks inside a plain scalar and says whether
// there was a break.
func (s *scanner) foldedBlank() (broken bool) {
	for {
		switch c := s.at(0); {
		case isBreak(c):
			s.newline()
			broken = true
		case c == '\t' && broken && s.flow == 0 && s.col <= s.indent:
			if !s.restBlank() {
				s.fail(s.pos, "a tab where spaces must stand")
				return broken
			}
			s.to(s.blanksEnd())
		case isBlank(c):
			s.to(s.off + 1)
		default:
			return broken
		}
	}
}

func (s *scanner) blanksEnd() int {
	i := s.off
	for i < len(s.text) && isBlank(s.text[i]) {
		i++
	}
	return i
}

func (s *scanner) fetchQuoted(quote byte) {
	start := s.pos
	stop := "'\r\n"
	kind := single
	if quote == '"' {
		stop, kind = "\"\\\r\n", double
	}
	s.to(s.off + 1)
	for {
		i := strings.IndexAny(s.text[s.off:], stop)
		if i < 0 {
			s.fail(start, "a quoted text that does not end")
			return
		}
		s.to(s.off + i)
		switch c := s.text[s.off]; {
		case isBreak(c):
			s.newline()
			if s.marker() {
				s.fail(start, "a quoted text that does not end before the next document")
				return
			}
		case c == '\\':
			if !s.skipEscape() {
				s.fail(s.pos, "an escape that YAML does not know")
				return
			}
		case c == '\'' && s.at(1) == '\'':
			s.to(s.off + 2)
		default:
			s.to(s.off + 1)
			s.add(token{kind: tokScalar, style: kind, start: start, end: s.pos})
			return
		}
	}
}

// skipEscape moves behind the escape here if it is one.
func (s *scanner) skipEscape() bool {
	c := s.at(1)
	if n := escapeDigits(c); n > 0 {
		if s.off+2+n > len(s.text) {
			return false
		}
		r, ok := hex(s.text[s.off+2 : s.off+2+n])
		s.to(s.off + 2 + n)
		return ok && (r < 0xD800 || r > 0xDFFF) && r <= utf8.MaxRune
	}
	if isBreak(c) {
		s.to(s.off + 1)
		return true
	}
	if _, ok := escapes[c]; !ok {
		return false
	}
	s.to(s.off + 2)
	return true
}
