package conditions

import (
	"slices"
	"strconv"

	"github.com/expr-lang/expr/ast"
)

// place is a word that the environment's name is compared with.
type place struct {
	word string
	err  *Error // that there is none of that name
}

// NowhereIn finds comparisons of the environment's name with a word that is none
// of the environments: their answer is always the same. Case counts, as it does
// in every comparison.
func (e *Expression) NowhereIn(environments []string) []*Error {
	var out []*Error
	for _, p := range e.places {
		if slices.Contains(environments, p.word) {
			continue
		}
		found := *p.err
		found.Message += meant(p.word, environments)
		if len(environments) > 0 && meant(p.word, environments) == "" {
			found.Message += "; there are " + listed(quotedAll(environments[:min(len(environments), 10)]))
		}
		out = append(out, &found)
	}
	return out
}

// comparedEnvironment notes the words that `env.name` is compared with.
func (r *reader) comparedEnvironment(n *ast.BinaryNode) {
	switch n.Operator {
	case "==", "!=":
		r.notePlace(n.Left, n.Right)
		r.notePlace(n.Right, n.Left)
	case "in":
		if list, ok := n.Right.(*ast.ArrayNode); ok {
			for _, word := range list.Nodes {
				r.notePlace(n.Left, word)
			}
		}
	}
}

func (r *reader) notePlace(asked, with ast.Node) {
	if chain, ok := asked.(*ast.ChainNode); ok {
		asked = chain.Node
	}
	m, isMember := asked.(*ast.MemberNode)
	word, isText := with.(*ast.StringNode)
	if !isMember || !isText {
		return
	}
	root, path := r.path(m)
	if root == nil || root.Value != "env" || len(path) != 1 || nameOf(path[0]) != "name" {
		return
	}
	r.e.places = append(r.e.places, place{word.Value, errorAt(r.text, word, "no environment is called %s", strconv.Quote(word.Value))})
}
