package textform

import "reflect"

// Print writes nouns in canonical text: the same nouns are always the same
// bytes, and read again they are the same nouns. Texts that came from files of
// their own are written in place.
func Print(n Nouns, types StepTypes) []byte {
	e := encoder{types}
	root := e.node(reflect.ValueOf(n))
	var out printer
	for i, top := range root.entries {
		if i > 0 {
			out.line("")
		}
		out.value(top.key+":", top.value, 0)
	}
	return out.Bytes()
}

// printNoun is the canonical text of one noun, by itself.
func printNoun(noun any, types StepTypes) []byte {
	e := encoder{types}
	var out printer
	n := e.node(reflect.ValueOf(noun))
	if n.scalar() { // an environment of which there is nothing but the name
		n = &node{kind: mapping, entries: []entry{{key: "name", value: n}}}
	}
	out.block(n, 0)
	return out.Bytes()
}
