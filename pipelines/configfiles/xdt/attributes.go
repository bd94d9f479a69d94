package xdt

import (
	"slices"

	"slipway/pipelines/configfiles/xmltree"
)

func setAttributes(r *run, a *action, target xmltree.Found) error {
	n, err := elementOf(a, target)
	if err != nil {
		return err
	}
	attributes := r.named(a, a.element.node)
	for _, from := range attributes {
		r.set(n, from)
	}
	if len(attributes) == 0 {
		r.warn(a.element.transform, "SetAttributes finds no attributes to set")
	}
	return nil
}

func removeAttributes(r *run, a *action, target xmltree.Found) error {
	n, err := elementOf(a, target)
	if err != nil {
		return err
	}
	attributes := r.named(a, n)
	if len(attributes) > 0 {
		r.keepSpacing(n)
	}
	for _, attribute := range attributes {
		attribute.Remove()
	}
	if len(attributes) == 0 {
		r.warn(a.element.transform, "RemoveAttributes finds no attributes to remove")
	}
	return nil
}

// named are the attributes that the arguments name, in the order of the
// element; without arguments all. Ours and declarations are never meant.
func (r *run) named(a *action, n *xmltree.Node) []*xmltree.Attribute {
	var all []*xmltree.Attribute
	for _, attribute := range n.Attributes() {
		if !attribute.IsNamespace() && attribute.URI() != Namespace {
			all = append(all, attribute)
		}
	}
	if len(a.call.arguments) == 0 {
		return all
	}
	for _, argument := range a.call.arguments {
		if !slices.ContainsFunc(all, func(x *xmltree.Attribute) bool { return meant(argument, x) }) {
			r.warn(a.element.transform, "argument %q of %s matches no attribute", argument, a.call.name)
		}
	}
	return slices.DeleteFunc(all, func(x *xmltree.Attribute) bool {
		return !slices.ContainsFunc(a.call.arguments, func(argument string) bool { return meant(argument, x) })
	})
}

func meant(argument string, a *xmltree.Attribute) bool {
	return argument == "*" || argument == a.Name()
}

// set gives the target an attribute like that of the transform file.
func (r *run) set(n *xmltree.Node, from *xmltree.Attribute) {
	uri, name := from.URI(), from.Name()
	there := n.Attribute(name)
	if uri != "" {
		there = n.AttributeNS(uri, from.Local())
	}
	if there != nil {
		if value := from.Value(); there.Value() != value {
			there.SetValue(value)
			r.indexChanged(n.Parent(), uri, from.Local())
		}
		return
	}
	r.keepSpacing(n)
	if uri != "" {
		prefix, declared := prefixFor(n, uri, from.Prefix())
		if !declared {
			n.AddAttribute(" ", "xmlns:"+prefix, uri)
		}
		name = prefix + ":" + from.Local()
	}
	n.AddAttribute(" ", name, from.Value())
	r.indexChanged(n.Parent(), uri, from.Local())
}
