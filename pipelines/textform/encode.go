package textform

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"slipway/pipelines"
)

// encoder makes a tree from Go values. What is empty is left out; only a
// pointer says that empty means something.
type encoder struct{ types StepTypes }

// tall are the structs that are read key by key; others may stand in one line.
var tall = map[reflect.Type]bool{
	reflect.TypeFor[pipelines.Project]():     true,
	reflect.TypeFor[pipelines.Step]():        true,
	reflect.TypeFor[pipelines.Lifecycle]():   true,
	reflect.TypeFor[pipelines.Team]():        true,
	reflect.TypeFor[pipelines.Target]():      true,
	reflect.TypeFor[pipelines.VariableSet](): true,
}

func (e encoder) node(v reflect.Value) *node {
	if v.Type() == scalarType || v.Type() == textType {
		return scalarNode(v.String())
	}
	if v.Type() == environmentType {
		return e.environment(v)
	}
	if m, ok := v.Interface().(encoding.TextMarshaler); ok && v.Kind() != reflect.Pointer {
		b, err := m.MarshalText()
		if err == nil {
			return &node{kind: text, text: string(b)}
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		return e.node(v.Elem())
	case reflect.Struct:
		return e.fields(v)
	case reflect.Slice:
		out := &node{kind: list}
		for i := range v.Len() {
			out.items = append(out.items, e.node(v.Index(i)))
		}
		return out
	case reflect.Map:
		return e.entries(v)
	case reflect.Bool:
		return &node{kind: truth, text: strconv.FormatBool(v.Bool())}
	case reflect.Int, reflect.Int64:
		return &node{kind: number, text: strconv.FormatInt(v.Int(), 10)}
	case reflect.String:
		return &node{kind: text, text: v.String()}
	}
	panic("the written form has no way to say a " + v.Type().String())
}

// scalarNode is a text that may also stand there as a number; it does when it
// is one in its plainest form.
func scalarNode(s string) *node {
	if n, err := strconv.Atoi(s); err == nil && strconv.Itoa(n) == s {
		return &node{kind: number, text: s}
	}
	return &node{kind: text, text: s}
}

// environment is its name, when it is nothing more.
func (e encoder) environment(v reflect.Value) *node {
	out := e.fields(v)
	if len(out.entries) == 1 && out.entries[0].key == "name" {
		return out.entries[0].value
	}
	return out
}

func (e encoder) fields(v reflect.Value) *node {
	out := &node{kind: mapping, tall: tall[v.Type()]}
	for _, f := range fieldsOf(v.Type()) {
		value := v.FieldByIndex(f.index)
		if f.closed || isEmpty(value) {
			continue
		}
		if f.action {
			a := value.Interface().(pipelines.Action)
			if a.Type == "" { // its child steps act
				continue
			}
			out.entries = append(out.entries, entry{key: a.Type, value: e.settings(a)})
			continue
		}
		out.entries = append(out.entries, entry{key: f.key, value: e.node(value)})
	}
	return out
}

func isEmpty(v reflect.Value) bool {
	if v.Kind() == reflect.Slice || v.Kind() == reflect.Map {
		return v.Len() == 0
	}
	return v.IsZero()
}

func (e encoder) entries(v reflect.Value) *node {
	out := &node{kind: mapping}
	for _, key := range v.MapKeys() {
		out.entries = append(out.entries, entry{key: key.String(), value: e.node(v.MapIndex(key))})
	}
	slices.SortFunc(out.entries, func(a, b entry) int { return strings.Compare(a.key, b.key) })
	return out
}

// settings are those of the step type's own struct. Of a type that is gone, or
// of settings it does not understand, the JSON itself is shown.
func (e encoder) settings(a pipelines.Action) *node {
	if empty, ok := e.types[a.Type]; ok {
		settings := empty()
		if json.Unmarshal(a.Settings, settings) == nil {
			return e.node(reflect.ValueOf(settings))
		}
	}
	return &node{kind: text, text: string(a.Settings)}
}
