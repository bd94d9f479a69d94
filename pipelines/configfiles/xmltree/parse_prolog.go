package xmltree

import "strings"

// declaration reads `<?xml version="1.0" encoding="…" standalone="…"?>`.
func (p *parser) declaration() error {
	raw, to, err := p.delimited(5, "?>", "the XML declaration")
	if err != nil {
		return err
	}
	pairs, bad := pseudoAttributes(raw)
	if bad >= 0 {
		return p.fail(p.pos+5+bad, "the XML declaration is malformed")
	}
	for i, pair := range pairs {
		switch {
		case i == 0 && pair[0] == "version" && strings.HasPrefix(pair[1], "1."):
		case i == 1 && pair[0] == "encoding" && pair[1] != "":
		case i > 0 && i == len(pairs)-1 && pair[0] == "standalone" && (pair[1] == "yes" || pair[1] == "no"):
		default:
			return p.fail(p.pos, "the XML declaration holds version, encoding and standalone in this order")
		}
	}
	if len(pairs) == 0 {
		return p.fail(p.pos, "the XML declaration lacks its version")
	}
	p.add(Declaration, raw, p.pos, to).name = "xml"
	return nil
}

// pseudoAttributes reads name="value" pairs; bad is the place of what is none,
// -1 if all are.
func pseudoAttributes(raw string) (pairs [][2]string, bad int) {
	for i := 0; ; {
		start := skipSpace(raw, i)
		if start == len(raw) {
			return pairs, -1
		}
		end := nameEnd(raw, start)
		equals := skipSpace(raw, end)
		if start == i || end == start || equals >= len(raw) || raw[equals] != '=' {
			return nil, start
		}
		open := skipSpace(raw, equals+1)
		if open >= len(raw) || raw[open] != '"' && raw[open] != '\'' {
			return nil, min(open, len(raw)-1)
		}
		size := strings.IndexByte(raw[open+1:], raw[open])
		if size < 0 {
			return nil, open
		}
		pairs = append(pairs, [2]string{raw[start:end], raw[open+1 : open+1+size]})
		i = open + size + 2
	}
}

// Pseudo is one of version, encoding and standalone of a Declaration, "" if it
// is not there.
func (n *Node) Pseudo(name string) string {
	if n == nil || n.kind != Declaration {
		return ""
	}
	pairs, _ := pseudoAttributes(n.raw)
	for _, pair := range pairs {
		if pair[0] == name {
			return pair[1]
		}
	}
	return ""
}

// doctype keeps the document type as it is; of its declarations only internal
// entities are read. Nothing is fetched.
func (p *parser) doctype() error {
	start := p.pos
	if !p.outside() || p.top != nil || p.doc.Element() != nil {
		return p.fail(start, "<!DOCTYPE> may only stand before the outermost element")
	}
	for n := p.doc.root.first; n != nil; n = n.next {
		if n.kind == Doctype {
			return p.fail(start, "there is a second <!DOCTYPE>")
		}
	}
	i := start + len("<!DOCTYPE")
	name := skipSpace(p.s, i)
	if name == i || nameEnd(p.s, name) == name {
		return p.fail(name, "<!DOCTYPE needs the name of the outermost element")
	}
	for i = nameEnd(p.s, name); i < len(p.s); i++ {
		switch p.s[i] {
		case '>':
			p.add(Doctype, p.s[start+len("<!DOCTYPE"):i], start, i+1)
			return nil
		case '"', '\'':
			p.doc.open = true // a place elsewhere, which may declare anything
			size := strings.IndexByte(p.s[i+1:], p.s[i])
			if size < 0 {
				return p.fail(len(p.s), "the file ends inside <!DOCTYPE>")
			}
			i += size + 1
		case '[':
			end, err := p.subset(i + 1)
			if err != nil {
				return err
			}
			i = end
		case '<':
			return p.fail(i, "< is not allowed here in <!DOCTYPE>")
		}
	}
	return p.fail(len(p.s), "the file ends inside <!DOCTYPE>")
}

// subset reads the declarations in [ ] and gives the place of the ].
func (p *parser) subset(i int) (int, error) {
	for i < len(p.s) {
		rest := p.s[i:]
		end := ""
		switch {
		case rest[0] == ']':
			return i, nil
		case rest[0] == '%':
			p.doc.open = true
		case strings.HasPrefix(rest, "<!--"):
			end = "-->"
		case strings.HasPrefix(rest, "<?"):
			end = "?>"
		case strings.HasPrefix(rest, "<!"):
			size := declarationSize(rest)
			if size == 0 {
				return 0, p.fail(len(p.s), "the file ends inside <!DOCTYPE>")
			}
			p.entity(rest[:size])
			i += size
			continue
		case !isSpaceByte(rest[0]) && !strings.ContainsAny(rest[:1], ";") && nameEnd(rest, 0) == 0:
			return 0, p.fail(i, "this is no declaration")
		}
		if end == "" {
			i++
			continue
		}
		size := strings.Index(rest[2:], end)
		if size < 0 {
			return 0, p.fail(len(p.s), "the file ends inside <!DOCTYPE>")
		}
		i += 2 + size + len(end)
	}
	return 0, p.fail(len(p.s), "the file ends inside <!DOCTYPE>")
}

// declarationSize is the length of `<!…>`, quotes respected; 0 without an end.
func declarationSize(s string) int {
	for i := 2; i < len(s); i++ {
		switch s[i] {
		case '>':
			return i + 1
		case '"', '\'':
			size := strings.IndexByte(s[i+1:], s[i])
			if size < 0 {
				return 0
			}
			i += size + 1
		}
	}
	return 0
}

// entity takes note of `<!ENTITY name "text">`; the first one of a name counts.
func (p *parser) entity(declaration string) {
	rest, ok := strings.CutPrefix(declaration, "<!ENTITY")
	if !ok {
		return
	}
	rest = rest[skipSpace(rest, 0):]
	end := nameEnd(rest, 0)
	if end == 0 {
		return // a parameter entity: %
	}
	name, rest := rest[:end], rest[end:]
	rest = rest[skipSpace(rest, 0):]
	if p.doc.entities == nil {
		p.doc.entities = map[string]string{}
	}
	if _, ok := p.doc.entities[name]; ok {
		return
	}
	if rest == "" || rest[0] != '"' && rest[0] != '\'' {
		p.doc.entities[name] = "<" // its text is elsewhere: it stays a reference
		return
	}
	size := strings.IndexByte(rest[1:], rest[0])
	if size < 0 {
		return
	}
	p.doc.entities[name] = charactersOnly(rest[1 : 1+size])
}

// charactersOnly replaces &#…; and leaves other references for later, as is
// done where an entity is declared.
func charactersOnly(s string) string {
	var b strings.Builder
	for s != "" {
		i := strings.Index(s, "&#")
		if i < 0 {
			break
		}
		b.WriteString(s[:i])
		s = s[i:]
		name, size := reference(s)
		if size > 0 {
			if r, ok := charReference(name); ok {
				b.WriteRune(r)
				s = s[size:]
				continue
			}
		}
		b.WriteString(s[:2])
		s = s[2:]
	}
	return b.String() + s
}
