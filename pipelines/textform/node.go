package textform

// node is one value of the tree between YAML and Go.
type node struct {
	kind    kind
	text    string // of a scalar: as written, or the text it stands for
	items   []*node
	entries []entry
	at      Place
	size    int  // how many nodes it is when every alias is written out
	tall    bool // when printed: a line for each key, however short
}

// entry is one key of a mapping.
type entry struct {
	key   string
	at    Place
	value *node
}

type kind uint8

const (
	null kind = iota
	text
	number
	truth
	list
	mapping
)

// found says what a node is, for people.
func (n *node) found() string {
	switch n.kind {
	case null:
		return "nothing"
	case text:
		return "the text " + shown(n.text)
	case number:
		return "the number " + n.text
	case truth:
		return "the truth value " + n.text
	case list:
		return "a list"
	}
	return "a mapping"
}

// scalar says whether the node is one value, with no others in it.
func (n *node) scalar() bool { return n.kind != list && n.kind != mapping }

// at most this much of a text is shown in a message
const longestShown = 40

func shown(s string) string {
	r := []rune(s)
	if len(r) > longestShown {
		s = string(r[:longestShown]) + "…"
	}
	return quote(s)
}
