package conditions

import (
	"github.com/expr-lang/expr/ast"
)

// reader goes through a tree once: it puts questions to the facts in place of
// names, notes what is asked, and refuses what is not ours.
type reader struct {
	text  string
	known []string // steps
	// anyStep: other steps may be asked about too.
	anyStep bool
	e       *Expression
	err     *Error
	// lets are the names in force, with how long their texts may get; lists is the
	// same of the entries that closures go through.
	lets  []let
	lists []int
}

type let struct {
	name string
	most int
}

func (r *reader) fail(n ast.Node, format string, args ...any) {
	if r.err == nil {
		r.err = errorAt(r.text, n, format, args...)
	}
}

// node reads one part. most is how many bytes its text may have at most, 0 where
// it comes to none.
func (r *reader) node(n ast.Node) (out ast.Node, most int) {
	if r.err != nil || n == nil {
		return n, 0
	}
	switch n := n.(type) {
	case *ast.NilNode, *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode:
		return n, 0
	case *ast.StringNode:
		return n, len(n.Value)
	case *ast.IdentifierNode:
		return n, r.identifier(n)
	case *ast.PointerNode:
		return n, r.pointer(n)
	case *ast.UnaryNode:
		n.Node, _ = r.node(n.Node)
		return n, 0
	case *ast.BinaryNode:
		return r.binary(n)
	case *ast.ConditionalNode:
		n.Cond, _ = r.node(n.Cond)
		n.Exp1, most = r.node(n.Exp1)
		second := 0
		n.Exp2, second = r.node(n.Exp2)
		return n, max(most, second)
	case *ast.MemberNode:
		return r.member(n)
	case *ast.ChainNode:
		return r.node(n.Node) // what is asked by name is there
	case *ast.BuiltinNode:
		return r.builtin(n)
	case *ast.ArrayNode:
		for i := range n.Nodes {
			length := 0
			n.Nodes[i], length = r.node(n.Nodes[i])
			most = max(most, length)
		}
		return n, most
	case *ast.VariableDeclaratorNode:
		return r.let(n)
	case *ast.CallNode:
		return r.call(n)
	}
	r.fail(n, "this is no part of conditions: write comparisons, joined by `and`, `or` and `not`")
	return n, 0
}

func (r *reader) let(n *ast.VariableDeclaratorNode) (ast.Node, int) {
	if _, ours := subjects[n.Name]; ours {
		r.fail(n, "%s means something already: give the value another name", n.Name)
		return n, 0
	}
	most := 0
	n.Value, most = r.node(n.Value)
	r.lets = append(r.lets, let{n.Name, most})
	n.Expr, most = r.node(n.Expr)
	r.lets = r.lets[:len(r.lets)-1]
	return n, most
}

func (r *reader) identifier(n *ast.IdentifierNode) int {
	for i := len(r.lets) - 1; i >= 0; i-- {
		if r.lets[i].name == n.Value {
			return r.lets[i].most
		}
	}
	if example, ours := subjects[n.Value]; ours {
		r.fail(n, "%s by itself is no value: ask for one, like %s", n.Value, example)
		return 0
	}
	r.fail(n, "there is no %q: a condition asks about env, release, steps and vars%s", n.Value, meant(n.Value, keysOf(subjects)))
	return 0
}

func (r *reader) pointer(n *ast.PointerNode) int {
	if n.Name != "" || len(r.lists) == 0 {
		r.fail(n, "there is no #%s: the entry of the list is #", n.Name)
		return 0
	}
	return r.lists[len(r.lists)-1]
}

func (r *reader) binary(n *ast.BinaryNode) (ast.Node, int) {
	r.comparedStatus(n)
	r.comparedEnvironment(n)
	left, right := 0, 0
	n.Left, left = r.node(n.Left)
	n.Right, right = r.node(n.Right)
	switch n.Operator {
	case "+":
		if left+right > longestText {
			r.fail(n, "the text that this puts together may get longer than %d bytes", longestText)
		}
		return n, left + right
	case "??":
		return n, max(left, right)
	case "matches":
		return r.matches(n), 0
	}
	return n, 0
}
