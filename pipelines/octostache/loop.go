package octostache

import (
	"strconv"
	"strings"
)

// repeat evaluates the body of a loop for each item.
func (e *evaluator) repeat(out []byte, r *repetition, f frame) ([]byte, error) {
	items, err := e.items(r.collection, f.scope)
	if err != nil {
		return nil, err
	}
	f.outermost = false
	s := f.scope
	for i, item := range items {
		if err := e.count(); err != nil {
			return nil, err
		}
		f.scope = &scope{outer: s, name: r.name, item: item, index: i, last: i == len(items)-1}
		if out, err = e.appendAll(out, r.body, f); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// items are what a loop runs over: the indexes of a name that has no value of
// its own, else the value taken apart.
func (e *evaluator) items(p *path, s *scope) ([]*node, error) {
	if err := e.enter(p); err != nil {
		return nil, err
	}
	defer e.leave()
	at, ok, err := e.locate(p, s)
	if err != nil || !ok {
		return nil, err
	}
	if n := at.node; n != nil && n.def == nil && !n.indexed {
		return n.indexes.list, nil
	}
	text, _, err := e.content(at)
	if err != nil {
		return nil, err
	}
	if err := e.handled(len(text)); err != nil {
		return nil, err
	}
	if strings.Count(text, ",") >= maxItems {
		return nil, &LimitError{Limit: "items in a loop", Max: maxItems}
	}
	return e.split(text), nil
}

// split takes a text apart: the elements of a JSON array, the properties of a
// JSON object, or what stands between commas.
func (e *evaluator) split(text string) []*node {
	var items []*node
	doc, ok := readJSON(text)
	switch {
	case ok && doc.kind == jsonArray:
		for _, element := range doc.items {
			items = append(items, textNode(element.text(e.opts.Now.Location())))
		}
		return items
	case ok && doc.kind == jsonObject:
		for i, name := range doc.names {
			items = append(items, propertyNode(name, doc.items[i].text(e.opts.Now.Location())))
		}
		return items
	}
	for part := range strings.SplitSeq(text, ",") {
		items = append(items, textNode(part))
	}
	return items
}

func propertyNode(name, value string) *node {
	n := textNode(name)
	key, val := textNode(name), textNode(value)
	key.key, val.key = "Key", "Value"
	n.names.list = []*node{key, val}
	return n
}

// position answers Octopus.Template.Each.Index, .First and .Last.
func (s *scope) position(steps []step) (string, bool) {
	if len(steps) != 4 {
		return "", false
	}
	for i, want := range [...]string{"Octopus", "Template", "Each"} {
		if steps[i].indexed || !strings.EqualFold(steps[i].text, want) {
			return "", false
		}
	}
	switch last := steps[3].text; {
	case strings.EqualFold(last, "Index"):
		return strconv.Itoa(s.index), true
	case strings.EqualFold(last, "First"):
		return spellBool(s.index == 0), true
	case strings.EqualFold(last, "Last"):
		return spellBool(s.last), true
	}
	return "", false
}

func spellBool(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

// Indexes are the values that a loop over the path would run over, with
// nothing in them evaluated.
func (v *Variables) Indexes(collection string) []string {
	p := parser{src: collection}
	path, _, ok := p.path(p.space(0))
	if !ok {
		return nil
	}
	e := evaluator{vars: v}
	items, err := e.items(path, nil)
	if err != nil {
		return nil
	}
	var out []string
	for _, item := range items {
		if item.def != nil {
			out = append(out, item.def.text)
		} else {
			out = append(out, item.key)
		}
	}
	return out
}
