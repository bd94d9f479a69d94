package octostache

import (
	"regexp"
	"strings"
	"unicode/utf16"
)

var (
	htmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;", "/", "&#x2F;")
	xmlEscapes  = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;")
	jsonEscapes = strings.NewReplacer(`"`, `\"`, `\`, `\\`, "\r", `\r`, "\n", `\n`, "\t", `\t`)
)

var lineEnds = regexp.MustCompile(`(\r?\n)+`)

// yamlSingleQuoted doubles quotes, and lengthens each run of line ends by one,
// because YAML folds the first of a run into a space.
func yamlSingleQuoted(s string) string {
	longer := lineEnds.ReplaceAllStringFunc(s, func(run string) string {
		first, _, _ := strings.Cut(run, "\n")
		return first + "\n" + run
	})
	return strings.ReplaceAll(longer, "'", "''")
}

func yamlDoubleQuoted(s string) string {
	return escapeUnits(s, func(c uint16, _ int) string {
		switch c {
		case '\r':
			return `\r`
		case '\n':
			return `\n`
		case '\t':
			return `\t`
		case '\\':
			return `\\`
		case '"':
			return `\"`
		}
		if c < 0x20 || c > 0x7e {
			return unicodeEscape(c)
		}
		return ""
	})
}

func propertiesKey(s string) string {
	return escapeUnits(s, func(c uint16, _ int) string {
		if c == ' ' || c == ':' || c == '=' {
			return `\` + string(rune(c))
		}
		return propertiesEscape(c)
	})
}

func propertiesValue(s string) string {
	return escapeUnits(s, func(c uint16, at int) string {
		if c == ' ' && at == 0 {
			return `\ `
		}
		return propertiesEscape(c)
	})
}

func propertiesEscape(c uint16) string {
	switch c {
	case '\\':
		return `\\`
	case '\r':
		return `\r`
	case '\n':
		return `\n`
	case '\t':
		return `\t`
	}
	if c >= 0xff {
		return unicodeEscape(c)
	}
	return ""
}

// escapeUnits replaces UTF-16 code units for which there is an escape.
func escapeUnits(s string, escape func(c uint16, at int) string) string {
	var b strings.Builder
	at := 0
	for _, r := range s {
		first, second := utf16.EncodeRune(r)
		if r < 0x10000 {
			first = r
		}
		switch e := escape(uint16(first), at); {
		case e == "":
			b.WriteRune(r)
		case r < 0x10000:
			b.WriteString(e)
		default:
			b.WriteString(e + escape(uint16(second), at+1))
		}
		at += utf16.RuneLen(r)
	}
	return b.String()
}

func unicodeEscape(c uint16) string {
	const hex = "0123456789abcdef"
	return string([]byte{'\\', 'u', hex[c>>12], hex[c>>8&15], hex[c>>4&15], hex[c&15]})
}

const (
	letters    = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	unreserved = letters + "-_.~"
	reserved   = ":/?#[]@!$&'()*+,;="
)

func uriEscape(s string) string { return percentEncode(s, unreserved+reserved) }

func uriDataEscape(s string) string { return percentEncode(s, unreserved) }

func percentEncode(s, keep string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(s) {
		if c < 0x80 && strings.IndexByte(keep, c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'%', hex[c>>4], hex[c&15]})
	}
	return b.String()
}
