package xmltree

import (
	"errors"
	"fmt"
	"strings"
)

// tokenKind says what a token of an expression is.
type tokenKind uint8

const (
	endToken      tokenKind = iota
	operatorToken           // also punctuation; text is it
	nameToken               // a name test: prefix and text, either may be *
	callToken               // a function or node type, the ( not included
	axisToken               // the :: is included
	textToken
	numberToken
)

type token struct {
	kind         tokenKind
	prefix, text string
}

// maxExpressionSize bounds what anybody would write by hand.
const maxExpressionSize = 20_000

// tokenize takes an expression apart. Whether a * or a name is an operator
// depends on what stands before it.
func tokenize(s string) ([]token, error) {
	if len(s) > maxExpressionSize {
		return nil, fmt.Errorf("it is longer than %d bytes", maxExpressionSize)
	}
	var tokens []token
	for {
		s = strings.TrimLeft(s, spaces)
		if s == "" {
			return append(tokens, token{}), nil
		}
		t, size, err := nextToken(s, endsOperand(tokens))
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, t)
		s = s[size:]
	}
}

// endsOperand reports that what was read can stand left of an operator.
func endsOperand(tokens []token) bool {
	if len(tokens) == 0 {
		return false
	}
	switch t := tokens[len(tokens)-1]; t.kind {
	case nameToken, textToken, numberToken:
		return true
	case operatorToken:
		return t.text == ")" || t.text == "]" || t.text == "." || t.text == ".."
	}
	return false
}

// operators has the longer ones first.
var operators = []string{"//", "..", "!=", "<=", ">=", "/", "@", "(", ")", "[", "]", "|", "+", "-", "=", "<", ">", ",", "."}

func nextToken(s string, operand bool) (token, int, error) {
	switch c := s[0]; {
	case c == '"' || c == '\'':
		end := strings.IndexByte(s[1:], c)
		if end < 0 {
			return token{}, 0, errors.New("a quote is not closed")
		}
		return token{kind: textToken, text: s[1 : 1+end]}, end + 2, nil
	case c >= '0' && c <= '9' || c == '.' && len(s) > 1 && s[1] >= '0' && s[1] <= '9':
		size := numberSize(s)
		return token{kind: numberToken, text: s[:size]}, size, nil
	case c == '*' && operand:
		return token{kind: operatorToken, text: "*"}, 1, nil
	}
	for _, operator := range operators {
		if strings.HasPrefix(s, operator) {
			return token{kind: operatorToken, text: operator}, len(operator), nil
		}
	}
	return nameLike(s, operand)
}

func numberSize(s string) int {
	whole := len(s) - len(strings.TrimLeft(s, "0123456789"))
	if whole < len(s) && s[whole] == '.' {
		rest := s[whole+1:]
		return len(s) - len(strings.TrimLeft(rest, "0123456789"))
	}
	return whole
}

// nameLike reads *, *:n, p:*, p:n, n, n:: and n before a bracket.
func nameLike(s string, operand bool) (token, int, error) {
	first := nameOrStar(s)
	if first == "" {
		return token{}, 0, fmt.Errorf("%.1q means nothing here", s)
	}
	after := s[len(first):]
	next := strings.TrimLeft(after, spaces)
	switch {
	case operand:
		return token{kind: operatorToken, text: first}, len(first), nil
	case strings.HasPrefix(next, "::"):
		return token{kind: axisToken, text: first}, len(s) - len(next) + 2, nil
	case strings.HasPrefix(after, ":"):
		second := nameOrStar(after[1:])
		if second == "" {
			return token{}, 0, fmt.Errorf("after %s: comes a name", first)
		}
		return token{kind: nameToken, prefix: first, text: second}, len(first) + 1 + len(second), nil
	case strings.HasPrefix(next, "(") && first != "*":
		return token{kind: callToken, text: first}, len(first), nil
	}
	return token{kind: nameToken, text: first}, len(first), nil
}

// nameOrStar is the name without colon, or the *, at the start of s; "" if
// there is none.
func nameOrStar(s string) string {
	if strings.HasPrefix(s, "*") {
		return "*"
	}
	name := s[:nameEnd(s, 0)]
	if i := strings.IndexByte(name, ':'); i >= 0 {
		name = name[:i]
	}
	return name
}
