package template

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"reflect"
	"strings"
)

// Match tells whether an event matches a pattern, both JSON. The rules are those
// of EventBridge, which filters of event source mappings follow: a pattern names
// fields and, for each, a list of which one value must match; fields that it
// does not name do not matter. "For a pattern to match an event, the event must
// contain all the field names listed in the pattern" (EventBridge User Guide,
// Creating event patterns).
func Match(pattern, event []byte) (bool, error) {
	var p, e map[string]any
	if err := json.Unmarshal(pattern, &p); err != nil {
		return false, fmt.Errorf("pattern: %w", err)
	}
	if err := json.Unmarshal(event, &e); err != nil {
		return false, fmt.Errorf("event: %w", err)
	}
	return matchObject(p, e)
}

func matchObject(pattern, event map[string]any) (bool, error) {
	for field, wanted := range pattern {
		if field == "$or" {
			ok, err := matchAny(wanted, event)
			if err != nil || !ok {
				return false, err
			}
			continue
		}
		value, there := event[field]
		var ok bool
		var err error
		switch wanted := wanted.(type) {
		case map[string]any:
			inner, _ := value.(map[string]any)
			ok, err = matchObject(wanted, inner)
		case []any:
			ok, err = matchValue(wanted, value, there)
		default:
			err = fmt.Errorf("pattern: %s must hold an object or a list, not %v", field, wanted)
		}
		if err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

func matchAny(patterns any, event map[string]any) (bool, error) {
	list, ok := patterns.([]any)
	if !ok {
		return false, fmt.Errorf("pattern: $or takes a list")
	}
	for _, p := range list {
		inner, ok := p.(map[string]any)
		if !ok {
			return false, fmt.Errorf("pattern: $or takes a list of patterns")
		}
		if ok, err := matchObject(inner, event); err != nil || ok {
			return ok, err
		}
	}
	return false, nil
}

// matchValue: one of the rules must match; of a value that is a list, one item.
func matchValue(rules []any, value any, there bool) (bool, error) {
	values := []any{value}
	if list, ok := value.([]any); ok {
		values = list
	}
	for _, rule := range rules {
		if m, ok := rule.(map[string]any); ok && len(m) == 1 {
			if exists, ok := m["exists"].(bool); ok {
				_, branch := value.(map[string]any)
				if exists == (there && !branch) {
					return true, nil
				}
				continue
			}
		}
		if !there {
			continue
		}
		for _, v := range values {
			if ok, err := matchOne(rule, v); err != nil || ok {
				return ok, err
			}
		}
	}
	return false, nil
}

func matchOne(rule, value any) (bool, error) {
	m, ok := rule.(map[string]any)
	if !ok {
		return reflect.DeepEqual(rule, value), nil
	}
	if len(m) != 1 {
		return false, fmt.Errorf("pattern: a rule has one name, not %v", m)
	}
	s, isText := value.(string)
	for name, want := range m {
		switch name {
		case "prefix", "suffix", "equals-ignore-case", "wildcard", "cidr":
			w, ok := want.(string)
			if !ok {
				return false, fmt.Errorf("pattern: %s takes a text here, not %v", name, want)
			}
			return isText && textRule(name, w, s), nil
		case "anything-but":
			return anythingBut(want, value)
		case "numeric":
			return numeric(want, value)
		default:
			return false, fmt.Errorf("pattern: rule %s is not known here", name)
		}
	}
	return false, nil
}

func textRule(name, want, got string) bool {
	switch name {
	case "prefix":
		return strings.HasPrefix(got, want)
	case "suffix":
		return strings.HasSuffix(got, want)
	case "equals-ignore-case":
		return strings.EqualFold(got, want)
	case "wildcard":
		return like(want, got, 0)
	}
	network, err := netip.ParsePrefix(want)
	address, err2 := netip.ParseAddr(got)
	return err == nil && err2 == nil && network.Contains(address)
}

// anythingBut takes a value, a list of values, or a rule on texts.
func anythingBut(want, value any) (bool, error) {
	if rule, ok := want.(map[string]any); ok {
		matched, err := matchOne(rule, value)
		return !matched, err
	}
	list, ok := want.([]any)
	if !ok {
		list = []any{want}
	}
	for _, no := range list {
		if reflect.DeepEqual(no, value) {
			return false, nil
		}
	}
	return true, nil
}

// numeric takes pairs of comparison and number, all of which must hold.
func numeric(want, value any) (bool, error) {
	list, _ := want.([]any)
	if len(list) == 0 || len(list)%2 != 0 {
		return false, fmt.Errorf("pattern: numeric takes pairs like [\">\", 0, \"<=\", 5], not %v", want)
	}
	got, isNumber := value.(float64)
	for i := 0; i < len(list); i += 2 {
		bound, ok := list[i+1].(float64)
		if !ok {
			return false, fmt.Errorf("pattern: %v is no number", list[i+1])
		}
		var holds bool
		switch list[i] {
		case "=":
			holds = got == bound
		case "<":
			holds = got < bound
		case "<=":
			holds = got <= bound
		case ">":
			holds = got > bound
		case ">=":
			holds = got >= bound
		default:
			return false, fmt.Errorf("pattern: %v is no comparison", list[i])
		}
		if !isNumber || !holds {
			return false, nil
		}
	}
	return true, nil
}
