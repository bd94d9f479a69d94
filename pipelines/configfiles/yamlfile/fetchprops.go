package yamlfile

import "strings"

// fetchName reads an anchor or an alias.
func (s *scanner) fetchName(c byte) {
	kind := tokAnchor
	if c == '*' {
		kind = tokAlias
	}
	start := s.pos
	i := s.off + 1
	for i < len(s.text) {
		n := s.text[i]
		if isBlank(n) || isBreak(n) || isFlowSign(n) {
			break
		}
		if kind == tokAlias && n == ':' && (i+1 == len(s.text) || isBlank(s.text[i+1]) || isBreak(s.text[i+1])) {
			break
		}
		i++
	}
	if i == s.off+1 {
		s.fail(start, "`&` and `*` need a name; text that begins so needs quotes")
		return
	}
	s.to(i)
	s.add(token{kind: kind, start: start, end: s.pos})
}

func (s *scanner) fetchTag() {
	start := s.pos
	i := s.off + 1
	if s.at(1) == '<' {
		end := strings.IndexAny(s.text[i:], ">\r\n \t")
		if end < 1 || s.text[i+end] != '>' {
			s.fail(start, "a tag that does not end")
			return
		}
		i += end + 1
	}
	for i < len(s.text) && !isBlank(s.text[i]) && !isBreak(s.text[i]) && !isFlowSign(s.text[i]) {
		i++
	}
	s.to(i)
	if s.flow == 0 && !s.blankAt(0) {
		s.fail(s.pos, "a sign that no tag can have; text that begins with `!` needs quotes")
		return
	}
	s.add(token{kind: tokTag, start: start, end: s.pos})
}

func (s *scanner) fetchDirective() {
	s.unroll(-1)
	s.noKey()
	s.keyAllowed = false
	start := s.pos
	end := s.lineEnd()
	if i := strings.Index(s.text[s.off:end], " #"); i >= 0 {
		end = s.off + i
	}
	s.to(end)
	s.add(token{kind: tokDirective, start: start, end: s.pos})
}
