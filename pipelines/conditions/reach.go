package conditions

import (
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// branch is the skeleton of an expression: what is joined by and, or, not and
// if, and below that what is answered as a whole.
type branch struct {
	joined string // and, or, not, if; "" is answered as a whole
	parts  []*branch
	asks   []string    // variables
	fixed  *vm.Program // of what depends on the place and the release alone
}

// VariablesIn are the names of the variables that it may come to ask about in an
// environment and for a release: `env.name == "Prod" && vars["X"] == "1"` asks
// about none in Dev. Of the facts only those two are looked at.
func (e *Expression) VariablesIn(f Facts) []string {
	w := walk{facts: Facts{Environment: f.Environment, Release: f.Release, Channel: f.Channel, Project: f.Project}}
	w.visit(e.shape)
	return w.found
}

type walk struct {
	facts Facts
	found []string
}

// visit gathers what is asked, and says what a branch comes to where that is
// known.
func (w *walk) visit(b *branch) (yes, known bool) {
	switch b.joined {
	case "and", "or":
		yes, known = w.visit(b.parts[0])
		if known && yes == (b.joined == "or") {
			return yes, true
		}
		second, sure := w.visit(b.parts[1])
		if sure && second == (b.joined == "or") {
			return second, true
		}
		return second, known && sure
	case "not":
		yes, known = w.visit(b.parts[0])
		return !yes, known
	case "if":
		yes, known = w.visit(b.parts[0])
		switch {
		case known && yes:
			return w.visit(b.parts[1])
		case known:
			return w.visit(b.parts[2])
		}
		w.visit(b.parts[1])
		w.visit(b.parts[2])
		return false, false
	}
	for _, name := range b.asks {
		if !slices.ContainsFunc(w.found, func(f string) bool { return strings.EqualFold(f, name) }) {
			w.found = append(w.found, name)
		}
	}
	if b.fixed == nil {
		return false, false
	}
	yes, err := (&Expression{program: b.fixed}).Decide(w.facts)
	return yes, err == nil
}

// shapeOf makes the skeleton of a tree that was checked.
func shapeOf(n ast.Node, source file.Source, config *conf.Config) *branch {
	joined := func(how string, parts ...ast.Node) *branch {
		b := &branch{joined: how}
		for _, p := range parts {
			b.parts = append(b.parts, shapeOf(p, source, config))
		}
		return b
	}
	switch n := n.(type) {
	case *ast.BinaryNode:
		switch n.Operator {
		case "and", "&&":
			return joined("and", n.Left, n.Right)
		case "or", "||":
			return joined("or", n.Left, n.Right)
		}
	case *ast.UnaryNode:
		if n.Operator == "not" || n.Operator == "!" {
			return joined("not", n.Node)
		}
	case *ast.ConditionalNode:
		return joined("if", n.Cond, n.Exp1, n.Exp2)
	}
	leaf := &leaf{fixed: true}
	ast.Walk(&n, leaf)
	b := &branch{asks: leaf.asks}
	if leaf.fixed {
		if program, err := compiler.Compile(&parser.Tree{Node: n, Source: source}, config); err == nil {
			b.fixed = program
		}
	}
	return b
}

// leaf looks through what is answered as a whole.
type leaf struct {
	asks  []string
	fixed bool
}

func (l *leaf) Visit(n *ast.Node) {
	switch n := (*n).(type) {
	case *ast.CallNode:
		callee, ok := n.Callee.(*ast.IdentifierNode)
		if ok && callee.Value == "Variable" {
			if name, isText := n.Arguments[0].(*ast.StringNode); isText {
				l.asks = append(l.asks, name.Value)
			}
		}
	case *ast.IdentifierNode:
		switch n.Value {
		case "Environment", "Release", "Channel", "Project", "Spend", "Matches", "Split", "FromJSON", "Int", "Float", "Text", "Date":
		default:
			l.fixed = false
		}
	}
}
