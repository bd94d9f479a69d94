package octostache

import (
	"iter"
	"slices"
	"strings"
	"sync/atomic"
	"unicode/utf8"
)

// LateText stands in a result for every value that is known only later.
const LateText = "‹known on the host›"

// DeploymentText stands in a result for every value that the next deployment
// will have and that is asked for without one.
const DeploymentText = "‹known at the deployment›"

// Variables is an ordered list of names and texts. Names are unique without
// regard to case; order matters, because loops follow it.
//
// Evaluating only reads, so one Variables may serve many evaluations at once
// as long as nobody calls Set or SetLate meanwhile.
type Variables struct {
	list   []*definition
	byName map[string]*definition // by folded name
	root   node
}

// definition is one variable: its name as first written and its present text.
type definition struct {
	name, text string
	late       bool
	node       *node                    // that the whole name leads to; nil: only the beginning of the name is a path
	template   atomic.Pointer[Template] // text, parsed on first reading
}

// NewVariables makes an empty list.
func NewVariables() *Variables {
	return &Variables{byName: map[string]*definition{}}
}

// Set gives name a text. An existing name keeps its place in the order.
func (v *Variables) Set(name, text string) {
	d := v.define(name)
	d.text, d.late = text, false
	d.template.Store(nil)
}

// SetLate says that name will exist although its text is not known yet.
func (v *Variables) SetLate(name string) { v.setLate(name, LateText) }

// SetAtDeployment is SetLate for what any deployment knows, as its number; the
// result then has DeploymentText.
func (v *Variables) SetAtDeployment(name string) { v.setLate(name, DeploymentText) }

func (v *Variables) setLate(name, placeholder string) {
	d := v.define(name)
	d.text, d.late = placeholder, true
	d.template.Store(nil)
}

// waiting says whether a text holds the placeholder of a later value.
func waiting(text string) bool {
	return strings.Contains(text, LateText) || strings.Contains(text, DeploymentText)
}

func (v *Variables) define(name string) *definition {
	key := fold(name)
	if d := v.byName[key]; d != nil {
		return d
	}
	if v.byName == nil {
		v.byName = map[string]*definition{}
	}
	d := &definition{name: name}
	v.byName[key] = d
	v.list = append(v.list, d)
	v.root.bind(d)
	return d
}

// Get is the text of a variable as it was set, with nothing evaluated.
func (v *Variables) Get(name string) (text string, ok bool) {
	d := v.byName[fold(name)]
	if d == nil {
		return "", false
	}
	return d.text, true
}

// All are the names and their unevaluated texts, in order.
func (v *Variables) All() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for _, d := range v.list {
			if !yield(d.name, d.text) {
				return
			}
		}
	}
}

// Clone is an independent copy.
func (v *Variables) Clone() *Variables {
	c := &Variables{byName: make(map[string]*definition, len(v.list)), list: slices.Grow([]*definition(nil), len(v.list))}
	for _, d := range v.list {
		n := c.define(d.name)
		n.text, n.late = d.text, d.late
	}
	return c
}

// Truthy says whether a text evaluates, without anything unresolved, to
// something that counts as yes. A text that fails does not; one that has to
// wait for a late value does, as its placeholder is some text.
func (v *Variables) Truthy(text string, o Options) bool {
	r, err := Evaluate(text, v, o)
	return err == nil && len(r.Unresolved) == 0 && !r.Null && truthy(r.Text)
}

// fold makes equal what differs only in case.
func fold(name string) string { return strings.ToLower(name) }

// appendFolded is fold into room that the caller has.
func appendFolded(out []byte, name string) []byte {
	for i := range len(name) {
		c := name[i]
		if c >= utf8.RuneSelf {
			return append(out[:len(out)-i], fold(name)...)
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		out = append(out, c)
	}
	return out
}
