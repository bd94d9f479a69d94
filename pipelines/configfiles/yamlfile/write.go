package yamlfile

import (
	"fmt"
	"strconv"
	"strings"
)

// writer writes nodes the way the file around them is written.
type writer struct {
	newline string
	indent  int // by which nested collections stand deeper
	// lineless: no literal or folded scalars, because what follows would
	// become their text; tight: none that keep the blank lines behind them.
	lineless, tight bool
}

func spaces(n int) string { return strings.Repeat(" ", max(n, 0)) }

// scalar is text in the wanted style, or in one that can hold it. col is where
// its further lines stand. There is no break at the end.
func (w writer) scalar(text string, wanted style, inFlow bool, col int) string {
	if wanted == literal || wanted == folded {
		text = strings.ReplaceAll(text, "\r\n", "\n")
		if w.lineless || w.tight && strings.HasSuffix(w.hints(text), "+") {
			wanted = double
		}
	}
	switch analyze(text).choose(wanted, inFlow) {
	case plain:
		return text
	case single:
		return w.single(text, col)
	case literal:
		return "|" + w.hints(text) + w.lines(text, col, false)
	case folded:
		return ">" + w.hints(text) + w.lines(text, col, true)
	}
	return quote(text)
}

// single writes single quotes; a break is written as one more than it is,
// because one is lost when they are read.
func (w writer) single(text string, col int) string {
	var b strings.Builder
	b.WriteByte('\'')
	breaks := 0
	for _, r := range text {
		if r == '\n' {
			breaks++
			continue
		}
		b.WriteString(w.folded(breaks, col))
		breaks = 0
		if r == '\'' {
			b.WriteByte('\'')
		}
		b.WriteRune(r)
	}
	b.WriteString(w.folded(breaks, col))
	b.WriteByte('\'')
	return b.String()
}

func (w writer) folded(breaks, col int) string {
	if breaks == 0 {
		return ""
	}
	return strings.Repeat(w.newline, breaks+1) + spaces(col)
}

// hints are the signs behind `|` and `>`.
func (w writer) hints(text string) string {
	hints := ""
	if text == "" || text[0] == ' ' || text[0] == '\n' {
		hints = strconv.Itoa(w.indent)
	}
	switch {
	case !strings.HasSuffix(text, "\n"):
		hints += "-"
	case strings.HasSuffix(text, "\n\n") || text == "\n":
		hints += "+"
	}
	return hints
}

// lines writes what stands below `|` or `>`.
func (w writer) lines(text string, col int, fold bool) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	var b strings.Builder
	folds := false // the last line that is not empty is folded with the next
	for i, line := range lines {
		if fold && line != "" {
			now := !isBlank(line[0])
			if folds && now {
				b.WriteString(w.newline)
			}
			folds = now
		}
		b.WriteString(w.newline)
		if line != "" {
			b.WriteString(spaces(col) + lines[i])
		}
	}
	return b.String()
}

// quote writes double quotes, all on one line.
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		b.WriteString(escape(r))
	}
	b.WriteByte('"')
	return b.String()
}

var escapeNames = map[rune]string{
	0: `\0`, '\a': `\a`, '\b': `\b`, '\n': `\n`, '\v': `\v`, '\f': `\f`, '\r': `\r`, 0x1b: `\e`,
	'"': `\"`, '\\': `\\`, 0x85: `\N`, 0x2028: `\L`, 0x2029: `\P`,
}

func escape(r rune) string {
	if name, ok := escapeNames[r]; ok {
		return name
	}
	switch {
	case !unprintable(r):
		return string(r)
	case r <= 0xff:
		return fmt.Sprintf(`\x%02X`, r)
	}
	return fmt.Sprintf(`\u%04X`, r)
}
