// Package winnames tells which names Windows cannot give to files.
//
// It knows no disk and is the same on every system, so it can be tried anywhere.
// The idea a newcomer would miss: most of these names are not refused by Windows.
// It writes to a device, drops the end of the name or opens a hidden stream of
// another file instead, and says that all went well.
package winnames

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// LongestPart is how many UTF-16 units one name has at most.
const LongestPart = 255

// Path refuses a path with slashes or backslashes between its parts, none of
// which may be a name that Windows cannot have.
func Path(path string) error {
	for part := range strings.FieldsFuncSeq(path, func(r rune) bool { return r == '/' || r == '\\' }) {
		if part == "." || part == ".." {
			continue
		}
		if err := Part(part); err != nil {
			return err
		}
	}
	return nil
}

// Part refuses one name of a file or folder. The error is half a sentence that
// names the part and the rule.
func Part(name string) error {
	refuse := func(format string, a ...any) error {
		return fmt.Errorf("%q "+format, append([]any{shortened(name)}, a...)...)
	}
	if name == "" {
		return refuse("is no name")
	}
	if !utf8.ValidString(name) {
		return refuse("is not written in UTF-8, and Windows would show other letters")
	}
	for _, r := range name {
		switch {
		case r == ':':
			return refuse("holds a colon, behind which Windows sees a hidden stream of another file")
		case strings.ContainsRune(`<>"|?*\/`, r):
			return refuse("holds %q, which names on Windows cannot", string(r))
		case r < ' ':
			return refuse("holds a control character, which names on Windows cannot")
		}
	}
	if last := name[len(name)-1]; last == '.' || last == ' ' {
		return refuse("ends with a dot or a space, which Windows drops")
	}
	if device := deviceOf(name); device != "" {
		return refuse("is the device %s on Windows, with any ending", device)
	}
	if len(utf16.Encode([]rune(name))) > LongestPart {
		return refuse("is longer than %d characters", LongestPart)
	}
	return nil
}

// deviceOf is the device that the name means, whatever its ending and case.
func deviceOf(name string) string {
	base, _, _ := strings.Cut(name, ".")
	base = strings.ToUpper(strings.TrimRight(base, " "))
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return base
	}
	for _, port := range []string{"COM", "LPT"} {
		number, ok := strings.CutPrefix(base, port)
		if ok && utf8.RuneCountInString(number) == 1 && strings.Contains("0123456789¹²³", number) {
			return base
		}
	}
	return ""
}

// Key is the same for names that are one name on Windows.
func Key(path string) string {
	return strings.ToUpper(strings.ReplaceAll(path, `\`, "/"))
}

// shortened keeps a hostile name from filling a page.
func shortened(s string) string {
	if len(s) > 200 {
		return s[:200] + "…"
	}
	return s
}
