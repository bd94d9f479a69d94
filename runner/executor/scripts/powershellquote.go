package scripts

import "strings"

// QuotePowerShell writes a text as a literal in single quotes, in which PowerShell
// looks at nothing but the quote itself. It takes four typographic characters for
// that quote as well, so these are doubled too: two of them in a row are the
// second of them. A zero byte, which no path has, is left out.
func QuotePowerShell(text string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range strings.ToValidUTF8(text, "\uFFFD") {
		if r == 0 {
			continue
		}
		if isSingleQuote(r) {
			b.WriteRune(r)
		}
		b.WriteRune(r)
	}
	b.WriteByte('\'')
	return b.String()
}

func isSingleQuote(r rune) bool {
	return r == '\'' || r >= '\u2018' && r <= '\u201B'
}

func isDoubleQuote(r rune) bool {
	return r == '"' || r >= '\u201C' && r <= '\u201E'
}
