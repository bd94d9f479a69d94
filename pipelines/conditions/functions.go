package conditions

import (
	"slices"

	"github.com/expr-lang/expr/ast"
)

// plain are the functions of the language that are taken as they are: they
// make no more of a text than there is.
var plain = []string{"len", "trim", "trimPrefix", "trimSuffix", "upper", "lower", "indexOf", "lastIndexOf", "hasPrefix", "hasSuffix",
	"abs", "ceil", "floor", "round", "max", "min", "first", "last", "duration"}

// numbers are those of the plain ones that give no text.
var numbers = []string{"len", "indexOf", "lastIndexOf", "hasPrefix", "hasSuffix", "abs", "ceil", "floor", "round", "duration"}

// closures go over a list; each turn is counted.
var closures = []string{"all", "any", "none", "one", "count"}

// ours are functions of the language in our own form: bounded, or with errors
// that quote no value.
var ours = map[string]function{
	"int": {"Int", 1}, "float": {"Float", 1}, "string": {"Text", 1}, "split": {"Split", 2}, "fromJSON": {"FromJSON", 1}, "date": {"Date", 1},
}

// example shows how each of ours is called.
var example = map[string]string{
	"int": `int("8080")`, "float": `float("1.5")`, "string": `string(80)`, "split": `split("a,b", ",")`, "fromJSON": `fromJSON("[1]")`,
	"date": `date("2026-01-31T12:00:00+01:00")`,
}

// function is a question to the facts that stands for one of the language.
type function struct {
	name      string
	arguments int
}

// off are functions that people may look for, with the reason why there is none.
var off = map[string]string{
	"now":      "an answer must be the same when it is asked for again, so there is no clock",
	"timezone": "what a name of a zone means changes with time: write dates with their zone, like date(\"2026-01-31T12:00:00+01:00\")",
	"keys":     "maps have no order, so an answer could change from one time to the next",
}

func init() {
	for _, alike := range []string{"values", "toPairs", "fromPairs", "groupBy"} {
		off[alike] = off["keys"]
	}
}

// builtin reads a call of a function of the language.
func (r *reader) builtin(n *ast.BuiltinNode) (ast.Node, int) {
	if slices.Contains(closures, n.Name) {
		return r.closure(n)
	}
	mine, own := ours[n.Name]
	if !own && !slices.Contains(plain, n.Name) {
		r.unknown(n, n.Name)
		return n, 0
	}
	if own && len(n.Arguments) != mine.arguments {
		r.fail(n, "%s takes %d here, not %d: %s", n.Name, mine.arguments, len(n.Arguments), example[n.Name])
		return n, 0
	}
	most := 0
	for i := range n.Arguments {
		length := 0
		n.Arguments[i], length = r.node(n.Arguments[i])
		most = max(most, length)
	}
	if slices.Contains(numbers, n.Name) {
		most = 0
	}
	if !own {
		return n, most
	}
	return at(&ast.CallNode{Callee: at(&ast.IdentifierNode{Value: mine.name}, n), Arguments: n.Arguments}, n), most
}

func (r *reader) call(n *ast.CallNode) (ast.Node, int) {
	name := "this"
	switch callee := n.Callee.(type) {
	case *ast.IdentifierNode:
		name = callee.Value
	case *ast.MemberNode: // what it is called on is read first, and may be wrong itself, like `now().Hour()`
		r.node(callee.Node)
		if called := nameOf(callee); called != "" {
			name = called
		}
	}
	r.unknown(n, name)
	return n, 0
}

func (r *reader) unknown(n ast.Node, name string) {
	all := slices.Concat(plain, closures, keysOf(ours))
	slices.Sort(all)
	if why, known := off[name]; known {
		r.fail(n, "%s is no part of conditions: %s", name, why)
		return
	}
	way := meant(name, all)
	if way == "" {
		way = "; there are " + listed(all)
	}
	r.fail(n, "there is no function %q in conditions%s", name, way)
}

// closure counts the work of each turn: lists within lists would make little
// text run for very long.
func (r *reader) closure(n *ast.BuiltinNode) (ast.Node, int) {
	most := 0
	n.Arguments[0], most = r.node(n.Arguments[0])
	for _, a := range n.Arguments[1:] {
		p, ok := a.(*ast.PredicateNode)
		if !ok {
			r.fail(a, "%s is asked like %s(list, # == \"a\")", n.Name, n.Name)
			return n, 0
		}
		r.lists = append(r.lists, most)
		size := &counter{}
		ast.Walk(&p.Node, size)
		body, _ := r.node(p.Node)
		count := question(p, "Spend", &ast.IntegerNode{Value: size.nodes})
		p.Node = at(&ast.SequenceNode{Nodes: []ast.Node{count, body}}, p)
		r.lists = r.lists[:len(r.lists)-1]
	}
	return n, 0
}

type counter struct{ nodes int }

func (c *counter) Visit(*ast.Node) { c.nodes++ }

// matches puts a question of ours in place of the operator: how long an
// expression takes depends on the pattern, and a bad pattern is found early.
func (r *reader) matches(n *ast.BinaryNode) ast.Node {
	if pattern, ok := n.Right.(*ast.StringNode); ok {
		if _, problem := readPattern(pattern.Value); problem != "" {
			r.fail(pattern, "%s", problem)
		}
	}
	return at(&ast.CallNode{Callee: at(&ast.IdentifierNode{Value: "Matches"}, n), Arguments: []ast.Node{n.Left, n.Right}}, n)
}
