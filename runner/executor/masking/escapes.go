package masking

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// escape is one way to write a character as several. decode gets text that
// begins with one of the bytes in first. It returns how much of it stands for
// which symbols; 0 if it is no escape, undecided if the text ends too early to
// tell.
type escape struct {
	first  string
	decode func(b []byte) (symbols []byte, used int)
}

const undecided = -1

// longestEntity is enough for every number of a character and some zeros.
const longestEntity = 12

var escapes = [...]escape{
	{"%", percent},
	{"%+", formPercent},
	{`\`, backslash},
	{"&", entity},
	{`'"`, quotes},
}

func percent(b []byte) ([]byte, int) { return digits(b, 1, 2, 16) }

func formPercent(b []byte) ([]byte, int) {
	if b[0] == '+' {
		return []byte{' '}, 1
	}
	return percent(b)
}

// digits reads one byte written with count digits.
func digits(b []byte, from, count, base int) ([]byte, int) {
	n, used := number(b, from, count, base)
	if used <= 0 || n > 0xff {
		return nil, min(used, 0)
	}
	return []byte{byte(n)}, used
}

// number reads count digits of b.
func number(b []byte, from, count, base int) (n, used int) {
	for i := from; i < from+count; i++ {
		if i >= len(b) {
			return 0, undecided
		}
		d := digit(b[i])
		if d >= base {
			return 0, 0
		}
		n = n*base + d
	}
	return n, from + count
}

func digit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return 99
}

// controls are the letters that JSON, C and shells have for them.
var controls = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'f': '\f', 'v': '\v', 'a': '\a', 'e': 27, 'E': 27}

// backslash reads what JSON, C and shells write. Behind a backslash, every
// other character stands for itself.
func backslash(b []byte) ([]byte, int) {
	if len(b) < 2 {
		return nil, undecided
	}
	var symbols []byte
	used := 0
	switch c := b[1]; {
	case c == 'u' || c == 'U':
		symbols, used = unicodeEscape(b)
	case c == 'x':
		symbols, used = digits(b, 2, 2, 16)
	case '0' <= c && c <= '7':
		symbols, used = digits(b, 1, 3, 8)
	case controls[c] != 0:
		return []byte{controls[c]}, 2
	}
	if used == 0 {
		return b[1:2], 2
	}
	return symbols, used
}

// unicodeEscape reads \u00e9, \ud83d\ude00 and \U0001f600.
func unicodeEscape(b []byte) ([]byte, int) {
	count := 4
	if b[1] == 'U' {
		count = 8
	}
	n, used := number(b, 2, count, 16)
	if used <= 0 {
		return nil, used
	}
	if isHigh := n>>10 == 0xd800>>10; !isHigh || b[1] == 'U' {
		return utf8.AppendRune(nil, rune(min(n, utf8.MaxRune+1))), used
	}
	rest := b[used:]
	if bytes.HasPrefix([]byte(`\u`), rest) {
		return nil, undecided
	}
	if bytes.HasPrefix(rest, []byte(`\u`)) {
		low, more := number(rest, 2, 4, 16)
		if more < 0 {
			return nil, undecided
		}
		if more > 0 && low>>10 == 0xdc00>>10 {
			return utf8.AppendRune(nil, rune(0x10000+(n-0xd800)<<10+low-0xdc00)), used + more
		}
	}
	return utf8.AppendRune(nil, utf8.RuneError), used
}

var entities = map[string]string{"amp": "&", "lt": "<", "gt": ">", "quot": `"`, "apos": "'", "nbsp": "\u00a0"}

func entity(b []byte) ([]byte, int) {
	end := 1
	for end < len(b) && end < longestEntity && (b[end] == '#' || b[end]|0x20 >= 'a' && b[end]|0x20 <= 'z' || b[end] >= '0' && b[end] <= '9') {
		end++
	}
	switch {
	case end == longestEntity:
		return nil, 0
	case end == len(b):
		return nil, undecided
	case b[end] != ';':
		return nil, 0
	}
	name := string(b[1:end])
	if text, ok := entities[name]; ok {
		return []byte(text), end + 1
	}
	digits, ok := strings.CutPrefix(name, "#")
	base := 10
	if hexed := strings.TrimLeft(digits, "xX"); len(hexed) == len(digits)-1 {
		digits, base = hexed, 16
	}
	if n, err := strconv.ParseUint(digits, base, 32); ok && err == nil && n <= utf8.MaxRune {
		return utf8.AppendRune(nil, rune(n)), end + 1
	}
	return nil, 0
}

// quotes are what stands for a quote inside of quotes: in shells, and doubled
// in SQL, PowerShell, YAML and CSV.
func quotes(b []byte) ([]byte, int) {
	if symbols, used := dollarQuoted(b); used != 0 {
		return symbols, used
	}
	for _, written := range []string{`'\''`, `'"'"'`, `''`, `""`} {
		if bytes.HasPrefix(b, []byte(written)) {
			return b[:1], len(written)
		}
		if bytes.HasPrefix([]byte(written), b) {
			return nil, undecided
		}
	}
	return nil, 0
}

// longestQuoted bounds what one such piece of a name may have.
const longestQuoted = 1 << 10

// dollarQuoted reads how ls, cat and their kin write what the locale cannot
// show: they leave the quotes for it and write $'\n' in between.
func dollarQuoted(b []byte) (symbols []byte, used int) {
	for _, opens := range []string{`'$'`, `''$'`} {
		if bytes.HasPrefix(b, []byte(opens)) {
			return untilQuote(b, len(opens))
		}
		if 1 < len(b) && len(b) < len(opens) && strings.HasPrefix(opens, string(b)) {
			return nil, undecided
		}
	}
	return nil, 0
}

// untilQuote reads backslash escapes up to a quote, and one more that opens the
// text again.
func untilQuote(b []byte, from int) (symbols []byte, used int) {
	for used = from; used < longestQuoted; {
		rest := b[used:]
		switch {
		case len(rest) == 0 || string(rest) == "'":
			return nil, undecided
		case rest[0] == '\\':
			part, n := backslash(rest)
			if n <= 0 {
				return nil, n
			}
			symbols = append(symbols, part...)
			used += n
		case rest[0] != '\'' || symbols == nil:
			return nil, 0
		case rest[1] == '\'':
			return symbols, used + 2
		default:
			return symbols, used + 1
		}
	}
	return nil, 0
}

// decodeLast decodes where nothing will follow b.
func (e escape) decodeLast(b []byte) ([]byte, int) {
	symbols, used := e.decode(append(bytes.Clone(b[:min(len(b), 2*longestEntity)]), 0))
	if used > len(b) {
		return nil, 0
	}
	return symbols, used
}
