// Package dotnetconfig puts variables into the settings of .NET configuration
// files: appSettings, connectionStrings and applicationSettings.
//
// It knows no other section (userSettings are the user's) and transforms
// nothing.
//
// The idea to know: settings are found by the local names of elements, so that
// a default namespace hides none, and only the values that change are written;
// every other byte of the file stays.
package dotnetconfig

import (
	"fmt"

	"slipway/pipelines/configfiles/fill"
	"slipway/pipelines/configfiles/xmltree"
)

// Replace sets every setting that is called like a variable. Without any, out
// is content itself. A variable without value writes an empty text.
func Replace(content []byte, values *fill.Values) (out []byte, report fill.Report, err error) {
	document, file, err := xmltree.Read(content)
	if err != nil {
		return nil, report, err
	}
	w := walk{values: values, report: &report}
	for n := document.Element(); n != nil; n = n.Following(document.Root()) {
		if n.Kind() != xmltree.Element {
			continue
		}
		if err := w.visit(n); err != nil {
			return nil, report, err
		}
	}
	if report.Replaced == 0 {
		return content, report, nil
	}
	return document.Encode(file), report, nil
}

// walk goes through a document from its first to its last element.
type walk struct {
	values *fill.Values
	report *fill.Report

	inside bool          // within applicationSettings, until end is reached
	end    *xmltree.Node // nil: until the end of the document
}

func (w *walk) visit(n *xmltree.Node) error {
	if w.inside && n == w.end {
		w.inside = false
	}
	switch n.Local() {
	case "applicationSettings":
		if !w.inside {
			w.inside, w.end = true, behind(n)
		}
	case "add":
		switch n.Parent().Local() {
		case "appSettings":
			return w.attribute(n, "key", "value")
		case "connectionStrings":
			return w.attribute(n, "name", "connectionString")
		}
	case "setting":
		if w.inside {
			return w.setting(n)
		}
	}
	return nil
}

// behind is the first element after n and all it holds.
func behind(n *xmltree.Node) *xmltree.Node {
	for ; n != nil; n = n.Parent() {
		if next := n.NextElement(); next != nil {
			return next
		}
	}
	return nil
}

// value is what the setting called by the attribute shall be; false if no
// variable is called so.
func (w *walk) value(n *xmltree.Node, key string) (string, bool, error) {
	name := n.Attribute(key)
	if name == nil {
		return "", false, nil
	}
	value, ok, err := w.values.Get(name.Value())
	if err != nil || !ok {
		return "", false, err
	}
	if xmltree.BadChar(value.Text) >= 0 {
		return "", false, fmt.Errorf("the value of variable %q has a character that XML cannot hold", name.Value())
	}
	w.report.Replaced++
	return value.Text, true, nil
}

func (w *walk) attribute(n *xmltree.Node, key, name string) error {
	value, ok, err := w.value(n, key)
	if err != nil || !ok {
		return err
	}
	if a := n.Attribute(name); a != nil && a.Value() == value {
		return nil // however it is written, it stays
	}
	n.SetAttribute(name, value)
	return nil
}

func (w *walk) setting(n *xmltree.Node) error {
	text, ok, err := w.value(n, "name")
	if err != nil || !ok {
		return err
	}
	for child := n.FirstElement(); child != nil; child = child.NextElement() {
		if child.Local() != "value" {
			continue
		}
		if child.FirstElement() != nil || child.Value() != text {
			child.SetText(text)
		}
		return nil
	}
	name := "value"
	if n.Prefix() != "" {
		name = n.Prefix() + ":" + name
	}
	child := xmltree.NewElement(name)
	child.SetText(text)
	n.Append(child)
	return nil
}
