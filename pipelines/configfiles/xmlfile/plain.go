package xmlfile

import (
	"strings"

	"slipway/pipelines/configfiles/xmltree"
)

// plainText writes a text in the usual way: characters as themselves where they
// can be, line ends as those of the file. References to the file's own
// entities, and to characters that would be lost, stay.
func plainText(raw, newline string) string {
	if !strings.ContainsAny(raw, "&>\r\n") {
		return raw
	}
	return plain(raw, func(text string) string {
		return strings.ReplaceAll(xmltree.EscapeText(text), "\n", newline)
	}, false)
}

// plainAttribute writes a value in the usual way, to stand between double
// quotes. Line breaks in it stay what they were.
func plainAttribute(raw string) string {
	if !strings.ContainsAny(raw, "&>\"\r\n\t") {
		return raw
	}
	return plain(raw, func(text string) string { return xmltree.EscapeAttribute(text, '"') }, true)
}

// plain cuts raw into pieces that can be decoded and escaped again, and pieces
// that stay: references to entities, and in attributes written white space.
func plain(raw string, escape func(string) string, attribute bool) string {
	var out strings.Builder
	piece := 0 // where the text that is not written yet begins
	for i := 0; i < len(raw); {
		size := kept(raw[i:], attribute)
		if size == 0 {
			i++
			continue
		}
		out.WriteString(escape(xmltree.Unescape(raw[piece:i])))
		out.WriteString(raw[i : i+size])
		i += size
		piece = i
	}
	out.WriteString(escape(xmltree.Unescape(raw[piece:])))
	return out.String()
}

// kept is the length of what stays as written at the start of s, 0 for nothing.
func kept(s string, attribute bool) int {
	switch s[0] {
	case '\r', '\n', '\t':
		if attribute {
			return 1
		}
	case '&':
		end := strings.IndexByte(s, ';')
		if end > 0 && xmltree.Unescape(s[:end+1]) == s[:end+1] {
			return end + 1
		}
	}
	return 0
}
