package letters

import (
	"strings"
	"unicode"
)

// Names and notes are other people's words. In a letter they may be wrong, long
// and in any script; they may not reorder what stands around them, hide a part of
// it, or begin a line of their own.

// longest is how many letters of a name are shown.
const longest = 200

// line is a text as one line.
func line(text string) string { return lineOf(text, longest) }

func lineOf(text string, most int) string {
	return cut(strings.Join(strings.Fields(visible(text)), " "), most)
}

// name is line, kept apart from the words around it where it is written from right
// to left.
func name(text string) string { return words(text, longest) }

// words is name, of at most so many letters.
func words(text string, most int) string {
	text = lineOf(text, most)
	if strings.ContainsFunc(text, rightToLeft) {
		return "\u2068" + text + "\u2069"
	}
	return text
}

// lines are the lines of a text, at most so many, without empty ones at the ends.
func lines(text string, most int) []string {
	text = strings.TrimSpace(strings.ReplaceAll(visible(text), "\r", "\n"))
	if text == "" {
		return nil
	}
	all := strings.Split(text, "\n")
	for i := range all {
		all[i] = strings.TrimRight(all[i], " \t")
	}
	if len(all) > most {
		all = append(all[:most:most], "…")
	}
	return all
}

// visible drops what is not seen and changes what is: control characters, marks
// that turn the direction of writing, characters without width.
func visible(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return r
		case r == '\u2028' || r == '\u2029':
			return '\n'
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\u200b', r == '\ufeff', unicode.Is(unicode.Co, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
}

func cut(text string, most int) string {
	all := []rune(text)
	if len(all) <= most {
		return text
	}
	return strings.TrimSpace(string(all[:most-1])) + "…"
}

func rightToLeft(r rune) bool {
	return unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko)
}
