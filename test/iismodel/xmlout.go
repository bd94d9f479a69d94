package iismodel

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// element is a piece of appcmd's output and input.
type element struct {
	name  string
	attrs [][2]string
	kids  []*element
}

func (e *element) attr(name string) string {
	for _, a := range e.attrs {
		if equal(a[0], name) {
			return a[1]
		}
	}
	return ""
}

func (e *element) set(name, value string) *element {
	e.attrs = append(e.attrs, [2]string{name, value})
	return e
}

func (e *element) add(kid *element) *element {
	e.kids = append(e.kids, kid)
	return kid
}

// document writes a result set as appcmd does: four blanks a level, and a blank
// before the end of an empty element.
func document(root *element) string {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n")
	root.write(&b, 0)
	return b.String()
}

func (e *element) write(b *strings.Builder, depth int) {
	indent := strings.Repeat("    ", depth)
	b.WriteString(indent + "<" + e.name)
	for _, a := range e.attrs {
		b.WriteString(" " + a[0] + `="` + escaper.Replace(a[1]) + `"`)
	}
	if len(e.kids) == 0 && depth > 0 {
		b.WriteString(" />\r\n")
		return
	}
	b.WriteString(">\r\n")
	for _, k := range e.kids {
		k.write(b, depth+1)
	}
	b.WriteString(indent + "</" + e.name + ">\r\n")
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\r", "&#xD;", "\n", "&#xA;", "\t", "&#x9;")

// read reads a result set from stdin.
func read(text string) (*element, error) {
	d := xml.NewDecoder(strings.NewReader(text))
	root := &element{}
	open := []*element{root}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, refuse("input that is no XML: %v", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			e := open[len(open)-1].add(&element{name: t.Name.Local})
			for _, a := range t.Attr {
				e.set(a.Name.Local, a.Value)
			}
			open = append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if strings.TrimSpace(string(t)) != "" {
				return nil, refuse("text in the input")
			}
		}
	}
	if len(root.kids) != 1 || root.kids[0].name != "appcmd" {
		return nil, refuse("input that is no <appcmd>")
	}
	return root.kids[0], nil
}
