package xmltree

// along gives the nodes of an axis that the test accepts, nearest first, to
// take, until that has enough and says false.
func (s *step) along(from Found, search *search, take func(Found) bool) {
	if from.Attribute != nil {
		s.alongAttribute(from, search, take)
		return
	}
	if s.axis == "attribute" {
		s.attributes(from.Node, search, take)
		return
	}
	try := func(n *Node) bool {
		search.spend(1)
		return !visible(n) || !s.test.accepts(n, search) || take(Found{Node: n})
	}
	n := from.Node
	switch s.axis {
	case "self":
		try(n)
	case "child":
		forward(n.first, try)
	case "descendant-or-self":
		_ = try(n) && below(n, try)
	case "descendant":
		below(n, try)
	case "parent":
		_ = n.parent == nil || try(n.parent)
	case "ancestor-or-self":
		_ = try(n) && above(n, try)
	case "ancestor":
		above(n, try)
	case "following-sibling":
		forward(n.next, try)
	case "preceding-sibling":
		for at := n.prev; at != nil && try(at); {
			at = at.prev
		}
	case "following":
		behind(n, try)
	case "preceding":
		before(n, try)
	}
}

func (s *step) attributes(n *Node, search *search, take func(Found) bool) {
	for a := n.attr; a != nil; a = a.next {
		search.spend(1)
		if !a.IsNamespace() && s.test.acceptsAttribute(a, search) && !take(Found{n, a}) {
			return
		}
	}
}

// alongAttribute is along from an attribute, which has neither children nor
// siblings; the document goes on with what is in its element.
func (s *step) alongAttribute(from Found, search *search, take func(Found) bool) {
	search.spend(1)
	try := func(n *Node) bool {
		search.spend(1)
		return !visible(n) || !s.test.accepts(n, search) || take(Found{Node: n})
	}
	n := from.Node
	switch s.axis {
	case "self", "descendant-or-self":
		_ = s.test.of != anyNode || take(from)
	case "ancestor-or-self":
		_ = (s.test.of != anyNode || take(from)) && try(n) && above(n, try)
	case "parent":
		try(n)
	case "ancestor":
		_ = try(n) && above(n, try)
	case "following":
		_ = below(n, try) && behind(n, try)
	case "preceding":
		before(n, try)
	}
}

// The walks below end early when try says false, and say so.

func forward(at *Node, try func(*Node) bool) {
	for at != nil && try(at) {
		at = at.next
	}
}

func below(n *Node, try func(*Node) bool) bool {
	for at := n.Following(n); at != nil; at = at.Following(n) {
		if !try(at) {
			return false
		}
	}
	return true
}

func above(n *Node, try func(*Node) bool) bool {
	for at := n.parent; at != nil; at = at.parent {
		if !try(at) {
			return false
		}
	}
	return true
}

func behind(n *Node, try func(*Node) bool) bool {
	for at := n; at != nil; at = at.parent {
		for next := at.next; next != nil; next = next.next {
			if !try(next) || !below(next, try) {
				return false
			}
		}
	}
	return true
}

// before goes backwards through the document, ancestors left out.
func before(n *Node, try func(*Node) bool) {
	for at := n; at != nil; at = at.parent {
		for previous := at.prev; previous != nil; previous = previous.prev {
			if !backwards(previous, try) {
				return
			}
		}
	}
}

// backwards gives everything below top and then top itself, last first.
func backwards(top *Node, try func(*Node) bool) bool {
	at := top
	for at.last != nil {
		at = at.last
	}
	for try(at) {
		if at == top {
			return true
		}
		if at.prev == nil {
			at = at.parent
			continue
		}
		for at = at.prev; at.last != nil; {
			at = at.last
		}
	}
	return false
}
