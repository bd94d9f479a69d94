package odata

import (
	"strconv"
	"strings"
)

// token is one word of a condition. Kind is 'n' for a name, 'v' for a value,
// else the sign itself: '(', ')' or ','; 0 ends the text.
type token struct {
	kind  byte
	text  string
	value any
}

// tokens takes a condition apart.
func tokens(text string) ([]token, error) {
	var out []token
	for rest := text; ; {
		rest = strings.TrimLeft(rest, " \t\r\n")
		if rest == "" {
			return append(out, token{}), nil
		}
		one, after, err := next(text, rest)
		if err != nil {
			return nil, err
		}
		out, rest = append(out, one), after
	}
}

func next(text, rest string) (token, string, error) {
	switch c := rest[0]; {
	case c == '(' || c == ')' || c == ',':
		return token{kind: c, text: rest[:1]}, rest[1:], nil
	case c == '\'':
		value, after, ok := quoted(rest)
		if !ok {
			return token{}, "", refuse(text, "a text in it does not end")
		}
		return token{kind: 'v', value: value}, after, nil
	case c == '-' || isDigit(c):
		end := span(rest, func(c byte) bool { return isDigit(c) || c == '.' || c == '-' })
		value, err := strconv.ParseFloat(rest[:end], 64)
		if err != nil {
			return token{}, "", refuse(text, "%q is no number", rest[:end])
		}
		return token{kind: 'v', value: value}, strings.TrimLeft(rest[end:], "LlMmFfDd"), nil
	case isLetter(c):
		end := span(rest, func(c byte) bool { return isLetter(c) || isDigit(c) || c == '/' || c == '.' })
		return word(text, rest[:end], rest[end:])
	}
	return token{}, "", refuse(text, "%q has no meaning there", firstSign(rest))
}

// word is a name, or a value that begins with one: true, null, datetime'…'.
func word(text, name, rest string) (token, string, error) {
	if strings.HasPrefix(rest, "'") {
		written, after, ok := quoted(rest)
		if !ok {
			return token{}, "", refuse(text, "a text in it does not end")
		}
		switch strings.ToLower(name) {
		case "datetime", "datetimeoffset":
			at, ok := moment(written)
			if !ok {
				return token{}, "", refuse(text, "%q is no time", written)
			}
			return token{kind: 'v', value: at}, after, nil
		case "guid":
			return token{kind: 'v', value: written}, after, nil
		}
		return token{}, "", refuse(text, "values of the type %q are not known here", name)
	}
	switch name {
	case "true", "false":
		return token{kind: 'v', value: name == "true"}, rest, nil
	case "null":
		return token{kind: 'v'}, rest, nil
	}
	return token{kind: 'n', text: name}, rest, nil
}

// quoted reads a text in quotes, in which a quote stands twice.
func quoted(rest string) (value, after string, ok bool) {
	for at := 1; at < len(rest); at++ {
		if rest[at] != '\'' {
			continue
		}
		if at+1 < len(rest) && rest[at+1] == '\'' {
			at++
			continue
		}
		return strings.ReplaceAll(rest[1:at], "''", "'"), rest[at+1:], true
	}
	return "", "", false
}

func span(text string, in func(byte) bool) int {
	end := 0
	for end < len(text) && in(text[end]) {
		end++
	}
	return end
}

func firstSign(text string) string {
	for _, r := range text {
		return string(r)
	}
	return ""
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' }
