package yamlfile

// fetchBlockScalar reads a literal or folded scalar: its header, and all lines
// below that are blank or stand deeper than the collection around.
func (s *scanner) fetchBlockScalar(c byte) {
	t := token{kind: tokScalar, style: literal, start: s.pos, body: &blockBody{}}
	if c == '>' {
		t.style = folded
	}
	s.to(s.off + 1)
	deeper := s.blockHints(t.body)
	s.blockNote(t.body)
	if s.err != nil {
		return
	}
	t.end = s.pos
	b := t.body
	b.end, b.tail, b.after = s.off, s.off, s.off
	if s.off < len(s.text) {
		s.newline()
	}
	b.start, b.after = s.off, s.off
	switch {
	case deeper == 0:
		b.indent = s.findIndent()
	case s.indent >= 0:
		b.indent = s.indent + deeper
	default:
		b.indent = deeper
	}
	s.blockLines(&t)
	s.add(t)
}

// blockHints reads the signs behind `|` or `>`: how much deeper the text
// stands (0: to be found) and what becomes of breaks at its end.
func (s *scanner) blockHints(b *blockBody) (deeper int) {
	for range 2 {
		switch c := s.at(0); {
		case (c == '+' || c == '-') && b.chomp == 0:
			b.chomp = c
		case c >= '1' && c <= '9' && deeper == 0:
			deeper = int(c - '0')
		default:
			return deeper
		}
		s.to(s.off + 1)
	}
	return deeper
}

// blockNote reads the comment that may stand in the header.
func (s *scanner) blockNote(b *blockBody) {
	b.note = span{s.off, s.off}
	start := s.off
	s.to(s.blanksEnd())
	if s.at(0) == '#' && s.off > start {
		s.to(s.lineEnd())
		b.note = span{start, s.off}
	}
	if s.off < len(s.text) && !isBreak(s.text[s.off]) {
		s.fail(s.pos, "text behind `|` or `>`; it begins on the next line")
	}
}

// findIndent is the indentation of the first line that has text, but at least
// one more than that of the collection around.
func (s *scanner) findIndent() int {
	deepest := 0
	for i := s.off; i < len(s.text); {
		spaces := spacesAt(s.text, i)
		i += spaces
		deepest = max(deepest, spaces)
		n := breakAt(s.text, i)
		if n == 0 {
			break
		}
		i += n
	}
	return max(deepest, s.indent+1)
}

// blockLines moves behind the lines of the scalar.
func (s *scanner) blockLines(t *token) {
	b := t.body
	for s.off < len(s.text) && !s.marker() {
		spaces := spacesAt(s.text, s.off)
		blank := breakAt(s.text, s.off+spaces) > 0 || s.off+spaces == len(s.text)
		if spaces < b.indent && !blank {
			if s.text[s.off+spaces] == '\t' && spaces > s.indent {
				s.fail(pos{s.off + spaces, s.line, spaces}, "a tab where spaces must stand")
			}
			return
		}
		s.to(s.lineEnd())
		b.tail = s.off
		if !blank || spaces > b.indent {
			b.end = s.off
			t.end = s.pos
		}
		if s.off < len(s.text) {
			s.newline()
		}
		b.after = s.off
	}
}

func spacesAt(text string, off int) int {
	i := off
	for i < len(text) && text[i] == ' ' {
		i++
	}
	return i - off
}
