package xmltree

import (
	"fmt"
	"strings"

	"slipway/pipelines/configfiles/textfile"
)

// Encode is the document as the bytes of the file it was read from. Characters
// that the file's encoding lacks become references like &#x4F60; where they
// cannot, as in comments, the file becomes UTF-8 and its declaration says so.
func (d *Document) Encode(file textfile.File) []byte {
	text := d.String()
	if file.Holds(text) {
		b, _ := file.Encode(text)
		return b
	}
	d.refer(file)
	text = d.String()
	if !file.Holds(text) {
		d.declareUTF8()
		text = d.String()
	}
	b, _ := file.Encode(text)
	return b
}

// refer writes the characters that the file lacks as references, in texts and
// attributes.
func (d *Document) refer(file textfile.File) {
	for n := d.root.first; n != nil; n = n.Following(&d.root) {
		if n.kind == Text {
			n.raw = referred(n.raw, file)
		}
		for a := n.attr; a != nil; a = a.next {
			a.raw = referred(a.raw, file)
		}
	}
}

func referred(raw string, file textfile.File) string {
	if file.Holds(raw) {
		return raw
	}
	var b strings.Builder
	for _, r := range raw {
		if file.Holds(string(r)) {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, "&#x%X;", r)
	}
	return b.String()
}

// declareUTF8 puts utf-8 where the declaration names another encoding.
func (d *Document) declareUTF8() {
	declaration := d.Declaration()
	if was := declaration.Pseudo("encoding"); was != "" {
		at := strings.Index(declaration.raw, "encoding")
		declaration.raw = declaration.raw[:at] + strings.Replace(declaration.raw[at:], was, "utf-8", 1)
	}
}
