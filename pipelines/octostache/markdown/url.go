package markdown

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
)

// maxURL bounds a link: no browser takes a longer one.
const maxURL = 2000

// bareURL is a link as it stands in a text, by its bytes.
type bareURL struct {
	kind     ast.AutoLinkType
	protocol []byte // to put before it
	hidden   int    // of these the first are not shown
	length   int
}

// readBareLink reads the link that a text begins with.
func readBareLink(s string, pc parser.Context) (bareURL, bool) {
	opening := ""
	for _, o := range [...]string{"http://", "https://", "ftp://", "mailto:", "www."} {
		if strings.HasPrefix(s, o) {
			opening = o
		}
	}
	if opening == "" {
		return bareURL{}, false
	}
	if len(s) > maxURL {
		s = s[:maxURL]
	}
	end := endOfURL(s)
	url := bareURL{kind: ast.AutoLinkURL, length: len(strings.TrimRight(s[:end], pendingMarks(pc)))}
	domain := len(opening)
	switch opening {
	case "www.":
		url.protocol = []byte("http")
	case "mailto:":
		at := strings.IndexByte(s[:url.length], '@')
		if at <= len(opening) {
			return bareURL{}, false
		}
		url.kind, url.hidden, domain = ast.AutoLinkEmail, len(opening), at+1
	}
	if url.length <= domain {
		return bareURL{}, false
	}
	return url, isDomain(s[domain:url.length])
}

// endOfURL is where a URL in running text ends: before white space, `<`, an
// entity, a closing parenthesis that was not opened, or a mark at the end.
func endOfURL(s string) int {
	open := 0
	for i, r := range s {
		switch {
		case endsURL(r):
			return i
		case r == '(':
			open++
		case r == ')':
			if open--; open < 0 {
				return i
			}
		case r == '&' && isEntity(s[i:]):
			return i
		case strings.ContainsRune("?!.,:*_~", r):
			next, size := utf8.DecodeRuneInString(s[i+1:])
			if size == 0 || endsURL(next) {
				return i
			}
		}
	}
	return len(s)
}

func endsURL(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == '<' }

func isEntity(s string) bool {
	name, _, ok := strings.Cut(s[:min(len(s), 40)], ";")
	return ok && len(name) > 1 && (html.UnescapeString(name+";") != name+";" || isName(name[1:]))
}

func isName(s string) bool {
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}

// isDomain says whether a URL begins with the name of a host that has at least
// one point in it, nothing empty, and no underscore in the last two parts.
func isDomain(s string) bool {
	if end := strings.IndexAny(s, "/?#:"); end >= 0 {
		s = s[:end]
	}
	for _, r := range s {
		if !strings.ContainsRune("-_.", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r) && (r < utf8.RuneSelf || unicode.IsPunct(r)) {
			return false
		}
	}
	parts := strings.Split(s, ".")
	for i, part := range parts {
		if part == "" || i >= len(parts)-2 && strings.Contains(part, "_") {
			return false
		}
	}
	return len(parts) > 1
}
