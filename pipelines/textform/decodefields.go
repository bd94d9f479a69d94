package textform

import (
	"encoding/json"
	"reflect"
	"slices"

	"slipway/pipelines"
	"slipway/pipelines/spelling"
)

// fields fills a struct, strictly: every key is one of its fields, or, where
// the struct has an action, the name of a step type.
func (d *decoder) fields(v reflect.Value, n *node, path string) {
	if n.kind != mapping {
		wanted := "a mapping with keys like " + listed(firstFew(keysOf(v.Type()))) + ","
		d.unfit(n, path, wanted)
		return
	}
	byKey := map[string]field{}
	var action *field
	for _, f := range fieldsOf(v.Type()) {
		if f.action {
			action = &f
			continue
		}
		byKey[f.key] = f
	}
	done := "" // the step type whose key was there
	for _, e := range n.entries {
		at := pipelines.Join(path, e.key)
		f, ok := byKey[e.key]
		_, isType := d.types[e.key]
		switch {
		case ok && !f.closed:
			d.mark(at, e)
			d.value(v.FieldByIndex(f.index), e.value, at)
		case action != nil && isType && done != "":
			d.problem(e.at, at, "a step does one thing, and this one has %s and %s: make two steps", quote(done), quote(e.key))
		case action != nil && isType:
			done = e.key
			d.mark(at, e)
			d.settings(v.FieldByIndex(action.index), e, at)
		default:
			d.unknown(v.Type(), action != nil, e, at)
		}
	}
}

const few = 6

func firstFew(keys []string) []string {
	if len(keys) <= few {
		return keys
	}
	return keys[:few]
}

// settings reads those of a step type into that type's own struct, and
// keeps them as the JSON of it.
func (d *decoder) settings(v reflect.Value, e entry, path string) {
	settings := d.types[e.key]()
	d.action = path
	d.value(reflect.ValueOf(settings).Elem(), e.value, path)
	d.action = ""
	raw, err := json.Marshal(settings)
	if err != nil {
		d.problem(e.at, path, "%s", err)
		return
	}
	v.Set(reflect.ValueOf(pipelines.Action{Type: e.key, Settings: raw}))
}

func (d *decoder) unknown(t reflect.Type, withAction bool, e entry, path string) {
	keys := keysOf(t)
	for _, f := range fieldsOf(t) {
		if f.key == e.key && f.closed {
			d.problem(e.at, path, "%s is not set by text: remove it", quote(e.key))
			return
		}
	}
	if withAction {
		keys = append(keys, sortedKeys(d.types)...)
	}
	message := "unknown key " + quote(e.key)
	switch meant := spelling.Nearest(e.key, keys); {
	case meant != "":
		message += "; did you mean " + quote(meant) + "?"
	case d.action != "" && path == pipelines.Join(d.action, e.key) && slices.Contains(keysOf(stepType), e.key):
		message += "; it belongs to the step: write it one level higher"
	case holder(t, e.key) != "":
		message += "; did you mean " + quote(holder(t, e.key)) + "? It belongs below that"
	default:
		message += "; there are " + listed(keys)
	}
	d.problem(e.at, path, "%s", message)
}

func sortedKeys(types StepTypes) []string {
	var out []string
	for name := range types {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
