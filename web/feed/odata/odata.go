// Package odata reads what NuGet clients ask of a list: $filter and $orderby.
//
// It knows no package and holds no list; it answers for one item at a time,
// whose properties it asks for by name. The idea a newcomer would miss: it is
// the part of OData that package clients send, with bounds on length, depth and
// work, and it refuses the rest in words instead of guessing.
package odata

import (
	"strings"
	"time"

	"slipway/pipelines"
)

// Values gives a property of the item in question: a string, a bool, a
// float64, a time.Time, a Text, or nil for null.
type Values func(property string) any

// Text is a string with an order of its own, like a version.
type Text interface {
	String() string
	// CompareTo says how it stands to a text, false where that says nothing.
	CompareTo(text string) (order int, ok bool)
}

const (
	longestFilter = 16 << 10
	deepest       = 64
	mostParts     = 256
	longestResult = 64 << 10 // of joined texts
)

// Filter is a condition. The zero Filter lets everything through.
type Filter struct{ root expression }

// Matches says whether an item fulfils the condition.
func (f Filter) Matches(of Values) bool {
	if f.root == nil {
		return true
	}
	yes, _ := f.root.eval(of).(bool)
	return yes
}

// Only are the texts one of which a property must equal, without regard to
// case, for an item to match; nil where the condition does not say.
func (f Filter) Only(property string) []string {
	if f.root == nil {
		return nil
	}
	return only(f.root, property)
}

func only(e expression, property string) []string {
	switch e := e.(type) {
	case both:
		if left := only(e.left, property); left != nil {
			return left
		}
		return only(e.right, property)
	case either:
		left, right := only(e.left, property), only(e.right, property)
		if left == nil || right == nil {
			return nil
		}
		return append(left, right...)
	case comparison:
		if text, ok := e.right.eval(nothing).(string); ok && e.operator == "eq" && isConstant(e.right) && named(e.left, property) {
			return []string{text}
		}
	}
	return nil
}

func nothing(string) any { return nil }

func isConstant(e expression) bool {
	_, ok := e.(constant)
	return ok
}

// named says whether an expression is the property, be it in other letters.
func named(e expression, name string) bool {
	if c, ok := e.(call); ok && (c.name == "tolower" || c.name == "toupper") {
		e = c.of[0]
	}
	p, ok := e.(property)
	return ok && strings.EqualFold(string(p), name)
}

// Key is one property to order by.
type Key struct {
	Property   string
	Descending bool
}

// Order reads an $orderby. What is no plain property is left out: an order is
// how a list looks, not what it says.
func Order(text string) []Key {
	var out []Key
	if len(text) > longestFilter {
		return nil
	}
	for one := range strings.SplitSeq(text, ",") {
		words := strings.Fields(one)
		if len(words) == 0 || len(words) > 2 || strings.ContainsAny(words[0], "()'") || len(out) == 16 {
			continue
		}
		out = append(out, Key{Property: words[0], Descending: len(words) == 2 && strings.EqualFold(words[1], "desc")})
	}
	return out
}

// Compare orders two values of one property; what cannot be compared is equal.
func Compare(a, b any) int {
	order, _ := compare(a, b)
	return order
}

// Unquoted is a text as OData writes it in an address, `'it”s'`; bare words
// stay as they are, since many clients forget the quotes.
func Unquoted(text string) string {
	if len(text) >= 2 && text[0] == '\'' && text[len(text)-1] == '\'' {
		return strings.ReplaceAll(text[1:len(text)-1], "''", "'")
	}
	return text
}

// Quoted writes a text as OData does.
func Quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func refuse(text, format string, args ...any) error {
	if len(text) > 200 {
		text = text[:200] + "…"
	}
	return pipelines.Refuse(pipelines.Invalid, "the condition %q cannot be read: "+format, append([]any{text}, args...)...)
}

// layouts are how moments are written in conditions.
var layouts = []string{"2006-01-02T15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02"}

func moment(text string) (time.Time, bool) {
	for _, layout := range layouts {
		if at, err := time.Parse(layout, text); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}
