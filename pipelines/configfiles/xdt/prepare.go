package xdt

import (
	"fmt"

	"slipway/pipelines/configfiles/xmltree"
)

// prepare looks at what a transform file says about itself; false: nothing of
// it may be applied.
func (r *run) prepare(d *xmltree.Document) bool {
	if !declares(d) {
		r.add(Info, nil, "the transform file does not declare the namespace "+Namespace+" and so changes nothing")
		return false
	}
	good := true
	for n := d.Root(); n != nil; n = n.Following(d.Root()) {
		if n.Kind() != xmltree.Element || n.URI() != Namespace {
			continue
		}
		if n.Local() != "Import" {
			r.warn(n, "<%s> is no word of this language", n.Name())
			continue
		}
		r.add(Error, n, importText(n))
		good = false
	}
	return good
}

func declares(d *xmltree.Document) bool {
	for n := d.Root(); n != nil; n = n.Following(d.Root()) {
		if n.Kind() != xmltree.Element {
			continue
		}
		for _, a := range n.Attributes() {
			if a.IsNamespace() && a.Value() == Namespace {
				return true
			}
		}
	}
	return false
}

func importText(n *xmltree.Node) string {
	for _, a := range n.Attributes() {
		switch a.Name() {
		case "assembly", "path", "namespace":
		default:
			if !a.IsNamespace() {
				return fmt.Sprintf("xdt:Import has no attribute %q: it takes namespace, and assembly or path", a.Name())
			}
		}
	}
	assembly, path := n.Attribute("assembly"), n.Attribute("path")
	switch {
	case assembly != nil && path != nil:
		return "xdt:Import takes assembly or path, not both"
	case assembly == nil && path == nil:
		return "xdt:Import needs an assembly or a path"
	case n.Attribute("namespace") == nil:
		return "xdt:Import needs a namespace"
	case path != nil:
		assembly = path
	}
	return fmt.Sprintf("xdt:Import names %s: .NET code cannot be loaded here; use the transforms that are built in", assembly.Value())
}
