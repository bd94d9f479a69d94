package masking

// automaton is Aho and Corasick's: its state is the longest end of what was
// read that begins a form.
type automaton struct {
	nodes []node
	// next has a row of all bytes for every node in [0, shallow): the root and
	// its children, where almost all of a text is read.
	next    []int32
	shallow int32
	forms   []form
	// keep is the depth under which a break ends everything that has begun.
	keep int32
}

// node numbers follow depth. Children are a list: behind the first letters
// there is hardly ever more than one.
type node struct {
	child, sibling int32 // 0: none
	fail           int32
	depth          int32
	form           int32 // that ends here, -1 for none
	shorter        int32 // the next node on the way of fail at which a form ends, 0 for none
	symbol         byte
	ends           bool // a form ends here, or on the way of fail
}

func build(forms []form) *automaton {
	a := &automaton{nodes: []node{{form: -1}}, keep: 4}
	for _, f := range forms {
		a.insert(f)
	}
	a.inOrderOfDepth()
	a.link()
	return a
}

func (a *automaton) insert(f form) {
	at := int32(0)
	for _, b := range f.text {
		next := a.childOf(at, b)
		if next == 0 {
			next = int32(len(a.nodes))
			a.nodes = append(a.nodes, node{symbol: b, form: -1, depth: a.nodes[at].depth + 1, sibling: a.nodes[at].child})
			a.nodes[at].child = next
		}
		at = next
	}
	a.keep = min(a.keep, int32(f.before))
	if had := a.nodes[at].form; had >= 0 {
		a.forms[had] = a.forms[had].or(f)
		return
	}
	a.nodes[at].form = int32(len(a.forms))
	a.forms = append(a.forms, f)
}

// or is the form that is found wherever one of two with the same text is.
func (f form) or(other form) form {
	if f.breaks != other.breaks {
		f.breaks = anyBreaks
	}
	f.before = min(f.before, other.before)
	return f
}

func (a *automaton) childOf(at int32, b byte) int32 {
	for c := a.nodes[at].child; c != 0; c = a.nodes[c].sibling {
		if a.nodes[c].symbol == b {
			return c
		}
	}
	return 0
}

// inOrderOfDepth renumbers the nodes, so that the shallow ones come first.
func (a *automaton) inOrderOfDepth() {
	order := make([]int32, 1, len(a.nodes))
	renamed := make([]int32, len(a.nodes))
	for i := 0; i < len(order); i++ {
		for c := a.nodes[order[i]].child; c != 0; c = a.nodes[c].sibling {
			renamed[c] = int32(len(order))
			order = append(order, c)
		}
	}
	nodes := make([]node, len(order))
	for i, old := range order {
		nodes[i] = a.nodes[old]
		nodes[i].child, nodes[i].sibling = renamed[nodes[i].child], renamed[nodes[i].sibling]
		if nodes[i].depth <= 1 {
			a.shallow = int32(i) + 1
		}
	}
	a.nodes = nodes
}

// link adds what happens when a form does not go on.
func (a *automaton) link() {
	a.next = make([]int32, int(a.shallow)<<8)
	for c := a.nodes[0].child; c != 0; c = a.nodes[c].sibling {
		a.next[a.nodes[c].symbol] = c
	}
	for at := int32(1); at < a.shallow; at++ {
		copy(a.next[at<<8:], a.next[:256])
		for c := a.nodes[at].child; c != 0; c = a.nodes[c].sibling {
			a.next[at<<8|int32(a.nodes[c].symbol)] = c
		}
	}
	for at := range a.nodes {
		for c := a.nodes[at].child; c != 0; c = a.nodes[c].sibling {
			n := &a.nodes[c]
			if at != 0 {
				n.fail = a.step(a.nodes[at].fail, n.symbol)
			}
			n.shorter = n.fail
			if a.nodes[n.fail].form < 0 {
				n.shorter = a.nodes[n.fail].shorter
			}
			n.ends = n.form >= 0 || n.shorter != 0
		}
	}
}

// step reads one symbol.
func (a *automaton) step(state int32, b byte) int32 {
	for state >= a.shallow {
		n := &a.nodes[state]
		if a.nodes[n.child].symbol == b && n.child != 0 {
			return n.child
		}
		if n.child != 0 && a.nodes[n.child].sibling != 0 {
			if c := a.childOf(state, b); c != 0 {
				return c
			}
		}
		state = n.fail
	}
	return a.next[state<<8|int32(b)]
}

// rest is the state behind the row's last line break.
func (a *automaton) rest(state int32, row int) int32 {
	if row > longestRow || a.nodes[state].depth < a.keep {
		return 0
	}
	return state
}

// ends calls found with the forms that end in this state, the longest first,
// until one is accepted.
func (a *automaton) ends(state int32, found func(form) bool) {
	for ; state != 0; state = a.nodes[state].shorter {
		if f := a.nodes[state].form; f >= 0 && found(a.forms[f]) {
			return
		}
	}
}
