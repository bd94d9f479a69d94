package xmlfile

import (
	"strings"

	"slipway/pipelines/configfiles/fill"
	"slipway/pipelines/configfiles/xmltree"
)

// writer writes a document with every element, comment and instruction on a
// line of its own. As soon as an element holds text, what follows in it is no
// longer laid out: white space would become part of the text.
type writer struct {
	out     []byte
	newline string
	begun   bool // the first line is taken
	level   int
	mixed   bool   // the open element holds text
	outer   []bool // mixed of the elements around it
	content int    // where the content of the last start tag begins
}

// maxWritten bounds what a file may grow to: a small one of many deep elements
// would become gigabytes of indentation.
const maxWritten = fill.MaxBytes

var blanks = strings.Repeat("  ", fill.MaxDepth+1)

// document writes all but the declaration.
func (w *writer) document(d *xmltree.Document) {
	w.begun = d.Declaration() != nil
	for n := d.Root().First(); n != nil; n = n.Next() {
		if n.Kind() != xmltree.Declaration {
			w.tree(n)
		}
	}
}

// tree writes a node and all below it, unless that becomes too much.
func (w *writer) tree(top *xmltree.Node) {
	for at := top; len(w.out) <= maxWritten; {
		w.start(at)
		if at.First() != nil {
			at = at.First()
			continue
		}
		w.end(at)
		for at != top && at.Next() == nil {
			at = at.Parent()
			w.end(at)
		}
		if at == top {
			return
		}
		at = at.Next()
	}
}

func (w *writer) start(n *xmltree.Node) {
	switch n.Kind() {
	case xmltree.Element:
		w.line()
		w.startTag(n)
	case xmltree.Text:
		if n.Raw() != "" {
			w.mixed = true
			w.write(plainText(n.Raw(), w.newline))
		}
	case xmltree.CData:
		w.mixed = true
		w.write("<![CDATA[", w.lines(n.Raw()), "]]>")
	case xmltree.Comment:
		w.line()
		w.write("<!--", w.lines(n.Raw()), "-->")
	case xmltree.Instruction:
		w.line()
		w.write("<?", n.Name())
		if text := strings.TrimLeft(n.Raw(), " \t\r\n"); text != "" {
			w.write(" ", w.lines(text))
		}
		w.write("?>")
	case xmltree.Doctype:
		w.line()
		w.write("<!DOCTYPE", w.lines(n.Raw()), ">")
	}
}

func (w *writer) startTag(n *xmltree.Node) {
	w.write("<", n.Name())
	for a := range n.EachAttribute() {
		w.write(" ", a.Name(), `="`, plainAttribute(a.Raw()), `"`)
	}
	if n.SelfClosed() {
		w.write(" />")
		return
	}
	w.write(">")
	w.content = len(w.out)
	w.level++
	w.outer = append(w.outer, w.mixed)
}

func (w *writer) end(n *xmltree.Node) {
	if n.Kind() != xmltree.Element || n.SelfClosed() {
		return
	}
	w.level--
	if len(w.out) > w.content {
		w.line()
	}
	w.write("</", n.Name(), ">")
	w.mixed = w.outer[len(w.outer)-1]
	w.outer = w.outer[:len(w.outer)-1]
}

// line begins a new line where that changes no text.
func (w *writer) line() {
	if w.begun && !w.mixed {
		w.write(w.newline, blanks[:2*w.level])
	}
	w.begun = true
}

func (w *writer) write(texts ...string) {
	for _, text := range texts {
		w.out = append(w.out, text...)
	}
}

// lines ends the lines of a text as those of the file.
func (w *writer) lines(text string) string {
	if !strings.ContainsAny(text, "\r\n") {
		return text
	}
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	return strings.ReplaceAll(text, "\n", w.newline)
}
