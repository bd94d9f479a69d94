package xmltree

import (
	"strings"

	"slipway/pipelines/configfiles/fill"
)

func (p *parser) startTag() error {
	start := p.pos
	i := nameEnd(p.s, start+1)
	name := p.s[start+1 : i]
	local, ok := localStart(name)
	if name == "" || !ok {
		return p.fail(start+1, "after < comes a name; a single < is written &lt;")
	}
	if p.outside() && p.doc.Element() != nil {
		return p.fail(start+1, "there is a second outermost element")
	}
	if p.depth++; p.depth > fill.MaxDepth {
		return p.fail(start+1, "elements are nested deeper than %d", fill.MaxDepth)
	}
	n := p.newNode()
	*n = Node{kind: Element, doc: p.doc, name: name, local: local, offset: int32(start)}
	p.at.link(n, nil)
	i, err := p.attributes(n, i)
	if err != nil {
		return err
	}
	if err := p.checkPrefixes(n); err != nil {
		return err
	}
	if p.s[i] == '/' {
		n.selfClosed = true
		p.close(n)
		p.pos = i + 2
		return nil
	}
	p.at, p.pos = n, i+1
	return nil
}

// attributes reads up to the > or /> and gives its place.
func (p *parser) attributes(n *Node, i int) (int, error) {
	var last *Attribute
	for count := 0; ; count++ {
		after := skipSpace(p.s, i)
		space := p.s[i:after]
		if after >= len(p.s) {
			return 0, p.fail(len(p.s), "the file ends inside tag <%s>", short(n.name))
		}
		if p.s[after] == '>' || strings.HasPrefix(p.s[after:], "/>") {
			n.tail = space
			return after, nil
		}
		if space == "" {
			return 0, p.fail(after, "in tag <%s> white space is missing here", short(n.name))
		}
		if count >= maxAttributes {
			return 0, p.fail(after, "<%s> has more than %d attributes", short(n.name), maxAttributes)
		}
		a, end, err := p.attribute(n, after)
		if err != nil {
			return 0, err
		}
		a.space = space
		if last == nil {
			n.attr = a
		} else {
			last.next = a
		}
		last, i = a, end
		if a.IsNamespace() {
			if err := p.bind(a); err != nil {
				return 0, err
			}
		}
	}
}

// repeated reports that n has the attribute already. Past the first few a map
// answers, so that a thousand attributes are no trap.
func (p *parser) repeated(n *Node, name string) bool {
	count := 0
	for a := n.attr; a != nil && count < 16; a = a.next {
		if a.name == name {
			return true
		}
		count++
	}
	if count < 16 {
		return false
	}
	if p.names == nil {
		p.names = map[string]*Node{}
	}
	if p.names[name] == n {
		return true
	}
	p.names[name] = n
	return false
}

func (p *parser) attribute(n *Node, i int) (*Attribute, int, error) {
	end := nameEnd(p.s, i)
	name := p.s[i:end]
	local, ok := localStart(name)
	if name == "" || !ok {
		return nil, 0, p.fail(i, "in tag <%s> the name of an attribute is expected", short(n.name))
	}
	if p.repeated(n, name) {
		return nil, 0, p.fail(i, "attribute %s stands twice on <%s>", short(name), short(n.name))
	}
	equals := skipSpace(p.s, end)
	if equals >= len(p.s) || p.s[equals] != '=' {
		return nil, 0, p.fail(equals, "attribute %s needs = and a value in quotes", short(name))
	}
	open := skipSpace(p.s, equals+1)
	if open >= len(p.s) || p.s[open] != '"' && p.s[open] != '\'' {
		return nil, 0, p.fail(open, "the value of attribute %s needs quotes", short(name))
	}
	size := strings.IndexByte(p.s[open+1:], p.s[open])
	if size < 0 {
		return nil, 0, p.fail(len(p.s), "the file ends inside the value of attribute %s", short(name))
	}
	raw := p.s[open+1 : open+1+size]
	if lt := strings.IndexByte(raw, '<'); lt >= 0 {
		return nil, 0, p.fail(open+1+lt, "in the value of attribute %s < is written &lt;", short(name))
	}
	if err := p.references(raw, open+1); err != nil {
		return nil, 0, err
	}
	a := p.newAttribute()
	*a = Attribute{owner: n, name: name, local: local, raw: raw, quote: p.s[open], equals: p.s[end:open], offset: int32(i)}
	return a, open + size + 2, nil
}

// bind notes a declared prefix for as long as its element is open.
func (p *parser) bind(a *Attribute) error {
	if a.name == "xmlns" {
		return nil
	}
	prefix := a.Local()
	if prefix == "xmlns" || a.raw == "" {
		return p.fail(int(a.offset), "prefix %s cannot be declared so", short(prefix))
	}
	if p.bound == nil {
		p.bound = map[string][]string{}
	}
	p.bound[prefix] = append(p.bound[prefix], a.Value())
	return nil
}

// checkPrefixes refuses prefixes nobody declared, and two attributes that are
// the same one by different prefixes.
func (p *parser) checkPrefixes(n *Node) error {
	if n.local > 0 {
		if _, ok := p.meaning(n.Prefix()); !ok {
			return p.fail(int(n.offset)+1, "prefix %s is not declared", short(n.Prefix()))
		}
	}
	var seen map[string]bool
	for a := n.attr; a != nil; a = a.next {
		if a.local == 0 || a.IsNamespace() {
			continue
		}
		uri, ok := p.meaning(a.Prefix())
		if !ok {
			return p.fail(int(a.offset), "prefix %s is not declared", short(a.Prefix()))
		}
		if a.next == nil && seen == nil {
			continue // the only one with a prefix, most of the time
		}
		if seen == nil {
			seen = map[string]bool{}
		}
		key := uri + " " + a.Local()
		if seen[key] {
			return p.fail(int(a.offset), "attribute %s stands twice on <%s>", short(a.name), short(n.name))
		}
		seen[key] = true
	}
	return nil
}

// meaning is the namespace of a prefix at this place; false if nobody declared
// it.
func (p *parser) meaning(prefix string) (string, bool) {
	if prefix == "xml" {
		return xmlURI, true
	}
	if uris := p.bound[prefix]; len(uris) > 0 {
		return uris[len(uris)-1], true
	}
	if p.scope == nil {
		return "", false
	}
	return p.scope.Namespace(prefix)
}

func (p *parser) endTag() error {
	start := p.pos + 2
	i := nameEnd(p.s, start)
	name := p.s[start:i]
	if p.outside() || p.at == p.top {
		return p.fail(start, "</%s> closes nothing", short(name))
	}
	if name != p.at.name {
		line, _ := p.at.Place()
		return p.fail(start, "</%s> does not close <%s> of line %d", short(name), short(p.at.name), line)
	}
	end := skipSpace(p.s, i)
	if end >= len(p.s) || p.s[end] != '>' {
		return p.fail(end, "tag </%s> needs its >", short(name))
	}
	p.at.endTail = p.s[i:end]
	p.close(p.at)
	p.at, p.pos = p.at.parent, end+1
	return nil
}

// close ends the scope of an element's declarations.
func (p *parser) close(n *Node) {
	p.depth--
	if len(p.bound) == 0 {
		return
	}
	for a := n.attr; a != nil; a = a.next {
		if a.IsNamespace() && a.local > 0 {
			p.bound[a.Local()] = p.bound[a.Local()][:len(p.bound[a.Local()])-1]
		}
	}
}
