// Package xmlfile puts variables into XML files: the name of a variable is the
// XPath expression of the places that get its value.
//
// It keeps the document and not its layout: what comes out is indented anew, as
// Octopus does. Files that must keep every byte are those of dotnetconfig.
//
// The idea to know: nearly every variable of a project is no expression at all.
// Only names with a / or a : are tried, and one that is no valid expression is
// meant for something else and passes in silence.
package xmlfile

import (
	"errors"
	"fmt"
	"strings"

	"slipway/pipelines/configfiles/fill"
	"slipway/pipelines/configfiles/xmltree"
)

// Replace sets every place that a variable's name selects, and writes the
// document with indentation, also when nothing was selected.
func Replace(content []byte, values *fill.Values) (out []byte, report fill.Report, err error) {
	document, file, err := xmltree.Read(content)
	if err != nil {
		return nil, report, err
	}
	r := replacing{
		document: document,
		newline:  commonNewline(file.Text),
		values:   values,
		report:   &report,
	}
	removeIndentation(document)
	r.prefixes = prefixes(document, &report)
	for name := range values.Names() {
		if !strings.ContainsAny(name, "/:") {
			continue
		}
		if err := r.variable(name); err != nil {
			return nil, report, err
		}
	}
	out, err = encode(document, file, r.newline)
	return out, report, err
}

type replacing struct {
	document *xmltree.Document
	newline  string
	prefixes map[string]string
	values   *fill.Values
	report   *fill.Report
}

// variable sets what the name of one variable selects.
func (r *replacing) variable(name string) error {
	found, err := xmltree.Select(r.document.Root(), name, r.prefixes)
	if errors.Is(err, xmltree.ErrTooLong) {
		r.report.Warn("XPath %s visits too much of the file and was not applied; make it more specific", name)
		return nil
	}
	if err != nil || len(found) == 0 {
		return nil
	}
	value, ok, err := r.values.Get(name)
	if err != nil || !ok {
		return err
	}
	if xmltree.BadChar(value.Text) >= 0 {
		return fmt.Errorf("the value of variable %q has a character that XML cannot hold", name)
	}
	for _, f := range found {
		if r.set(f, name, value.Text) {
			r.report.Replaced++
		}
	}
	return nil
}

func (r *replacing) set(f xmltree.Found, name, value string) bool {
	switch n := f.Node; {
	case f.Attribute != nil:
		f.Attribute.SetValue(value)
	case n.Kind() == xmltree.Root:
		r.report.Warn("XPath %s selects the whole document, which cannot be set", name)
		return false
	case n.Kind() != xmltree.Element:
		n.SetText(value)
	case n.FirstElement() != nil:
		return r.setInner(n, name, value)
	case n.First() != nil && n.First() == n.Last() && n.First().Kind() == xmltree.CData:
		n.First().SetText(value)
	default:
		n.SetText(value)
	}
	return true
}

// setInner puts markup where elements stood.
func (r *replacing) setInner(n *xmltree.Node, name, value string) bool {
	nodes, err := xmltree.ParseFragment(value, n)
	if err != nil {
		r.report.Warn("the value for %s is not well-formed XML, but the element holds elements; it stays as it is", name)
		return false
	}
	n.Clear()
	for _, node := range nodes {
		n.Append(node)
	}
	return true
}

// prefixes are all namespaces that are declared anywhere by a prefix. The first
// declaration of a prefix counts.
func prefixes(document *xmltree.Document, report *fill.Report) map[string]string {
	known, warned := map[string]string{}, map[string]bool{}
	for n := document.Element(); n != nil; n = n.Following(document.Root()) {
		for a := range n.EachAttribute() {
			if !a.IsNamespace() || a.Prefix() == "" {
				continue
			}
			prefix, uri := a.Local(), a.Value()
			first, ok := known[prefix]
			if !ok {
				known[prefix] = uri
				continue
			}
			if first != uri && !warned[prefix] {
				warned[prefix] = true
				report.Warn("prefix %s means %s in one place and %s in another; in XPath it means the first", prefix, first, uri)
			}
		}
	}
	return known
}

// removeIndentation takes out texts that are nothing but white space, unless
// xml:space keeps them.
func removeIndentation(document *xmltree.Document) {
	root := document.Root()
	kept := []bool{false} // by the elements that are open
	for at := root.First(); at != nil; {
		inside := kept[len(kept)-1]
		if at.First() != nil {
			kept = append(kept, keepsSpace(at, inside))
			at = at.First()
			continue
		}
		next, parent := at.Next(), at.Parent()
		if at.IsSpace() && !inside {
			at.Remove()
		}
		for ; next == nil && parent != root; parent = parent.Parent() {
			next = parent.Next()
			kept = kept[:len(kept)-1]
		}
		at = next
	}
}

func keepsSpace(n *xmltree.Node, inherited bool) bool {
	if a := n.Attribute("xml:space"); a != nil {
		return a.Value() == "preserve"
	}
	return inherited
}

// commonNewline is how most lines of the text end.
func commonNewline(text string) string {
	windows := strings.Count(text, "\r\n")
	if windows > strings.Count(text, "\n")-windows {
		return "\r\n"
	}
	return "\n"
}
