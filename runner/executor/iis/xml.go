package iis

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// What is read of a program's output at most. A host with a thousand sites
// prints some 5 MB.
const (
	mostOutput   = 32 << 20
	mostElements = 500_000
	mostDepth    = 64
)

// element is one of appcmd's output. Text between elements means nothing there.
type element struct {
	Name     string
	Attrs    []xml.Attr
	Children []*element
}

// attr is an attribute's value, "" without it. Names count without regard to
// case, as they do for appcmd itself.
func (e *element) attr(name string) string {
	value, _ := e.lookup(name)
	return value
}

func (e *element) lookup(name string) (string, bool) {
	for _, a := range e.Attrs {
		if strings.EqualFold(a.Name.Local, name) {
			return a.Value, true
		}
	}
	return "", false
}

// all are the children of a name.
func (e *element) all(name string) []*element {
	var found []*element
	for _, c := range e.Children {
		if strings.EqualFold(c.Name, name) {
			found = append(found, c)
		}
	}
	return found
}

// first is the first child of a name, an empty element without one.
func (e *element) first(name string) *element {
	if found := e.all(name); len(found) > 0 {
		return found[0]
	}
	return &element{Name: name}
}

// parse reads appcmd's output: one element <appcmd>.
func parse(text string) (*element, error) {
	if len(text) > mostOutput {
		return nil, fmt.Errorf("it is longer than %d MB", mostOutput>>20)
	}
	text = strings.TrimPrefix(text, "\uFEFF")
	// Whatever is printed before the document is none of it.
	if at := strings.Index(text, "<"); at > 0 {
		text = text[at:]
	}
	d := xml.NewDecoder(strings.NewReader(text))
	// The output has been made UTF-8 before, whatever its first line says.
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	root := &element{}
	open := []*element{root}
	for count := 0; ; count++ {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(open) > mostDepth || count > mostElements {
				return nil, errors.New("it is nested too deeply or too long")
			}
			e := &element{Name: t.Name.Local, Attrs: t.Copy().Attr}
			parent := open[len(open)-1]
			parent.Children = append(parent.Children, e)
			open = append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		}
	}
	if len(root.Children) != 1 || !strings.EqualFold(root.Children[0].Name, "appcmd") {
		return nil, errors.New("it is no answer of appcmd")
	}
	return root.Children[0], nil
}

// listing makes an element of what a `list … /xml` answered. appcmd ends with
// exit code 1 where nothing matches, and prints an empty list or nothing.
func listing(out string, err error) (*element, error) {
	if err != nil && !exited(err) {
		return nil, err
	}
	if strings.TrimSpace(out) == "" {
		if err != nil && exitCode(err) != 1 {
			return nil, err
		}
		return &element{Name: "appcmd"}, nil
	}
	root, bad := parse(out)
	if bad != nil {
		if strings.Contains(out, "<") {
			out = "" // part of a list, which may show a password
		}
		if err != nil {
			return nil, withWords(err, out)
		}
		return nil, fmt.Errorf("appcmd's answer cannot be read: %w", bad)
	}
	if complaints := root.all("ERROR"); len(complaints) > 0 {
		return nil, errors.New("appcmd: " + strings.TrimSpace(complaints[0].attr("message")))
	}
	if err != nil && len(root.Children) > 0 {
		return nil, withWords(err, "")
	}
	return root, nil
}
