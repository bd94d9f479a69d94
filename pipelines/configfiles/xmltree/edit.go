package xmltree

import "fmt"

// NewElement makes an element without content, to be put somewhere. The name
// may carry a prefix; it is the caller's that it is declared where it is put.
func NewElement(name string) *Node {
	local, ok := localStart(name)
	if !ok || !isName(name) {
		panic(fmt.Sprintf("xmltree: %q is no name", name))
	}
	return &Node{kind: Element, name: name, local: local, offset: -1, selfClosed: true, tail: " "}
}

// NewText makes a text, to be put somewhere; text is what it shall mean.
func NewText(text string) *Node {
	return &Node{kind: Text, raw: EscapeText(text), offset: -1}
}

// NewSpace makes a Text of white space that is written as it is.
func NewSpace(space string) *Node {
	if !isSpace(space) {
		panic("xmltree: that is not white space")
	}
	return &Node{kind: Text, raw: space, offset: -1}
}

// NewComment makes a comment, to be put somewhere.
func NewComment(text string) *Node {
	return &Node{kind: Comment, raw: escapeComment(text), offset: -1}
}

// Append puts child behind the last child, out of where it stood before.
func (n *Node) Append(child *Node) { n.put(child, nil) }

// InsertBefore puts node before n, out of where it stood before.
func (n *Node) InsertBefore(node *Node) {
	if node != n {
		n.parent.put(node, n)
	}
}

// InsertAfter puts node behind n, out of where it stood before.
func (n *Node) InsertAfter(node *Node) {
	if node != n {
		node.Remove()
		n.parent.put(node, n.next)
	}
}

// Replace puts node where n is; n stands nowhere then.
func (n *Node) Replace(node *Node) {
	if node != n {
		n.InsertBefore(node)
		n.Remove()
	}
}

// Remove takes the node out of the tree with everything below it. White space
// around it stays.
func (n *Node) Remove() {
	p := n.parent
	if p == nil {
		return
	}
	if n.prev != nil {
		n.prev.next = n.next
	} else {
		p.first = n.next
	}
	if n.next != nil {
		n.next.prev = n.prev
	} else {
		p.last = n.prev
	}
	n.parent, n.prev, n.next = nil, nil, nil
}

// Clear takes out everything below the node.
func (n *Node) Clear() {
	for n.first != nil {
		n.first.Remove()
	}
}

func (n *Node) put(child, before *Node) {
	child.Remove()
	if n.selfClosed {
		n.Open()
	}
	if child.doc == nil {
		child.doc = n.doc
	}
	n.link(child, before)
}

// Open makes `<a/>` to `<a></a>`.
func (n *Node) Open() {
	if n.selfClosed {
		n.selfClosed, n.tail = false, ""
	}
}

// link puts a child that stands nowhere before one of n's children; nil: last.
func (n *Node) link(child, before *Node) {
	child.parent, child.next = n, before
	if before == nil {
		child.prev, n.last = n.last, child
	} else {
		child.prev, before.prev = before.prev, child
	}
	if child.prev == nil {
		n.first = child
	} else {
		child.prev.next = child
	}
}

// Clone copies the node and everything below it; the copy stands nowhere.
func (n *Node) Clone() *Node {
	top := n.copyAlone()
	to := top
	for at := n; ; {
		if at.first != nil {
			at = at.first
			child := at.copyAlone()
			to.link(child, nil)
			to = child
			continue
		}
		for at != n && at.next == nil {
			at, to = at.parent, to.parent
		}
		if at == n {
			return top
		}
		at = at.next
		to = to.parent
		child := at.copyAlone()
		to.link(child, nil)
		to = child
	}
}

func (n *Node) copyAlone() *Node {
	c := *n
	c.parent, c.prev, c.next, c.first, c.last, c.attr = nil, nil, nil, nil, nil, nil
	to := &c.attr
	for a := n.attr; a != nil; a = a.next {
		copied := *a
		copied.owner, copied.next = &c, nil
		*to = &copied
		to = &copied.next
	}
	return &c
}

// SetText gives the node the meaning text: what stands in an element or root is
// replaced, in other nodes the content.
func (n *Node) SetText(text string) {
	switch n.kind {
	case Text:
		n.raw = EscapeText(text)
	case CData:
		n.raw = escapeCData(text)
	case Comment:
		n.raw = escapeComment(text)
	case Instruction:
		n.raw = escapeInstruction(text)
	case Element:
		if n.first != nil && n.first == n.last && n.first.kind == Text {
			n.first.raw = EscapeText(text)
			return
		}
		n.Clear()
		n.Open()
		if text != "" {
			n.Append(NewText(text))
		}
	}
}
