package octostache

import (
	"slices"
	"strings"
)

// reading is a path being read. The same path at the same offset further up
// means that its value depends on itself.
type reading struct {
	form   string
	offset int
}

// read is the evaluated value of a path.
func (e *evaluator) read(p *path, s *scope) (string, bool, error) {
	if err := e.enter(p); err != nil {
		return "", false, err
	}
	defer e.leave()
	at, ok, err := e.locate(p, s)
	if err != nil || !ok {
		return "", false, err
	}
	return e.content(at)
}

// plain reads what most tokens of a file are, `#{Name}` or `#{Name.Name}` with a
// text for a value, without making a tree of it. Not ok means that the token is
// something else.
func (e *evaluator) plain(src string, at int) (value string, end int, ok bool) {
	name, isToken := strings.CutPrefix(src[at:], "#{")
	if !isToken || name == "" || name[0] == '/' {
		return "", at, false
	}
	length := 0
	for length < len(name) && (classes[name[length]] == word || name[length] == '.') {
		length++
	}
	if length == len(name) || name[length] != '}' {
		return "", at, false
	}
	var room [64]byte
	d := e.vars.byName[string(appendFolded(room[:0], name[:length]))]
	if d == nil || d.node == nil || d.node.def != d || d.late || strings.Contains(d.text, "#{") {
		return "", at, false
	}
	return d.text, at + len("#{") + length + len("}"), true
}

func (e *evaluator) enter(p *path) error {
	if err := e.count(); err != nil {
		return err
	}
	here := reading{p.form, p.offset}
	if i := slices.Index(e.reading, here); i >= 0 {
		return e.cycle(i, here)
	}
	if len(e.reading) >= maxDepth {
		return &LimitError{Limit: "variables within each other", Max: maxDepth}
	}
	if e.reading == nil {
		e.reading = e.room[:0]
	}
	e.reading = append(e.reading, here)
	return nil
}

func (e *evaluator) leave() { e.reading = e.reading[:len(e.reading)-1] }

func (e *evaluator) cycle(from int, last reading) error {
	names := make([]string, 0, len(e.reading)-from+1)
	for _, r := range e.reading[from:] {
		names = append(names, r.form)
	}
	return &CycleError{Names: append(names, last.form)}
}

// content is the evaluated value of a place.
func (e *evaluator) content(at place) (string, bool, error) {
	if at.late != nil {
		return e.postpone(at.late), true, nil
	}
	if at.node == nil {
		out, err := e.evaluateText(at.text, nil, at.scope)
		return out, err == nil, err
	}
	d := at.node.def
	switch {
	case d == nil && at.node.indexed:
		out, err := e.evaluateText(at.node.key, nil, at.scope)
		return out, err == nil, err
	case d == nil:
		return "", false, nil
	case d.late:
		return e.postpone(d), true, nil
	}
	out, err := e.evaluateText(d.text, d, at.scope)
	return out, err == nil, err
}

func (e *evaluator) postpone(d *definition) string {
	e.postponed++
	if !slices.Contains(e.late, d.name) {
		e.late = append(e.late, d.name)
	}
	return d.text
}

// evaluateText evaluates the text of a variable. One that does not parse
// stands for itself.
func (e *evaluator) evaluateText(s string, d *definition, in *scope) (string, error) {
	if !strings.Contains(s, "#{") {
		return s, nil
	}
	t := d.parsed(s)
	if t.failed {
		return s, nil
	}
	return e.render(t, frame{scope: in, value: true})
}

// parsed is the text's template, kept with its variable if there is one.
func (d *definition) parsed(s string) *Template {
	if d != nil {
		if t := d.template.Load(); t != nil {
			return t
		}
	}
	t, err := parse(s)
	if err != nil {
		t = &Template{source: s, failed: true}
	}
	if d != nil {
		d.template.Store(t)
	}
	return t
}
