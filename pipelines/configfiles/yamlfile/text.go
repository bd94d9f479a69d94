package yamlfile

import "strings"

// escapes are the characters that a backslash in double quotes stands before.
var escapes = map[byte]string{
	'0': "\x00", 'a': "\a", 'b': "\b", 't': "\t", '\t': "\t", 'n': "\n", 'v': "\v", 'f': "\f", 'r': "\r",
	'e': "\x1b", ' ': " ", '"': "\"", '/': "/", '\\': "\\",
	'N': "\u0085", '_': "\u00a0", 'L': "\u2028", 'P': "\u2029",
}

func escapeDigits(c byte) int {
	switch c {
	case 'x':
		return 2
	case 'u':
		return 4
	case 'U':
		return 8
	}
	return 0
}

func hex(digits string) (rune, bool) {
	var r uint32
	for i := range len(digits) {
		c := digits[i]
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | uint32(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | uint32(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return rune(r & 0x7fffffff), r <= 0x7fffffff
}

// value is the text that a scalar means.
func (t token) value(text string) string {
	raw := text[t.start.off:t.end.off]
	switch t.style {
	case plain:
		return unfold(raw, plain)
	case single, double:
		return unfold(raw[1:len(raw)-1], t.style)
	}
	return t.body.value(text, t.style)
}

// unfold reads a scalar that is written in the line: one break is a space, of
// several breaks one is lost.
func unfold(raw string, s style) string {
	special := "\r\n"
	switch s {
	case single:
		special = "\r\n'"
	case double:
		special = "\r\n\\"
	}
	if !strings.ContainsAny(raw, special) {
		return raw
	}
	out := make([]byte, 0, len(raw))
	kept := 0 // blanks behind this are lost if a break follows
	for i := 0; i < len(raw); {
		c := raw[i]
		switch {
		case isBreak(c):
			breaks, n := skipBreaks(raw[i:])
			out = out[:kept]
			if breaks == 1 {
				out = append(out, ' ')
			}
			out = append(out, strings.Repeat("\n", breaks-1)...)
			kept = len(out)
			i += n
			continue
		case c == '\'' && s == single:
			i++
		case c == '\\' && s == double:
			var n int
			out, n = appendEscape(out, raw[i:])
			kept = len(out)
			i += n
			continue
		}
		out = append(out, c)
		if !isBlank(c) {
			kept = len(out)
		}
		i++
	}
	return string(out)
}

// skipBreaks counts the breaks that text begins with and the bytes up to what
// follows, the blanks between them included.
func skipBreaks(text string) (breaks, n int) {
	for n < len(text) {
		if b := breakAt(text, n); b > 0 {
			breaks++
			n += b
			continue
		}
		if !isBlank(text[n]) {
			break
		}
		n++
	}
	return breaks, n
}

// appendEscape adds what the escape at the beginning of raw means.
func appendEscape(out []byte, raw string) ([]byte, int) {
	c := raw[1]
	if digits := escapeDigits(c); digits > 0 {
		r, _ := hex(raw[2 : 2+digits])
		return append(out, string(r)...), 2 + digits
	}
	if isBreak(c) {
		breaks, n := skipBreaks(raw[1:])
		return append(out, strings.Repeat("\n", breaks-1)...), 1 + n
	}
	return append(out, escapes[c]...), 2
}

// value reads a literal or folded scalar.
func (b *blockBody) value(text string, s style) string {
	var out strings.Builder
	breaks := 0                // since the last line with text
	first, deep := true, false // deep: the last line began with a blank
	for i := b.start; i < b.after; {
		spaces := min(spacesAt(text, i), b.indent)
		end := i + spaces
		for end < b.after && !isBreak(text[end]) {
			end++
		}
		line := text[i+spaces : end]
		n := breakAt(text, end)
		if line != "" {
			nowDeep := isBlank(line[0])
			writeBreaks(&out, breaks, s == folded && !first && !deep && !nowDeep)
			out.WriteString(line)
			first, deep, breaks = false, nowDeep, 0
		}
		if n > 0 {
			breaks++
		}
		i = end + n
		if n == 0 {
			break
		}
	}
	switch {
	case b.chomp == '-', first && b.chomp == 0:
		breaks = 0
	case b.chomp == 0:
		breaks = min(breaks, 1)
	}
	writeBreaks(&out, breaks, false)
	return out.String()
}

func writeBreaks(out *strings.Builder, breaks int, fold bool) {
	if fold && breaks == 1 {
		out.WriteByte(' ')
		return
	}
	if fold {
		breaks--
	}
	for range breaks {
		out.WriteByte('\n')
	}
}
