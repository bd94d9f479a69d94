package nginxconf

import (
	"errors"
	"strings"
)

// token is one word of NGINX's grammar, one of `;`, `{`, `}` standing alone, or
// a comment.
type token struct {
	text string
	kind kind
}

type kind int

const (
	aWord kind = iota
	aSign
	aComment
)

var (
	errQuote  = errors.New("has a quote that is not closed")
	errBehind = errors.New("goes on directly behind a closing quote")
	errEscape = errors.New("ends in a backslash, which would swallow what follows")
)

// tokens reads text as NGINX does: quotes count only where a word begins, a
// backslash keeps the next sign in the word, `${name}` is no block, and `#`
// begins a comment only where a word could begin.
func tokens(text string) ([]token, error) {
	var found []token
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case isSpace(c):
			i++
		case c == '#':
			comment, _, _ := strings.Cut(text[i:], "\n")
			found = append(found, token{text: comment, kind: aComment})
			i += len(comment)
		case c == ';' || c == '{' || c == '}':
			found = append(found, token{text: string(c), kind: aSign})
			i++
		case c == '"' || c == '\'':
			t, next, err := quotedWord(text, i)
			if err != nil {
				return found, err
			}
			found, i = append(found, t), next
		default:
			t, next, err := plainWord(text, i)
			if err != nil {
				return found, err
			}
			found, i = append(found, t), next
		}
	}
	return found, nil
}

func quotedWord(text string, from int) (token, int, error) {
	for i := from + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case text[from]:
			next := i + 1
			if next < len(text) && !isSpace(text[next]) && !strings.ContainsRune(";{)", rune(text[next])) {
				return token{}, 0, errBehind
			}
			return token{text: text[from+1 : i]}, next, nil
		}
	}
	return token{}, 0, errQuote
}

func plainWord(text string, from int) (token, int, error) {
	i := from
	for ; i < len(text); i++ {
		c := text[i]
		if c == '\\' {
			i++
			if i >= len(text) {
				return token{}, 0, errEscape
			}
			continue
		}
		if end := variableEnd(text, i); end > 0 {
			i = end
			continue
		}
		if isSpace(c) || c == ';' || c == '{' {
			break
		}
	}
	return token{text: text[from:i]}, i, nil
}

// variableEnd is where a `${name}` that begins at i has its brace, 0 if there
// is none.
func variableEnd(text string, i int) int {
	rest, ok := strings.CutPrefix(text[i:], "${")
	if !ok {
		return 0
	}
	end := strings.IndexFunc(rest, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	if end < 1 || rest[end] != '}' {
		return 0
	}
	return i + len("${") + end
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// wordsOf reads a value that must hold words only.
func wordsOf(value string) ([]string, error) {
	for i := range len(value) {
		if c := value[i]; c < ' ' || c == 0x7f {
			return nil, errors.New("holds a line break or another control character")
		}
	}
	found, err := tokens(value)
	if err != nil {
		return nil, err
	}
	var words []string
	for _, t := range found {
		if t.kind == aComment {
			return nil, errors.New("has a word that begins with '#', which would make the rest of its line a comment")
		}
		if strings.ContainsAny(bare(t.text), ";{}") {
			return nil, errors.New("holds ';', '{' or '}', which would end the directive or open a block")
		}
		words = append(words, t.text)
	}
	return words, nil
}

// bare drops `${name}`, the one place where braces are harmless.
func bare(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if end := variableEnd(text, i); end > 0 {
			i = end
			continue
		}
		b.WriteByte(text[i])
	}
	return b.String()
}
