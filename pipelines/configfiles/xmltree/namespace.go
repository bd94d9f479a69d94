package xmltree

// The namespaces that are bound without being declared.
const (
	xmlURI   = "http://www.w3.org/XML/1998/namespace"
	xmlnsURI = "http://www.w3.org/2000/xmlns/"
)

// IsNamespace reports a namespace declaration: xmlns or xmlns:p.
func (a *Attribute) IsNamespace() bool {
	return a.name == "xmlns" || len(a.name) > 6 && a.name[:6] == "xmlns:"
}

// URI is the namespace of an element's name, "" for none.
func (n *Node) URI() string {
	if n.kind != Element {
		return ""
	}
	uri, _ := n.Namespace(n.Prefix())
	return uri
}

// URI is the namespace of an attribute's name; without a prefix it has none.
func (a *Attribute) URI() string {
	switch {
	case a.IsNamespace():
		return xmlnsURI
	case a.local == 0:
		return ""
	}
	if a.owner == nil {
		return ""
	}
	uri, _ := a.owner.Namespace(a.Prefix())
	return uri
}

// Namespace is what a prefix means at this place ("" is the default
// namespace); false if nobody declared it.
func (n *Node) Namespace(prefix string) (string, bool) {
	uri, ok, _ := n.namespace(prefix)
	return uri, ok
}

// namespace also says how much there was to look at.
func (n *Node) namespace(prefix string) (uri string, ok bool, looked int) {
	switch prefix {
	case "xml":
		return xmlURI, true, 0
	case "xmlns":
		return xmlnsURI, true, 0
	}
	for at := n; at != nil; at = at.parent {
		looked++
		for a := at.attr; a != nil; a = a.next {
			looked++
			if a.declares(prefix) {
				return a.Value(), true, looked
			}
		}
	}
	return "", prefix == "", looked
}

// declares reports the declaration of a prefix.
func (a *Attribute) declares(prefix string) bool {
	if prefix == "" {
		return a.name == "xmlns"
	}
	return len(a.name) == 6+len(prefix) && a.name[:6] == "xmlns:" && a.name[6:] == prefix
}
