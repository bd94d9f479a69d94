package octostache

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
)

func trim(c call) (string, bool, error) {
	if len(c.args) == 0 {
		return strings.TrimSpace(c.in), true, nil
	}
	switch strings.ToLower(c.args[0]) {
	case "start":
		return strings.TrimLeftFunc(c.in, unicode.IsSpace), true, nil
	case "end":
		return strings.TrimRightFunc(c.in, unicode.IsSpace), true, nil
	}
	return "", false, nil
}

// truncate cuts to a length and marks the cut.
func truncate(c call) (string, bool, error) {
	if len(c.args) == 0 {
		return "", false, nil
	}
	n, ok := count(c.args[0])
	if !ok {
		return "", false, nil
	}
	if units(c.in) <= n {
		return c.in, true, nil
	}
	suffix := "..."
	if len(c.args) > 1 {
		suffix = c.args[1]
	}
	return cut(c.in, 0, n) + suffix, true, nil
}

// substring takes `length` or `start length`.
func substring(c call) (string, bool, error) {
	if len(c.args) == 0 || len(c.args) > 2 {
		return "", false, nil
	}
	start := 0
	length, ok := count(c.args[len(c.args)-1])
	if !ok {
		return "", false, nil
	}
	if len(c.args) == 2 {
		if start, ok = count(c.args[0]); !ok {
			return "", false, nil
		}
	}
	if start > units(c.in) {
		return "", false, nil
	}
	return cut(c.in, start, length), true, nil
}

func appendOptions(c call) (string, bool, error) {
	return c.in + strings.Join(c.args, ""), len(c.args) > 0, nil
}

func prependOptions(c call) (string, bool, error) {
	return strings.Join(c.args, "") + c.in, len(c.args) > 0, nil
}

// indent puts a prefix before the first and another before every further line.
func indent(c call) (string, bool, error) {
	if c.in == "" {
		return "", true, nil
	}
	const standard = "    "
	var first, following string
	switch len(c.args) {
	case 0:
		first, following = standard, standard
	case 1:
		first, following = indentation(c.args[0])
	case 2:
		first, following = c.args[0], c.args[1]
	default:
		return "", false, nil
	}
	if err := fits(len(c.in) + strings.Count(c.in, "\n")*len(following)); err != nil {
		return "", false, err
	}
	return first + strings.ReplaceAll(c.in, "\n", "\n"+following), true, nil
}

// indentation reads `n`, `/n` or `n/m`; any other text is the prefix itself.
func indentation(s string) (first, following string) {
	a, b, two := strings.Cut(s, "/")
	n, ok := uint8Of(a)
	if two && a == "" {
		n, ok = 0, true
	}
	m := n
	if two && ok {
		m, ok = uint8Of(b)
	}
	if !ok {
		return s, s
	}
	return strings.Repeat(" ", n), strings.Repeat(" ", m)
}

func uint8Of(s string) (int, bool) {
	n, err := strconv.ParseUint(s, 10, 8)
	return int(n), err == nil
}

func count(s string) (int, bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 32)
	return int(n), err == nil && n >= 0
}

// units is a length as .NET counts it: in UTF-16 code units.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// cut takes a part by UTF-16 code units. Half a pair is not a character.
func cut(s string, start, length int) string {
	if isASCII(s) {
		start = min(start, len(s))
		return s[start:min(len(s), start+length)]
	}
	all := utf16.Encode([]rune(s))
	start = min(start, len(all))
	return string(utf16.Decode(all[start:min(len(all), start+length)]))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
