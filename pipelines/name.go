package pipelines

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// SameName says whether two names mean the same noun: Octopus, and we, match
// names without regard to case.
func SameName(a, b string) bool { return strings.EqualFold(a, b) }

// NameKey is the form of a name that is equal for all its spellings, and for
// nothing that SameName tells apart: Turkish has letters that become an i and are
// none.
func NameKey(name string) string {
	return strings.Map(func(r rune) rune {
		if r == 'ı' || r == 'İ' {
			return r
		}
		return unicode.ToLower(unicode.ToUpper(r))
	}, name)
}

// HasName says whether names holds name, without regard to case.
func HasName(names []string, name string) bool {
	for _, n := range names {
		if SameName(n, name) {
			return true
		}
	}
	return false
}

// checkName is the rule for every name a person gives.
func checkName(path, what, name string) []Problem {
	switch {
	case strings.TrimSpace(name) == "":
		article := "a "
		if strings.IndexByte("aeio", what[0]) >= 0 {
			article = "an "
		}
		return []Problem{{Path: path, Message: article + what + " needs a name"}}
	case strings.TrimSpace(name) != name:
		return []Problem{{Path: path, Message: "the name of a " + what + " may not begin or end with a space: " + quote(name)}}
	case isWay(name):
		return []Problem{{Path: path, Message: "a " + what + " cannot be named " + quote(name) + ": in an address that is a way to another page"}}
	case len(name) > 200:
		return []Problem{{Path: path, Message: "the name of a " + what + " may have at most 200 bytes"}}
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return []Problem{{Path: path, Message: "the name of a " + what + " may not hold control characters: " + quote(name)}}
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unseen):
		return []Problem{{Path: path, Message: "the name of a " + what + " may not hold characters that nobody sees, since another may look the same: " + quote(name)}}
	}
	return nil
}

// isWay says whether a name in an address would be a way from there to another page.
func isWay(name string) bool {
	name = strings.NewReplacer("%2e", ".", "%2E", ".").Replace(name)
	return name == "." || name == ".."
}

// OneLine says whether a text that people read is one line, without characters
// that nobody sees.
func OneLine(text string) bool { return utf8.ValidString(text) && !strings.ContainsFunc(text, unseen) }

// WithoutUnseen is a text of any lines without the characters that nobody sees, which
// could turn the rest of it around.
func WithoutUnseen(text string) string {
	if !strings.ContainsFunc(text, unseen) {
		return text
	}
	return strings.Map(func(r rune) rune {
		if unseen(r) && r != '\n' && r != '\r' && r != '\t' {
			return -1
		}
		return r
	}, text)
}

// unseen are the characters that only steer how others are written: which way,
// or that nothing is between them. Joiners are part of how some languages, and
// emoji, are written.
func unseen(r rune) bool {
	const joiner, nonJoiner = 0x200d, 0x200c
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) && r != joiner && r != nonJoiner
}

// checkUnique finds the second of two nouns with one name.
func checkUnique(path, what string, names []string) []Problem {
	var found []Problem
	seen := map[string]bool{}
	for i, n := range names {
		if seen[NameKey(n)] {
			found = append(found, Problem{Path: index(path, i) + ".name", Message: "there are two " + what + " named " + quote(n) + ": names are unique without regard to case"})
		}
		seen[NameKey(n)] = true
	}
	return found
}
