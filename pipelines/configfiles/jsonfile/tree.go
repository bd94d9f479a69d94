package jsonfile

// kind is what a value is, as far as it decides how a variable goes into it.
type kind uint8

const (
	text kind = iota // strings and null
	number
	boolean
	object
	array
)

// span is a part of the text, as written there.
type span struct{ from, to uint32 }

// node is a value and, inside an object, its key. Children are linked, not
// listed, so that millions of values stay affordable.
type node struct {
	kind        kind
	filled      bool // a replacement is written instead
	key, value  span
	first, next int32 // 0 is none: the root is nobody's child
}

// root is the index of the outermost value.
const root = 0

// tree is a text that was read.
type tree struct {
	text          string
	nodes         []node
	comments      int
	repeated      int
	firstRepeated string
}

func (t *tree) raw(s span) string { return t.text[s.from:s.to] }

// name is the key of a node, decoded.
func (t *tree) name(i int32) string { return decode(t.raw(t.nodes[i].key)) }
