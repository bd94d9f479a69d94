package propertiesfile

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"slipway/pipelines/configfiles/fill"
)

// maxEntries bounds the memory that a file of the allowed size can ask for.
const maxEntries = 1 << 20

// Parse reads a file as Java does. All texts are good but those with a `\u`
// that has no four hexadecimal digits behind it.
func Parse(text string) (*File, error) {
	p := parser{text: text, line: 1}
	f := &File{text: text}
	for {
		p.blanks()
		switch {
		case p.pos == len(text):
			return f, nil
		case len(f.Pairs)+len(f.Comments) == maxEntries:
			return nil, p.fail(fmt.Sprintf("more than %d keys and comments", maxEntries))
		case p.lineEnd() > 0:
			p.pos += p.lineEnd()
			p.line++
		case text[p.pos] == '#' || text[p.pos] == '!':
			f.Comments = append(f.Comments, p.comment())
		default:
			pair, err := p.pair()
			if err != nil {
				return nil, err
			}
			if pair.Key != "" || !pair.bare { // else a blank line that is continued
				f.Pairs = append(f.Pairs, pair)
			}
		}
	}
}

type parser struct {
	text string
	pos  int
	line int
}

// blanks skips the white space of a line.
func (p *parser) blanks() {
	for p.pos < len(p.text) && isBlank(p.text[p.pos]) {
		p.pos++
	}
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\f' }

// lineEnd is how many bytes end the line here: 0 if it does not end.
func (p *parser) lineEnd() int {
	rest := p.text[p.pos:]
	switch {
	case strings.HasPrefix(rest, "\r\n"):
		return 2
	case strings.HasPrefix(rest, "\n"), strings.HasPrefix(rest, "\r"):
		return 1
	}
	return 0
}

func (p *parser) comment() Comment {
	rest := p.text[p.pos:]
	if end := strings.IndexAny(rest, "\r\n"); end >= 0 {
		rest = rest[:end]
	}
	p.pos += len(rest)
	return Comment{Text: rest, Line: p.line}
}

func (p *parser) pair() (Pair, error) {
	pair := Pair{Line: p.line}
	var err error
	if pair.Key, err = p.part(true); err != nil {
		return pair, err
	}
	pair.from = p.pos
	if p.dangling() {
		// The backslash at the very end would take away the meaning of the
		// separator that a value needs.
		pair.bare, pair.to = true, len(p.text)
		p.pos = pair.to
		return pair, nil
	}
	pair.Separator = p.separator()
	pair.bare = pair.Separator == ""
	pair.from = p.pos
	pair.Value, err = p.part(false)
	if p.dangling() {
		p.pos = len(p.text)
	}
	pair.to = p.pos
	return pair, err
}

// dangling says whether only a backslash is left of the text.
func (p *parser) dangling() bool { return p.text[p.pos:] == `\` }

// separator is white space, a `=` or `:`, or that with white space around it.
// Only before a `=` or `:` may lines be continued in it; elsewhere the
// continuation counts as the beginning of the value, which is the same.
func (p *parser) separator() string {
	start, line := p.pos, p.line
	p.blanks()
	plain := p.pos
	for p.continuation() {
	}
	if p.pos == len(p.text) || p.text[p.pos] != '=' && p.text[p.pos] != ':' {
		p.pos, p.line = plain, line
		return p.text[start:plain]
	}
	sign := p.pos
	p.pos++
	p.blanks()
	return p.text[start:plain] + p.text[sign:p.pos]
}

// continuation skips a backslash at the end of a line, the line's end and the
// white space that the next line begins with.
func (p *parser) continuation() bool {
	if p.pos == len(p.text) || p.text[p.pos] != '\\' {
		return false
	}
	p.pos++
	length := p.lineEnd()
	if length == 0 {
		p.pos--
		return false
	}
	p.pos += length
	p.line++
	p.blanks()
	return true
}

// part decodes a key, up to its separator, or a value, up to the line's end. A
// backslash that ends the text is left.
func (p *parser) part(key bool) (string, error) {
	var out []byte
	plain := p.pos // what begins here is copied, or the whole if all is plain
	for p.pos < len(p.text) {
		c := p.text[p.pos]
		if c == '\r' || c == '\n' || key && (c == '=' || c == ':' || isBlank(c)) || p.dangling() {
			break
		}
		if c != '\\' {
			p.pos++
			continue
		}
		out = append(out, p.text[plain:p.pos]...)
		if !p.continuation() {
			var err error
			if out, err = p.escape(out); err != nil {
				return "", err
			}
		}
		plain = p.pos
	}
	if out == nil {
		return p.text[plain:p.pos], nil
	}
	return string(append(out, p.text[plain:p.pos]...)), nil
}

func (p *parser) fail(message string) error {
	begin := strings.LastIndexAny(p.text[:p.pos], "\r\n") + 1
	return &fill.SyntaxError{
		Format:  "properties",
		Line:    p.line,
		Column:  1 + utf8.RuneCountInString(p.text[begin:p.pos]),
		Message: message,
	}
}
