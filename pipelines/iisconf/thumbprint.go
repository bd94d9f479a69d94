package iisconf

import (
	"fmt"
	"strings"
	"unicode"
)

// sha1Digits are the digits of a thumbprint; IIS knows certificates by no other.
const sha1Digits = 40

// CleanThumbprint makes of a thumbprint what IIS calls it: 40 upper-case hex
// digits. Copied from Windows's certificate window it has blanks between, and
// in front a character that nobody sees.
func CleanThumbprint(text string) (string, error) {
	var out strings.Builder
	for _, c := range text {
		switch {
		case '0' <= c && c <= '9', 'A' <= c && c <= 'F':
			out.WriteRune(c)
		case 'a' <= c && c <= 'f':
			out.WriteRune(c - 'a' + 'A')
		case unicode.IsSpace(c), unicode.In(c, unicode.Cf, unicode.Cc, unicode.Zs), c == ':', c == '-':
		default:
			return "", fmt.Errorf("thumbprint %q has %q in it: a thumbprint is 40 hexadecimal digits", text, c)
		}
	}
	switch n := out.Len(); n {
	case sha1Digits:
		return out.String(), nil
	case 64:
		return "", fmt.Errorf("thumbprint %q is made with SHA-256: IIS wants the one of SHA-1, with 40 digits", text)
	default:
		return "", fmt.Errorf("thumbprint %q has %d hexadecimal digits: it needs 40", text, n)
	}
}
