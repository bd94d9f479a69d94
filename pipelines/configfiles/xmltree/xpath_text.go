package xmltree

import (
	"fmt"
	"regexp"
	"strings"
)

// addTextFunctions adds those that take texts and nothing else.
func addTextFunctions() {
	for name, is := range map[string]func(s, part string) bool{
		"starts-with": strings.HasPrefix, "ends-with": strings.HasSuffix, "contains": strings.Contains,
	} {
		functions[name] = function{2, 2, booleanKind, false, func(at *focus, a []operand) value {
			return ofBoolean(is(text(at, a[0]), text(at, a[1])))
		}}
	}
	for name, change := range map[string]func(string) string{"lower-case": strings.ToLower, "upper-case": strings.ToUpper} {
		functions[name] = function{1, 1, textKind, false, func(at *focus, a []operand) value {
			return ofText(change(text(at, a[0])))
		}}
	}
	for name, part := range map[string]int{"substring-before": 0, "substring-after": 1} {
		functions[name] = function{2, 2, textKind, false, func(at *focus, a []operand) value {
			before, after, ok := strings.Cut(text(at, a[0]), text(at, a[1]))
			if !ok {
				return ofText("")
			}
			return ofText([2]string{before, after}[part])
		}}
	}
	functions["matches"] = function{2, 3, booleanKind, false, func(at *focus, a []operand) value {
		pattern := at.search.pattern(at, a[1], a[2:])
		return ofBoolean(pattern != nil && pattern.MatchString(text(at, a[0])))
	}}
	functions["replace"] = function{3, 4, textKind, false, func(at *focus, a []operand) value {
		s := text(at, a[0])
		pattern := at.search.pattern(at, a[1], a[3:])
		if pattern == nil {
			return ofText(s)
		}
		s = pattern.ReplaceAllString(s, text(at, a[2]))
		at.search.spend(1 + len(s)/64)
		return ofText(s)
	}}
}

// checkPattern refuses a written pattern that is none.
func checkPattern(name string, arguments []operand) error {
	if name != "matches" && name != "replace" {
		return nil
	}
	if pattern, ok := arguments[1].(textLiteral); ok {
		if _, err := regexp.Compile(string(pattern)); err != nil {
			return fmt.Errorf("%q is no regular expression", string(pattern))
		}
	}
	return nil
}

// pattern reads a regular expression with its flags, once for each text; nil
// if it is none.
func (s *search) pattern(at *focus, e operand, flags []operand) *regexp.Regexp {
	written := text(at, e)
	if len(flags) > 0 {
		if letters := text(at, flags[0]); letters != "" && strings.Trim(letters, "ims") == "" {
			written = "(?" + letters + ")" + written
		}
	}
	if known, ok := s.patterns[written]; ok {
		return known
	}
	s.spend(1000)
	compiled, err := regexp.Compile(written)
	if err != nil {
		compiled = nil
	}
	if s.patterns == nil {
		s.patterns = map[string]*regexp.Regexp{}
	}
	s.patterns[written] = compiled
	return compiled
}
