package yamlfile

import "strings"

// fits says in which styles a text can be written and read back as it is.
type fits struct {
	plain, flowPlain, single, block bool
	quotes                          bool // there is a single quote in it
}

// analyze finds the styles that a text fits.
func analyze(text string) fits {
	if text == "" {
		return fits{single: true}
	}
	f := fits{plain: true, flowPlain: true, single: true, block: true}
	f.quotes = strings.Contains(text, "'")
	f.signs(text)
	f.blanks(text)
	if strings.ContainsFunc(text, unprintable) {
		f = fits{quotes: f.quotes}
	}
	return f
}

// signs looks for what means something to YAML.
func (f *fits) signs(text string) {
	blankAt := func(i int) bool { return i >= len(text) || isBlank(text[i]) || isBreak(text[i]) }
	if strings.HasPrefix(text, "---") || strings.HasPrefix(text, "...") {
		f.plain = false
	}
	for i := range len(text) {
		switch c := text[i]; c {
		case ':':
			f.flowPlain = false
			f.plain = f.plain && !blankAt(i+1)
		case '?':
			f.flowPlain = false
			f.plain = f.plain && (i > 0 || !blankAt(1))
		case '-':
			f.plain = f.plain && (i > 0 || !blankAt(1))
		case '#':
			f.plain = f.plain && i > 0 && !isBlank(text[i-1]) && !isBreak(text[i-1])
		case ',', '[', ']', '{', '}':
			f.flowPlain = false
			f.plain = f.plain && i > 0
		case '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`':
			f.plain = f.plain && i > 0
		}
	}
	f.flowPlain = f.flowPlain && f.plain
}

// blanks looks at blanks and breaks, which folding may swallow.
func (f *fits) blanks(text string) {
	if strings.Trim(text, " \t\n") != text {
		f.plain = false
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if line == "" {
			continue
		}
		first, last := i == 0, i == len(lines)-1
		if !first && isBlank(line[0]) || !last && isBlank(line[len(line)-1]) {
			f.single = false
		}
		if strings.Trim(line, " \t") == "" || last && isBlank(line[len(line)-1]) {
			f.block = false
		}
	}
	f.plain = f.plain && len(lines) == 1
	f.flowPlain = f.flowPlain && f.plain
}

// unprintable says whether a character can only be written as an escape.
func unprintable(r rune) bool {
	switch {
	case r == '\t' || r == '\n':
		return false
	case r < ' ', r >= 0x7f && r < 0xa0, r == 0x2028, r == 0x2029, r == 0xfeff, r == 0xfffe, r == 0xffff:
		return true
	}
	return false
}

// choose is the style a text gets that should have the wanted one.
func (f fits) choose(wanted style, inFlow bool) style {
	switch {
	case wanted == plain && (inFlow && f.flowPlain || !inFlow && f.plain):
		return plain
	case wanted == plain && f.single && !f.quotes:
		return single
	case wanted == single && f.single:
		return single
	case (wanted == literal || wanted == folded) && f.block && !inFlow:
		return wanted
	}
	return double
}
