package versions

import (
	"fmt"
	"strconv"
	"strings"
)

// SyntaxError says why a text is no version.
type SyntaxError struct {
	Text   string
	Reason string
	hint   string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%q is no version: %s; %s", e.Text, e.Reason, e.hint)
}

const (
	packageHint = "write one to four numbers joined by dots, then -prerelease and +metadata if needed, like 1.0.7 or 1.0.7-beta.2"
	releaseHint = "write numbers joined by dots, a word of letters and digits, or both, like 1.0.7 or 1.0.7-beta.2"
)

// Parse reads a package version: an optional small v, one to four numbers,
// then optional -labels and +metadata. Leading zeros and spaces around the
// numbers are tolerated, as NuGet does.
func Parse(text string) (Version, error) {
	refuse := func(reason string) (Version, error) {
		return Version{}, &SyntaxError{Text: text, Reason: reason, hint: packageHint}
	}
	var v Version
	rest := strings.TrimPrefix(strings.TrimSpace(text), "v")
	rest, found, ok := v.readNumbers(rest)
	if !ok {
		return refuse("a number in it is larger than 2147483647")
	}
	if found == 0 {
		return refuse("it does not begin with a number")
	}
	if after, has := strings.CutPrefix(rest, "-"); has {
		v.Prerelease, rest = untilPlus(after)
		if !areLabels(v.Prerelease) {
			return refuse("the prerelease " + strconv.Quote(v.Prerelease) + " must be letters, digits and hyphens, in words joined by dots")
		}
	}
	if after, has := strings.CutPrefix(rest, "+"); has {
		v.Metadata, rest = after, ""
		if !areLabels(v.Metadata) {
			return refuse("the metadata " + strconv.Quote(v.Metadata) + " must be letters, digits and hyphens, in words joined by dots")
		}
	}
	if rest != "" {
		return refuse("it goes on with " + strconv.Quote(rest))
	}
	v.text = withoutSpaces(text)
	return v, nil
}

// ParseRelease reads a release number, and what container registries use as
// tags. It is lenient: v or V may come first, any of `-._\` or none at all
// introduces the prerelease, and a bare word is the prerelease of 0.0.0.
func ParseRelease(text string) (Version, error) {
	refuse := func(reason string) (Version, error) {
		return Version{}, &SyntaxError{Text: text, Reason: reason, hint: releaseHint}
	}
	v := Version{release: true}
	rest := strings.TrimSpace(text)
	unprefixed := rest
	if rest != "" && (rest[0] == 'v' || rest[0] == 'V') {
		unprefixed = rest[1:]
	}
	after, found, ok := v.readNumbers(unprefixed)
	if !ok {
		return refuse("a number in it is larger than 2147483647")
	}
	if found > 0 { // otherwise a v is the first letter of a word
		rest = after
	}
	pre, meta := untilPlus(rest)
	if pre != "" && isSeparator(pre[0]) {
		pre = pre[1:]
	}
	v.Prerelease = pre
	v.Metadata = strings.TrimPrefix(meta, "+")
	if found == 0 && !strings.ContainsFunc(pre, func(r rune) bool { return r < 0x80 && isAlphanumeric(byte(r)) }) {
		return refuse("there is neither a number nor a word in it")
	}
	if !isReleaseText(pre) || !isReleaseText(strings.ReplaceAll(v.Metadata, "+", "-")) {
		return refuse("only letters, digits and . _ - \\ may follow the numbers, and one + the metadata")
	}
	v.text = withoutSpaces(text)
	return v, nil
}

// readNumbers takes up to four numbers joined by dots from the front. It
// returns what is left and how many there were; ok is false when one is too
// large, which never makes the digits a word instead.
func (v *Version) readNumbers(s string) (rest string, found int, ok bool) {
	places := [4]*int32{&v.Major, &v.Minor, &v.Patch, &v.Revision}
	rest = s
	for found < len(places) {
		at := strings.TrimLeft(rest, " ")
		if found > 0 {
			dotless, has := strings.CutPrefix(at, ".")
			if !has {
				break
			}
			at = strings.TrimLeft(dotless, " ")
		}
		end := 0
		for end < len(at) && isDigit(at[end]) {
			end++
		}
		if end == 0 {
			break
		}
		n, err := strconv.ParseInt(at[:end], 10, 32)
		if err != nil {
			return s, found, false
		}
		*places[found] = int32(n)
		found++
		rest = at[end:]
	}
	// A space may stand before a sign, but `1 2` must not become 12.
	if trimmed := strings.TrimLeft(rest, " "); trimmed == "" || !isAlphanumeric(trimmed[0]) {
		rest = trimmed
	}
	return rest, found, true
}

// untilPlus splits before the first plus sign, which stays with the rest.
func untilPlus(s string) (before, rest string) {
	if i := strings.IndexByte(s, '+'); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// areLabels reports whether s is words of letters, digits and hyphens joined
// by dots, none of them empty.
func areLabels(s string) bool {
	for label := range strings.SplitSeq(s, ".") {
		if label == "" {
			return false
		}
		for i := range len(label) {
			if !isAlphanumeric(label[i]) && label[i] != '-' {
				return false
			}
		}
	}
	return true
}

func isReleaseText(s string) bool {
	for i := range len(s) {
		if !isAlphanumeric(s[i]) && !isSeparator(s[i]) {
			return false
		}
	}
	return true
}

func isSeparator(c byte) bool { return c == '-' || c == '.' || c == '_' || c == '\\' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isAlphanumeric(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func withoutSpaces(s string) string {
	return strings.ReplaceAll(strings.TrimSpace(s), " ", "")
}
