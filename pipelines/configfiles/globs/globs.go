// Package globs says which paths a target list means: `config/*.json`,
// `**/*.config`, or just a file's name.
//
// It reads no folder: the caller lists the paths and asks. The idea to know:
// `\` separates folders like `/` and never takes away the meaning of the next
// character, because the same list serves Windows and Linux hosts.
package globs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// maxLength and maxChoices bound what one pattern may cost; choices are what
// its braces stand for.
const (
	maxLength  = 1024
	maxChoices = 256
)

// Pattern is one line of a target list, ready to be asked.
type Pattern struct {
	text     string
	choices  []string // text without braces
	foldCase bool
}

// Compile reads one line. foldCase: the file system does not tell capitals
// from small letters.
func Compile(pattern string, foldCase bool) (Pattern, error) {
	text := normal(pattern, foldCase)
	switch {
	case text == "":
		return Pattern{}, fmt.Errorf("file pattern %q names nothing: write a file's path or a pattern like **/*.config", pattern)
	case len(text) > maxLength:
		return Pattern{}, fmt.Errorf("a file pattern has %d characters, at most %d are allowed: split it into lines", len(text), maxLength)
	case !doublestar.ValidatePattern(text):
		return Pattern{}, fmt.Errorf("file pattern %q has a bracket or brace without its partner: close it, or write ? for that character", pattern)
	}
	choices, ok := expand(text)
	if !ok {
		return Pattern{}, fmt.Errorf("file pattern %q stands for more than %d patterns: use fewer alternatives in braces", pattern, maxChoices)
	}
	return Pattern{text: text, choices: choices, foldCase: foldCase}, nil
}

// Match says whether the pattern means this path. Paths are relative to the
// folder the list is about.
func (p Pattern) Match(path string) bool {
	path = normal(path, p.foldCase)
	if path == p.text {
		return path != "" // also a name that holds brackets itself
	}
	return slices.ContainsFunc(p.choices, func(choice string) bool { return doublestar.MatchUnvalidated(choice, path) })
}

// Covers says whether the pattern means the path or a folder it lies in.
func (p Pattern) Covers(path string) bool {
	path = normal(path, p.foldCase)
	for end := range len(path) {
		if path[end] == '/' && p.Match(path[:end]) {
			return true
		}
	}
	return p.Match(path)
}

// Lines are the entries of a path list: one a line, without the white space
// around them and without empty ones.
func Lines(list string) []string {
	var lines []string
	for line := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == '\r' || r == '\n' }) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// normal writes a path or pattern in the one way that is compared: slashes,
// no `.` and no empty part, an absolute one with its first slash.
func normal(path string, foldCase bool) string {
	if foldCase {
		path = strings.ToLower(path)
	}
	path = strings.ReplaceAll(path, `\`, "/")
	if !strings.HasPrefix(path, ".") && !strings.HasSuffix(path, "/") && !strings.Contains(path, "//") && !strings.Contains(path, "/.") {
		return path
	}
	absolute := strings.HasPrefix(path, "/")
	var parts []string
	for part := range strings.SplitSeq(path, "/") {
		if part != "" && part != "." {
			parts = append(parts, part)
		}
	}
	path = strings.Join(parts, "/")
	if absolute {
		path = "/" + path
	}
	return path
}
