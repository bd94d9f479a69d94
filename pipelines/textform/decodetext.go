package textform

import (
	"path"
	"reflect"
	"strings"
	"unicode/utf8"
)

// text reads a text that may be kept in a file of its own, `{ file: start.sh }`,
// beside the file that names it. Its bytes are taken as they are.
func (d *decoder) text(v reflect.Value, n *node, at string) {
	if n.kind != mapping {
		d.string(v, n, at)
		return
	}
	e := n.entry("file")
	if e == nil || len(n.entries) > 1 {
		d.problem(n.at, at, "a text is wanted here, or `{ file: name }` with the name of a file that holds it")
		return
	}
	if e.value.kind != text || e.value.text == "" {
		d.unfit(e.value, at+".file", "the name of a file")
		return
	}
	content, refusal := d.content(e.value.text)
	if refusal != "" {
		d.problem(e.value.at, at+".file", "%s", refusal)
		return
	}
	v.SetString(content)
	d.files[at] = path.Join(path.Dir(d.file), e.value.text)
}

func (d *decoder) content(name string) (content, refusal string) {
	if path.IsAbs(name) || strings.Contains(name, `\`) {
		return "", "the file " + quote(name) + " is named from this file's folder, with `/` between folders: no absolute path, no backslash"
	}
	full := path.Join(path.Dir(d.file), name)
	if full == ".." || strings.HasPrefix(full, "../") {
		return "", "the file " + quote(name) + " is outside the folder: put it beside this file"
	}
	if d.read == nil {
		return "", "other files cannot be read here: write the text itself"
	}
	b, err := d.read(full)
	if err != nil {
		return "", err.Error()
	}
	if !utf8.Valid(b) {
		return "", "the file " + quote(full) + " is not text in UTF-8"
	}
	return string(b), ""
}
