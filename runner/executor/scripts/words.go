package scripts

import (
	"errors"
	"strings"
)

// Words splits arguments as a shell does, with its three ways of quoting, and
// does nothing else a shell does: no variable, pattern or command in them is
// looked at.
func Words(text string) ([]string, error) {
	var w wordReader
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case w.quote == '\'' && c != '\'', w.quote == '"' && c != '"' && c != '\\':
			w.word.WriteByte(c)
		case w.quote == c && c != 0:
			w.quote = 0
		case c == '\\':
			if i++; i == len(text) {
				return nil, errors.New("the parameters end with a backslash: double it, or put it into quotes")
			}
			w.escaped(text[i])
		case c == '\'' || c == '"':
			w.quote, w.begun = c, true
		case strings.IndexByte(" \t\r\n", c) >= 0:
			w.end()
		default:
			w.begun = true
			w.word.WriteByte(c)
		}
	}
	if w.quote != 0 {
		return nil, errors.New("the parameters have a quote that is never closed: " + string(w.quote))
	}
	w.end()
	return w.words, nil
}

type wordReader struct {
	words []string
	word  strings.Builder
	begun bool // also an empty word in quotes is one
	quote byte // that is open
}

// escaped takes what stands behind a backslash. In double quotes, only some
// characters lose theirs.
func (w *wordReader) escaped(c byte) {
	w.begun = true
	if c == '\n' {
		return
	}
	if w.quote == '"' && strings.IndexByte("\"\\$`", c) < 0 {
		w.word.WriteByte('\\')
	}
	w.word.WriteByte(c)
}

func (w *wordReader) end() {
	if w.begun {
		w.words = append(w.words, w.word.String())
	}
	w.word.Reset()
	w.begun = false
}
