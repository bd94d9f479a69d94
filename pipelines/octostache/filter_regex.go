package octostache

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dlclark/regexp2"
	"github.com/dlclark/regexp2/syntax"
)

// maxMatching bounds one search with a pattern that explodes.
const maxMatching = time.Second / 2

// A search fails for one reason only. The error of the library is not passed
// on: it quotes the input.
var errSlow = fmt.Errorf("the search took longer than %v", maxMatching)

// errPattern says what is wrong with a pattern, without quoting it: it may come
// from a variable.
func errPattern(err error) error {
	if wrong, ok := errors.AsType[*syntax.Error](err); ok && !strings.Contains(string(wrong.Code), "%") {
		return fmt.Errorf("no regular expression: %s", wrong.Code)
	}
	return errors.New("no regular expression")
}

// replace is a .NET replacement of every match.
func replace(c call) (string, bool, error) {
	if len(c.args) == 0 {
		return "", false, nil
	}
	re, err := c.eval.pattern(c.args[0])
	if err != nil {
		return "", false, err
	}
	replacement := ""
	if len(c.args) > 1 {
		replacement = c.args[1]
	}
	in, replacement := splitPairs(c.in), splitPairs(replacement)
	if err := replacementFits(re, in, replacement); err != nil {
		return "", false, err
	}
	out, err := re.Replace(in, replacement, -1, -1)
	if err != nil {
		return "", false, errSlow
	}
	return joinPairs(out), true, nil
}

func match(c call) (string, bool, error) {
	if len(c.args) != 1 {
		return "", false, nil
	}
	re, err := c.eval.pattern(c.args[0])
	if err != nil {
		return "", false, err
	}
	found, err := re.MatchString(splitPairs(c.in))
	if err != nil {
		return "", false, errSlow
	}
	return answer(found)
}

// replacementFits refuses, before it is made, a text that replacements would
// blow up.
func replacementFits(re *regexp2.Regexp, in, replacement string) error {
	size := func(matches int) int {
		references := strings.Count(replacement, "$")
		bound := len(in)*(1+references) + matches*len(replacement)
		if strings.Contains(replacement, "$_") || strings.Contains(replacement, "$`") || strings.Contains(replacement, "$'") {
			bound += matches * references * len(in)
		}
		return bound
	}
	if size(len(in)+1) <= maxOutput {
		return nil
	}
	matches := 0
	m, err := re.FindStringMatch(in)
	for ; m != nil && err == nil; m, err = re.FindNextMatch(m) {
		matches++
	}
	if err != nil {
		return errSlow
	}
	return fits(size(matches))
}

// pattern compiles a pattern once for an evaluation, since loops repeat it.
func (e *evaluator) pattern(source string) (*regexp2.Regexp, error) {
	if re := e.patterns[source]; re != nil {
		return re, nil
	}
	re, err := regexp2.Compile(splitPairs(source), regexp2.None)
	if err != nil {
		return nil, errPattern(err)
	}
	re.MatchTimeout = maxMatching
	if e.patterns == nil {
		e.patterns = map[string]*regexp2.Regexp{}
	}
	e.patterns[source] = re
	return re, nil
}
