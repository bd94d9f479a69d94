package packagefile

import "strings"

const (
	escaped  = `%<>:"/\|?@`
	hexUpper = "0123456789ABCDEF"
)

// EscapeName makes an id or a version fit for one file or folder name: the
// signs that some file system or the cache form keeps for itself are
// percent-encoded, everything else (a plus sign, too) stays.
func EscapeName(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if strings.IndexByte(escaped, s[i]) < 0 {
			b.WriteByte(s[i])
			continue
		}
		writeEscaped(&b, s[i])
	}
	return b.String()
}

// UnescapeName undoes EscapeName and every other percent-encoding; a percent
// sign that encodes nothing stays.
func UnescapeName(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			high, low := fromHex(s[i+1]), fromHex(s[i+2])
			if high >= 0 && low >= 0 {
				b.WriteByte(byte(high<<4 | low))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// escapePart encodes a path the way NuGet names the parts of its packages:
// all but letters, digits and `-_.~`, the slashes between folders excepted.
func escapePart(name string) string {
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		if isASCIIAlphanumeric(c) || strings.IndexByte("-_.~/", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		writeEscaped(&b, c)
	}
	return b.String()
}

func writeEscaped(b *strings.Builder, c byte) {
	b.WriteByte('%')
	b.WriteByte(hexUpper[c>>4])
	b.WriteByte(hexUpper[c&15])
}

func fromHex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

func isASCIIAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
