package jsonfile

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"slipway/pipelines/configfiles/fill"
)

// space skips white space and comments.
func (p *parser) space() error {
	for p.pos < len(p.text) {
		switch c := p.text[p.pos]; {
		case c == ' ' || c == '\n' || c == '\r' || c == '\t':
			p.pos++
		case c == '/':
			if err := p.comment(); err != nil {
				return err
			}
		default:
			r, size := utf8.DecodeRuneInString(p.text[p.pos:])
			if !unicode.IsSpace(r) {
				return nil
			}
			p.pos += size
		}
	}
	return nil
}

func (p *parser) comment() error {
	rest := p.text[p.pos:]
	length := -1
	switch {
	case strings.HasPrefix(rest, "//"):
		if length = strings.IndexAny(rest, "\r\n"); length < 0 {
			length = len(rest)
		}
	case strings.HasPrefix(rest, "/*"):
		if end := strings.Index(rest[2:], "*/"); end >= 0 {
			length = end + 4
		}
	default:
		return p.fail(p.pos, "a slash that begins no comment")
	}
	if length < 0 {
		return p.fail(p.pos, "a comment without its end")
	}
	p.comments++
	p.pos += length
	return nil
}

// quoted skips a string. Line breaks may stand in it as they are.
func (p *parser) quoted() error {
	from, quote := p.pos, p.text[p.pos]
	for p.pos++; p.pos < len(p.text); p.pos++ {
		switch p.text[p.pos] {
		case quote:
			p.pos++
			return nil
		case '\\':
			if p.pos++; p.pos == len(p.text) {
				return p.fail(from, "a string without its end")
			}
			if err := p.escape(); err != nil {
				return err
			}
		}
	}
	return p.fail(from, "a string without its end")
}

// escape checks the character behind a backslash, and skips all but the last
// that belongs to it.
func (p *parser) escape() error {
	switch p.text[p.pos] {
	case '"', '\'', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return nil
	case 'u':
		if _, ok := hex4(p.text[p.pos+1:]); ok {
			p.pos += 4
			return nil
		}
		return p.fail(p.pos-1, "\\u without four hexadecimal digits")
	}
	return p.fail(p.pos-1, "a backslash before %s, which means nothing", p.here())
}

// number skips a number: also one that JSON does not have, like .5 or 0x1F.
func (p *parser) number() error {
	from := p.pos
	for p.pos < len(p.text) && isNumberByte(p.text[p.pos]) {
		p.pos++
	}
	if s := p.text[from:p.pos]; !isNumber(s) {
		return p.fail(from, "something that begins like a number and is none")
	}
	return nil
}

func isNumberByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '+' || c == '-' || c == '.'
}

func isNumber(s string) bool {
	if digits, ok := strings.CutPrefix(strings.ToLower(s), "0x"); ok {
		return digits != "" && strings.Trim(digits, "0123456789abcdef") == ""
	}
	s = strings.TrimPrefix(s, "-")
	if s == "Infinity" {
		return true
	}
	rest := strings.TrimLeft(s, digits)
	count := len(s) - len(rest)
	if fraction, ok := strings.CutPrefix(rest, "."); ok {
		rest = strings.TrimLeft(fraction, digits)
		count += len(fraction) - len(rest)
	}
	if rest != "" && (rest[0] == 'e' || rest[0] == 'E') {
		rest = rest[1:]
		if rest != "" && (rest[0] == '+' || rest[0] == '-') {
			rest = rest[1:]
		}
		if rest == "" {
			return false
		}
		rest = strings.TrimLeft(rest, digits)
	}
	return count > 0 && rest == ""
}

const digits = "0123456789"

// word skips true, false, null and what JavaScript has besides them.
func (p *parser) word() (kind, error) {
	from := p.pos
	p.identifier()
	switch p.text[from:p.pos] {
	case "true", "false":
		return boolean, nil
	case "null", "undefined":
		return text, nil
	case "NaN", "Infinity":
		return number, nil
	}
	p.pos = from
	return 0, p.fail(from, "%s where a value is expected", p.here())
}

// here names the next character where it is one of JSON's own: any other may be
// of a secret.
func (p *parser) here() string {
	switch {
	case p.pos >= len(p.text):
		return "the end of the text"
	case strings.IndexByte(`{}[]:,"'`, p.text[p.pos]) >= 0:
		return fmt.Sprintf("%q", p.text[p.pos])
	}
	return "a character"
}

func (p *parser) fail(at int, format string, args ...any) error {
	line, column := place(p.text[:at])
	return &fill.SyntaxError{Format: "JSON", Line: line, Column: column, Message: fmt.Sprintf(format, args...)}
}

// place is line and column behind a text. CR, LF and both together end a line.
func place(before string) (line, column int) {
	line = 1 + strings.Count(before, "\n") + strings.Count(before, "\r") - strings.Count(before, "\r\n")
	return line, 1 + utf8.RuneCountInString(before[strings.LastIndexAny(before, "\r\n")+1:])
}
