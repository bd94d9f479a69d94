package globs

// expand writes out what the braces of a pattern stand for: a{b,c} is ab and
// ac. The pattern is valid; not ok: there are more than maxChoices.
func expand(pattern string) (all []string, ok bool) {
	rest := []string{pattern}
	for len(rest) > 0 {
		last := rest[len(rest)-1]
		rest = rest[:len(rest)-1]
		open, commas, end := brace(last)
		if open < 0 {
			all = append(all, last)
			continue
		}
		ends := append(commas, end)
		if len(all)+len(rest)+len(ends) > maxChoices {
			return nil, false
		}
		from := open + 1
		for _, to := range ends {
			rest = append(rest, last[:open]+last[from:to]+last[end+1:])
			from = to + 1
		}
	}
	return all, true
}

// brace finds the first group: its opening brace, its own commas and its
// closing brace; open is -1 without one.
func brace(pattern string) (open int, commas []int, end int) {
	open = -1
	depth := 0
	class := false
	for i := range len(pattern) {
		c := pattern[i]
		switch {
		case class:
			class = c != ']'
		case c == '[':
			class = true
		case c == '{':
			if depth++; depth == 1 {
				open = i
			}
		case c == ',' && depth == 1:
			commas = append(commas, i)
		case c == '}' && depth > 0:
			if depth--; depth == 0 {
				return open, commas, i
			}
		}
	}
	return -1, nil, 0
}
