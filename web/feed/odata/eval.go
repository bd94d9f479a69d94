package odata

import (
	"cmp"
	"strings"
	"time"
)

// expression is a part of a condition. What has no meaning, like the length of
// a time, is null, and a comparison of unlike values is false.
type expression interface{ eval(of Values) any }

type (
	constant   struct{ value any }
	property   string
	negation   struct{ of expression }
	both       struct{ left, right expression }
	either     struct{ left, right expression }
	comparison struct {
		operator    string
		left, right expression
	}
	call struct {
		name string
		f    func([]string) any
		of   []expression
	}
)

func (c constant) eval(Values) any    { return c.value }
func (p property) eval(of Values) any { return of(string(p)) }

func (n negation) eval(of Values) any {
	yes, ok := n.of.eval(of).(bool)
	return ok && !yes
}

func (b both) eval(of Values) any   { return isTrue(b.left.eval(of)) && isTrue(b.right.eval(of)) }
func (e either) eval(of Values) any { return isTrue(e.left.eval(of)) || isTrue(e.right.eval(of)) }

func isTrue(v any) bool {
	yes, _ := v.(bool)
	return yes
}

func (c comparison) eval(of Values) any {
	left, right := c.left.eval(of), c.right.eval(of)
	order, ok := compare(left, right)
	if !ok {
		return c.operator == "ne"
	}
	switch c.operator {
	case "eq":
		return order == 0
	case "ne":
		return order != 0
	case "gt":
		return order > 0 && left != nil
	case "ge":
		return order >= 0 && left != nil
	case "lt":
		return order < 0 && left != nil
	}
	return order <= 0 && left != nil
}

// compare orders two values, texts without regard to case, as NuGet compares
// ids. Null equals null only.
func compare(a, b any) (order int, ok bool) {
	switch a := a.(type) {
	case nil:
		return 0, b == nil
	case bool:
		if b, is := b.(bool); is {
			return cmp.Compare(number(a), number(b)), true
		}
	case float64:
		if b, is := b.(float64); is {
			return cmp.Compare(a, b), true
		}
	case time.Time:
		if b, is := b.(time.Time); is {
			return a.Compare(b), true
		}
	case Text:
		if b, is := asText(b); is {
			return a.CompareTo(b)
		}
	case string:
		if b, is := b.(Text); is {
			order, ok := b.CompareTo(a)
			return -order, ok
		}
		if b, is := b.(string); is {
			return cmp.Compare(strings.ToLower(a), strings.ToLower(b)), true
		}
	}
	return 0, false
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

func asText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case Text:
		return v.String(), true
	}
	return "", false
}

func (c call) eval(of Values) any {
	texts := make([]string, len(c.of))
	for i, e := range c.of {
		text, ok := asText(e.eval(of))
		if !ok {
			return nil
		}
		texts[i] = text
	}
	return c.f(texts)
}

// functions are those that take texts and are asked for by clients.
var functions = map[string]struct {
	takes int
	f     func([]string) any
}{
	"tolower":     {1, func(of []string) any { return strings.ToLower(of[0]) }},
	"toupper":     {1, func(of []string) any { return strings.ToUpper(of[0]) }},
	"trim":        {1, func(of []string) any { return strings.TrimSpace(of[0]) }},
	"length":      {1, func(of []string) any { return float64(len([]rune(of[0]))) }},
	"concat":      {2, func(of []string) any { return joined(of[0], of[1]) }},
	"indexof":     {2, func(of []string) any { return float64(strings.Index(fold(of[0]), fold(of[1]))) }},
	"startswith":  {2, func(of []string) any { return strings.HasPrefix(fold(of[0]), fold(of[1])) }},
	"endswith":    {2, func(of []string) any { return strings.HasSuffix(fold(of[0]), fold(of[1])) }},
	"contains":    {2, func(of []string) any { return strings.Contains(fold(of[0]), fold(of[1])) }},
	"substringof": {2, func(of []string) any { return strings.Contains(fold(of[1]), fold(of[0])) }},
}

func fold(text string) string { return strings.ToLower(text) }

func joined(a, b string) any {
	if len(a)+len(b) > longestResult {
		return nil
	}
	return a + b
}
