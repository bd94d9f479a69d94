package conditions

import (
	"maps"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// subjects are what a condition may ask about, with an example of each.
var subjects = map[string]string{
	"env":     "env.name",
	"release": "release.version",
	"steps":   `steps["Deploy"].succeeded`,
	"vars":    `vars["Name"]`,
}

// fields of what is one of a kind, with the name they have among the facts.
var fields = map[string]map[string]string{
	"env":     {"name": "Environment"},
	"release": {"version": "Release", "channel": "Channel", "project": "Project"},
}

// ofStep are the fields of a step, with the question they stand for.
var ofStep = map[string]string{"status": "Status", "succeeded": "Succeeded", "failed": "Failed", "skipped": "Skipped", "message": "Message", "outputs": "Output"}

// statuses are the words that a status may be.
var statuses = []string{"pending", "queued", "running", "waiting", "cancelling", "succeeded", "failed", "skipped", "cancelled", "unknown"}

// Field is what is known under a name of Expression.Fields, "" if nothing is.
func (f Facts) Field(name string) string {
	root, field, _ := strings.Cut(name, ".")
	switch fields[root][field] {
	case "Environment":
		return f.Environment
	case "Release":
		return f.Release
	case "Channel":
		return f.Channel
	case "Project":
		return f.Project
	}
	return ""
}

// member reads a name with what stands behind it, like `steps["a"].status`.
func (r *reader) member(n *ast.MemberNode) (ast.Node, int) {
	root, path := r.path(n)
	if root == nil {
		return r.inside(n)
	}
	for _, p := range path {
		if _, ok := p.Property.(*ast.StringNode); !ok {
			r.fail(p.Property, "what a condition asks %s for stands there as it is, in quotes: it cannot be put together", root.Value)
			return n, 0
		}
	}
	switch root.Value {
	case "vars":
		return r.variable(path)
	case "steps":
		return r.step(path)
	}
	name := nameOf(path[0])
	field, ok := fields[root.Value][name]
	switch {
	case !ok:
		r.fail(path[0].Property, "%s has no %q; there is %s%s", root.Value, name, listed(keysOf(fields[root.Value])), meant(name, keysOf(fields[root.Value])))
	case len(path) > 1:
		r.fail(path[1].Property, "%s.%s is a text, nothing stands below it", root.Value, name)
	case !slices.Contains(r.e.fields, root.Value+"."+name):
		r.e.fields = append(r.e.fields, root.Value+"."+name)
	}
	return at(&ast.IdentifierNode{Value: field}, n), longestFact
}

// path takes a chain of members apart; no root: it does not begin with one of
// the subjects.
func (r *reader) path(n *ast.MemberNode) (root *ast.IdentifierNode, path []*ast.MemberNode) {
	var node ast.Node = n
	for {
		switch x := node.(type) {
		case *ast.MemberNode:
			path = append(path, x)
			node = x.Node
		case *ast.ChainNode:
			node = x.Node
		case *ast.IdentifierNode:
			if _, ours := subjects[x.Value]; !ours {
				return nil, nil
			}
			slices.Reverse(path)
			return x, path
		default:
			return nil, nil
		}
	}
}

// inside reads a member of a value that was made here.
func (r *reader) inside(n *ast.MemberNode) (ast.Node, int) {
	most := 0
	n.Node, most = r.node(n.Node)
	n.Property, _ = r.node(n.Property)
	return n, most
}

func (r *reader) variable(path []*ast.MemberNode) (ast.Node, int) {
	name := nameOf(path[0])
	if strings.TrimSpace(name) == "" {
		r.fail(path[0].Property, "a variable is asked for by its name, like vars[\"Name\"]")
	}
	if len(path) > 1 {
		r.fail(path[1].Property, "a variable is a text, nothing stands below it; a name with dots stands in quotes, like vars[\"%s.%s\"]", name, nameOf(path[1]))
	}
	if !slices.ContainsFunc(r.e.variables, func(v string) bool { return strings.EqualFold(v, name) }) {
		r.e.variables = append(r.e.variables, name)
	}
	return question(path[0], "Variable", &ast.StringNode{Value: name}), longestFact
}

func (r *reader) step(path []*ast.MemberNode) (ast.Node, int) {
	asked := nameOf(path[0])
	at := slices.IndexFunc(r.known, func(s string) bool { return strings.EqualFold(s, asked) })
	if at < 0 && r.anyStep {
		r.known = append(r.known, asked)
		at = len(r.known) - 1
	}
	if at < 0 {
		r.fail(path[0].Property, "there is no step %q to ask about%s", asked, r.offer(asked))
		return path[0], 0
	}
	step := r.known[at]
	if len(path) < 2 {
		r.fail(path[0], "a step by itself is no value: ask for one, like steps[%q].succeeded", step)
		return path[0], 0
	}
	field := nameOf(path[1])
	name, ok := ofStep[field]
	if !ok {
		r.fail(path[1].Property, "a step has no %q; there is %s%s", field, listed(keysOf(ofStep)), meant(field, keysOf(ofStep)))
		return path[1], 0
	}
	if !slices.Contains(r.e.steps, step) {
		r.e.steps = append(r.e.steps, step)
	}
	arguments := []ast.Node{&ast.StringNode{Value: step}}
	last := path[1]
	if field == "outputs" {
		if len(path) < 3 {
			r.fail(path[1].Property, "which output? Ask for one, like steps[%q].outputs[\"Url\"]", step)
			return path[1], 0
		}
		last = path[2]
		output := Output{step, nameOf(last)}
		arguments = append(arguments, &ast.StringNode{Value: output.Name})
		if !slices.ContainsFunc(r.e.outputs, func(o Output) bool { return o.Step == step && strings.EqualFold(o.Name, output.Name) }) {
			r.e.outputs = append(r.e.outputs, output)
		}
	} else if field != "message" {
		r.e.status = true
	}
	if last != path[len(path)-1] {
		r.fail(path[len(path)-1].Property, "nothing stands below steps[%q].%s", step, field)
	}
	return question(last, name, arguments...), longestFact
}

// offer says which steps there are, or which was meant.
func (r *reader) offer(asked string) string {
	if m := meant(asked, r.known); m != "" {
		return m
	}
	if len(r.known) == 0 {
		return ": there is none before this one"
	}
	return "; there are " + listed(quotedAll(r.known[:min(len(r.known), 10)]))
}

// comparedStatus finds a comparison with a word that no status ever is.
func (r *reader) comparedStatus(n *ast.BinaryNode) {
	if n.Operator != "==" && n.Operator != "!=" {
		return
	}
	for _, side := range [][2]ast.Node{{n.Left, n.Right}, {n.Right, n.Left}} {
		m, isMember := side[0].(*ast.MemberNode)
		word, isText := side[1].(*ast.StringNode)
		if !isMember || !isText {
			continue
		}
		root, path := r.path(m)
		if root == nil || root.Value != "steps" || len(path) != 2 || nameOf(path[1]) != "status" || slices.Contains(statuses, word.Value) {
			continue
		}
		r.fail(word, "no status is called %q; there are %s%s", word.Value, listed(statuses), meant(word.Value, statuses))
	}
}

// question is a call of one of the methods of the facts.
func question(n ast.Node, name string, arguments ...ast.Node) ast.Node {
	for i := range arguments {
		arguments[i] = at(arguments[i], n)
	}
	return at(&ast.CallNode{Callee: at(&ast.IdentifierNode{Value: name}, n), Arguments: arguments}, n)
}

// at gives a node that was made here the place of the one it stands for.
func at(made, n ast.Node) ast.Node {
	made.SetLocation(n.Location())
	return made
}

func nameOf(m *ast.MemberNode) string {
	s, _ := m.Property.(*ast.StringNode)
	if s == nil {
		return ""
	}
	return s.Value
}

func keysOf[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
