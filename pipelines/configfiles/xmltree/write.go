package xmltree

// String is the document as text, a byte order mark included if there was one.
func (d *Document) String() string { return string(d.Bytes()) }

// Bytes is the document as text in UTF-8.
func (d *Document) Bytes() []byte {
	b := make([]byte, 0, len(d.source)+256)
	if d.bom {
		b = append(b, bom...)
	}
	for n := d.root.first; n != nil; n = n.next {
		b = n.appendTo(b)
	}
	return b
}

// String is the node and everything below it as text.
func (n *Node) String() string { return string(n.appendTo(nil)) }

func (n *Node) appendTo(b []byte) []byte {
	for at := n; ; {
		b = at.appendStart(b)
		if at.first != nil {
			at = at.first
			continue
		}
		b = at.appendEnd(b)
		for at != n && at.next == nil {
			at = at.parent
			b = at.appendEnd(b)
		}
		if at == n {
			return b
		}
		at = at.next
	}
}

func (n *Node) appendStart(b []byte) []byte {
	switch n.kind {
	case Element:
		b = append(append(b, '<'), n.name...)
		for a := n.attr; a != nil; a = a.next {
			b = append(append(append(b, a.space...), a.name...), a.equals...)
			b = append(append(append(b, a.quote), a.raw...), a.quote)
		}
		b = append(b, n.tail...)
		if n.SelfClosed() {
			return append(b, "/>"...)
		}
		return append(b, '>')
	case Text:
		return append(b, n.raw...)
	case CData:
		return append(append(append(b, "<![CDATA["...), n.raw...), "]]>"...)
	case Comment:
		return append(append(append(b, "<!--"...), n.raw...), "-->"...)
	case Instruction, Declaration:
		return append(append(append(append(b, "<?"...), n.name...), n.raw...), "?>"...)
	case Doctype:
		return append(append(append(b, "<!DOCTYPE"...), n.raw...), '>')
	}
	return b
}

func (n *Node) appendEnd(b []byte) []byte {
	if n.kind != Element || n.SelfClosed() {
		return b
	}
	b = append(append(b, "</"...), n.name...)
	return append(append(b, n.endTail...), '>')
}
