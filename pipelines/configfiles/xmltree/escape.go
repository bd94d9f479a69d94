package xmltree

import "strings"

var textEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r\n", "\n", "\r", "&#xD;")

// EscapeText writes text so that it means itself between tags; a line end is
// one line feed to every reader.
func EscapeText(text string) string { return textEscapes.Replace(text) }

var attributeEscapes = map[byte]*strings.Replacer{
	'"':  strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\t", "&#x9;", "\n", "&#xA;", "\r", "&#xD;"),
	'\'': strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "'", "&apos;", "\t", "&#x9;", "\n", "&#xA;", "\r", "&#xD;"),
}

// EscapeAttribute writes value so that it means itself between such quotes.
func EscapeAttribute(value string, quote byte) string { return attributeEscapes[quote].Replace(value) }

// escapeCData closes and opens the section again around a ]]> in it.
func escapeCData(text string) string { return strings.ReplaceAll(text, "]]>", "]]]]><![CDATA[>") }

// escapeComment parts two hyphens by a blank; there is no way to write them.
func escapeComment(text string) string {
	for strings.Contains(text, "--") {
		text = strings.ReplaceAll(text, "--", "- -")
	}
	if strings.HasSuffix(text, "-") {
		text += " "
	}
	return text
}

// escapeInstruction parts ?> by a blank, and puts one before the text.
func escapeInstruction(text string) string {
	if text == "" {
		return ""
	}
	return " " + strings.ReplaceAll(text, "?>", "? >")
}
