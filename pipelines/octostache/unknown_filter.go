package octostache

import "strings"

// UnknownFilter is the first filter that a token uses, like those a Result
// lists as unresolved, and that is neither one of ours nor of the options.
func UnknownFilter(token string, o Options) (name string, ok bool) {
	t, err := parse(token)
	if err != nil {
		return "", false
	}
	return o.unknownIn(t.tokens)
}

func (o Options) unknownIn(tokens []token) (string, bool) {
	for _, t := range tokens {
		if name, ok := o.unknown(t); ok {
			return name, true
		}
	}
	return "", false
}

func (o Options) unknown(t token) (string, bool) {
	switch t := t.(type) {
	case *substitution:
		return o.unknownFilter(t.expr)
	case *conditional:
		for _, e := range [...]expression{t.left, t.right} {
			if name, ok := o.unknownFilter(e); ok {
				return name, true
			}
		}
		if name, ok := o.unknownIn(t.then); ok {
			return name, true
		}
		return o.unknownIn(t.otherwise)
	case *repetition:
		return o.unknownIn(t.body)
	}
	return "", false
}

// unknownFilter looks at the filters in the order in which they apply.
func (o Options) unknownFilter(e expression) (string, bool) {
	for _, f := range e.filters {
		for _, option := range f.options {
			if option.token == nil {
				continue
			}
			if name, ok := o.unknown(option.token); ok {
				return name, true
			}
		}
		if f.builtin == nil && !o.knows(f.name) {
			return f.name, true
		}
	}
	return "", false
}

// knows says whether the caller has brought a filter of that name.
func (o Options) knows(name string) bool {
	for known := range o.Filters {
		if strings.EqualFold(known, name) {
			return true
		}
	}
	return false
}
