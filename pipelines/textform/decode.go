package textform

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"

	"slipway/pipelines"
)

// decoder fills Go values from a tree, by their json tags, and goes on after
// every problem.
type decoder struct {
	file   string
	types  StepTypes
	read   func(name string) ([]byte, error)
	places map[string]Place
	files  map[string]string // which file a text was read from
	first  map[string]int
	action string // path of the settings being read, "" outside of any
	found  []Problem
}

func (d *decoder) problem(at Place, path, format string, args ...any) {
	d.found = append(d.found, Problem{at, pipelines.Problem{Path: path, Message: fmt.Sprintf(format, args...)}})
}

func (d *decoder) unfit(n *node, path, wanted string) {
	d.problem(n.at, path, "%s is wanted here, not %s", wanted, n.found())
}

// value fills v. An empty value (`roles:` and nothing more) is as if the key
// were not there.
func (d *decoder) value(v reflect.Value, n *node, path string) {
	if n.kind == null && path != "" {
		return
	}
	if v.Type() == textType {
		d.text(v, n, path)
		return
	}
	if v.Type() == environmentType && n.scalar() {
		d.value(v.FieldByName("Name"), n, path)
		return
	}
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		d.worded(u, n, path)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(v.Elem(), n, path)
		if v.Elem().Kind() == reflect.Slice && v.Elem().IsNil() {
			v.Elem().Set(reflect.MakeSlice(v.Elem().Type(), 0, 0)) // `needs: []` says something
		}
	case reflect.Struct:
		d.fields(v, n, path)
	case reflect.Slice:
		d.items(v, n, path)
	case reflect.Map:
		d.entries(v, n, path)
	default:
		d.single(v, n, path)
	}
}

func (d *decoder) single(v reflect.Value, n *node, path string) {
	switch v.Kind() {
	case reflect.String:
		d.string(v, n, path)
	case reflect.Bool:
		if n.kind != truth {
			d.unfit(n, path, "true or false")
			return
		}
		v.SetBool(n.text[0]|0x20 == 't')
	case reflect.Int, reflect.Int64:
		i, err := strconv.ParseInt(n.text, 10, 64)
		if n.kind != number || err != nil {
			d.unfit(n, path, "a whole number")
			return
		}
		v.SetInt(i)
	default:
		panic("the written form has no way to say a " + v.Type().String())
	}
}

// string takes numbers as they are written, `1.10` as "1.10"; a truth value
// only where the type says that any scalar is fine, for a plain `yes` or `on`
// is a frequent slip.
func (d *decoder) string(v reflect.Value, n *node, path string) {
	switch {
	case n.kind == text, n.kind == number, n.kind == truth && (v.Type() == scalarType || v.Type() == textType):
		v.SetString(n.text)
	case n.kind == truth:
		d.problem(n.at, path, "a text is wanted here, not %s: put it in quotes", n.found())
	default:
		d.unfit(n, path, "a text")
	}
}

// worded is for types that read their own words, like durations.
func (d *decoder) worded(u encoding.TextUnmarshaler, n *node, path string) {
	if !n.scalar() {
		d.unfit(n, path, "a text")
		return
	}
	if err := u.UnmarshalText([]byte(n.text)); err != nil {
		d.problem(n.at, path, "%s", err)
	}
}

func (d *decoder) items(v reflect.Value, n *node, path string) {
	if n.kind != list {
		wanted := "a list"
		if n.scalar() {
			wanted += ", like [" + n.text + "],"
		}
		d.unfit(n, path, wanted)
		return
	}
	from := d.first[path] // other files' entries come first
	for i, item := range n.items {
		at := path + "[" + strconv.Itoa(from+i) + "]"
		d.places[at] = item.at
		element := reflect.New(v.Type().Elem()).Elem()
		if item.kind == null {
			d.problem(item.at, at, "this entry of the list is empty: write it out, or remove the dash")
		}
		d.value(element, item, at)
		v.Set(reflect.Append(v, element))
	}
}

func (d *decoder) entries(v reflect.Value, n *node, path string) {
	if n.kind != mapping {
		d.unfit(n, path, "a mapping, like { key: value },")
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for _, e := range n.entries {
		at := pipelines.Join(path, e.key)
		d.mark(at, e)
		element := reflect.New(v.Type().Elem()).Elem()
		d.value(element, e.value, at)
		v.SetMapIndex(reflect.ValueOf(e.key).Convert(v.Type().Key()), element)
	}
}

// mark remembers where a path stands: a single value by itself, anything
// bigger by its key.
func (d *decoder) mark(path string, e entry) {
	d.places[path] = e.at
	if e.value.scalar() && e.value.kind != null {
		d.places[path] = e.value.at
	}
}
