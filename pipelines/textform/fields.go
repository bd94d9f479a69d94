package textform

import (
	"reflect"
	"slices"
	"strings"

	"slipway/pipelines"
)

// field is one key that a struct has in its written form.
type field struct {
	key    string
	index  []int // for reflect.Value.FieldByIndex
	kind   reflect.Type
	closed bool // known, but not to be written: ids and the like
	action bool // the step's one action, written as the key of its type
}

var (
	nounsType       = reflect.TypeFor[Nouns]()
	actionType      = reflect.TypeFor[pipelines.Action]()
	stepType        = reflect.TypeFor[pipelines.Step]()
	textType        = reflect.TypeFor[pipelines.Text]()
	scalarType      = reflect.TypeFor[pipelines.Scalar]()
	environmentType = reflect.TypeFor[pipelines.Environment]()
)

// fieldsOf are the keys of a struct, in the order in which they are declared.
func fieldsOf(t reflect.Type) []field {
	var out []field
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			for _, inner := range fieldsOf(f.Type) {
				inner.index = append(slices.Clone(f.Index), inner.index...)
				out = append(out, inner)
			}
			continue
		}
		if name == "-" || !f.IsExported() {
			continue
		}
		out = append(out, field{
			key: name, index: f.Index, kind: f.Type,
			closed: f.Tag.Get("text") == "-", action: f.Type == actionType,
		})
	}
	return out
}

// keysOf are the keys that may be written for a struct.
func keysOf(t reflect.Type) []string {
	var out []string
	for _, f := range fieldsOf(t) {
		if !f.closed && !f.action {
			out = append(out, f.key)
		}
	}
	return out
}

// holder is the key of a struct under which typed is a key: somebody wrote it
// one level too high.
func holder(t reflect.Type, typed string) string {
	for _, f := range fieldsOf(t) {
		if f.closed || f.action {
			continue
		}
		inner := f.kind
		for inner.Kind() == reflect.Slice || inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct && slices.Contains(keysOf(inner), typed) {
			return f.key
		}
	}
	return ""
}
