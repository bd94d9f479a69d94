// Package excerpt shortens texts that somebody else wrote, so that none of them
// fills a page, an error or an entry of the audit log.
//
// It does not make them harmless: what steers a terminal or turns a line around is
// left in.
//
// The idea to know: whoever cuts bytes may cut through the middle of a letter, and
// what is left is no text any more. So the cutting is done here alone.
package excerpt

import (
	"strings"
	"unicode/utf8"
)

// Of is the text, or of one that has more than so many bytes the beginning, with a
// sign that more was there. Bytes that are no UTF-8 are left out.
func Of(text string, most int) string {
	if len(text) <= most {
		return strings.ToValidUTF8(text, "")
	}
	for end := most; end > max(0, most-utf8.UTFMax); end-- {
		if utf8.RuneStart(text[end]) {
			most = end
			break
		}
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// Letters is the text in at most so many letters; of a longer one the last is the
// sign that more was there.
func Letters(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}
