package textform

import (
	"fmt"
	"strings"
	"unicode"
)

// plain says whether a text may stand without quotes. It is narrower than YAML
// allows, so that no reader of YAML takes it for anything else.
func plain(s string, inBrackets bool) bool {
	if s == "" || !isLetter(s[0]) && !strings.ContainsRune("/$", rune(s[0])) {
		return false
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case isLetter(c), '0' <= c && c <= '9', strings.IndexByte("_./@$+()=-;", c) >= 0:
		case c == ' ' && i < len(s)-1:
		case c == ',' && !inBrackets && i < len(s)-1:
		default:
			return false
		}
	}
	return !taken[strings.ToLower(s)]
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// taken are words that some version of YAML reads as something else.
var taken = map[string]bool{
	"true": true, "false": true, "yes": true, "no": true, "on": true, "off": true,
	"y": true, "n": true, "null": true, "nan": true, "inf": true,
}

// literal says whether a text can be written line by line below a `|`: its
// first line must show the indentation, and no line may end in spaces, which
// nobody would see.
func literal(s string) bool {
	body := strings.TrimSuffix(s, "\n")
	if !strings.Contains(s, "\n") || body == "" || strings.HasSuffix(body, "\n") {
		return false
	}
	if body[0] == ' ' || body[0] == '\n' {
		return false
	}
	for l := range strings.SplitSeq(body, "\n") {
		if strings.HasSuffix(l, " ") || strings.ContainsFunc(l, unprintable) || strings.HasPrefix(l, "\t") || strings.HasSuffix(l, "\t") {
			return false
		}
	}
	return true
}

func unprintable(r rune) bool {
	return r != '\t' && (!unicode.IsPrint(r) || r == '\ufeff' || r == unicode.ReplacementChar)
}

// quoted writes any text between double quotes.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r > 0xffff && unprintable(r):
			fmt.Fprintf(&b, `\U%08X`, r)
		case unprintable(r):
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
