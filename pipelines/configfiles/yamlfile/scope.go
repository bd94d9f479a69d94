package yamlfile

import "strings"

const (
	coreTags   = "tag:yaml.org,2002:"
	maxHandles = 100 // each tag is compared with all of them
)

// scope is what the directives of a document say.
type scope struct {
	version  bool
	handles  []string // in the order of their directives
	prefixes []string
}

// directive reads a line that begins with `%`; it returns what is wrong.
func (d *scope) directive(line string) string {
	words := strings.Fields(line)
	switch words[0] {
	case "%YAML":
		switch {
		case d.version:
			return "a second %YAML directive"
		case len(words) != 2 || !strings.HasPrefix(words[1], "1."):
			return "a version of YAML that is not 1.x"
		}
		d.version = true
	case "%TAG":
		if len(words) != 3 || words[1][0] != '!' || words[1][len(words[1])-1] != '!' {
			return "%TAG needs a handle like !name! and a prefix"
		}
		if len(d.handles) == maxHandles {
			return "more than 100 %TAG directives"
		}
		for _, handle := range d.handles {
			if handle == words[1] {
				return "a second %TAG directive for the same handle"
			}
		}
		d.handles = append(d.handles, words[1])
		d.prefixes = append(d.prefixes, words[2])
	}
	return ""
}

// knows says whether the handle that a tag begins with stands for something.
func (d *scope) knows(tag string) bool {
	if strings.HasPrefix(tag, "!<") {
		return true
	}
	end := strings.IndexByte(tag[1:], '!')
	if end <= 0 {
		return true
	}
	for _, handle := range d.handles {
		if handle == tag[:end+2] {
			return true
		}
	}
	return false
}

// short is how a tag is written with a handle instead of in full, as Octopus
// writes it; a tag without a fitting handle stays.
func (d *scope) short(tag string) string {
	full, ok := strings.CutPrefix(tag, "!<")
	full, closed := strings.CutSuffix(full, ">")
	if !ok || !closed {
		return tag
	}
	for i, handle := range d.handles {
		if rest, ok := strings.CutPrefix(full, d.prefixes[i]); ok && isSuffix(rest) {
			return handle + rest
		}
	}
	defined := func(handle string) bool {
		return strings.Contains(" "+strings.Join(d.handles, " ")+" ", " "+handle+" ")
	}
	if rest, ok := strings.CutPrefix(full, "!"); ok && !defined("!") && isSuffix(rest) {
		return "!" + rest
	}
	if rest, ok := strings.CutPrefix(full, coreTags); ok && !defined("!!") && isSuffix(rest) {
		return "!!" + rest
	}
	return tag
}

// isSuffix says whether text may stand behind the handle of a tag.
func isSuffix(text string) bool {
	return text != "" && !strings.ContainsAny(text, "!,[]{}<>")
}
