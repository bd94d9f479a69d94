package yamlfile

import (
	"strconv"
	"strings"

	"slipway/pipelines/configfiles/fill"
)

// finder finds the nodes whose path is the name of a variable.
type finder struct {
	text    string
	values  *fill.Values
	names   map[string]string // folded name → name
	parts   map[string]bool   // folded beginnings of names, up to some colon
	longest int
	stack   []place
	path    []byte // folded, of the collection on top
	count   int    // events so far
	found   []found
	inside  int // depth of collections within one that is replaced
	indents indents
	err     error
}

// found is a node that gets a value.
type found struct {
	event int // its number
	end   int // where a collection ends
	value fill.Value
}

// place is a collection around the present node.
type place struct {
	mapping  bool
	base     int  // length of its path
	index    int  // of the next item
	dead     bool // no name leads here
	blocked  bool // no name leads to the value of the present key
	nameless bool // the collection is the root, whose path has no parts
}

func newFinder(text string, values *fill.Values) *finder {
	f := &finder{text: text, values: values, names: map[string]string{}, parts: map[string]bool{}}
	for name := range values.Names() {
		key := strings.ToLower(name)
		if key == "" || reserved(key) {
			continue
		}
		f.names[key] = name
		f.longest = max(f.longest, len(key))
		for i := range len(key) {
			if key[i] == ':' {
				f.parts[key[:i]] = true
			}
		}
	}
	return f
}

// reserved says whether a name is one of Octopus' own. `Octopus:` is not.
func reserved(folded string) bool {
	rest, ok := strings.CutPrefix(folded, "octopus")
	return ok && !strings.HasPrefix(rest, ":")
}

// event is told every event of the text.
func (f *finder) event(e *event) {
	f.indents.event(e)
	switch e.kind {
	case evDocument:
		f.stack, f.path = f.stack[:0], f.path[:0]
	case evScalar, evAlias:
		f.leaf(e)
	case evSequence, evMapping:
		f.open(e)
	case evSequenceEnd, evMappingEnd:
		f.close(e)
	}
	f.count++
}

func (f *finder) leaf(e *event) {
	if f.inside > 0 {
		return
	}
	known := f.enter(e)
	if known && e.kind == evScalar && e.role != roleKey {
		f.match()
	}
}

// match notes a value if the path has one.
func (f *finder) match() bool {
	name, ok := f.names[string(f.path)]
	if !ok || f.err != nil {
		return false
	}
	value, ok, err := f.values.Get(name)
	if err != nil {
		f.err = err
	}
	if !ok || err != nil {
		return false
	}
	f.found = append(f.found, found{event: f.count, value: value})
	return true
}

// enter makes path that of the node; false: no name leads there.
func (f *finder) enter(e *event) bool {
	if len(f.stack) == 0 {
		return true
	}
	top := &f.stack[len(f.stack)-1]
	switch {
	case e.role == roleKey:
		f.path = f.path[:top.base]
		top.blocked = top.dead || e.kind != evScalar || !f.step(top, e.value(f.text))
		return false
	case top.mapping:
		return !top.blocked
	}
	top.index++
	f.path = f.path[:top.base]
	return !top.dead && f.step(top, strconv.Itoa(top.index-1))
}

// step adds a part to the path; false: it gets longer than any name.
func (f *finder) step(top *place, part string) bool {
	if top.base+len(part) > f.longest {
		return false
	}
	if !top.nameless {
		f.path = append(f.path, ':')
	}
	f.path = append(f.path, strings.ToLower(part)...)
	return true
}

func (f *finder) open(e *event) {
	if f.inside > 0 {
		f.inside++
		return
	}
	known := f.enter(e)
	if known && len(f.stack) > 0 && f.match() {
		f.inside = 1
		return
	}
	root := len(f.stack) == 0
	f.stack = append(f.stack, place{
		mapping:  e.kind == evMapping,
		base:     len(f.path),
		dead:     !known || !root && !f.parts[string(f.path)],
		nameless: root,
	})
}

func (f *finder) close(e *event) {
	if f.inside > 0 {
		if f.inside--; f.inside == 0 {
			f.found[len(f.found)-1].end = e.after
		}
		return
	}
	f.stack = f.stack[:len(f.stack)-1]
}
