package template

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// none is AWS::NoValue: what holds it is as if it were not written.
type none struct{}

// resolve replaces every function by what it gives.
func (s *Stack) resolve(v any) (any, error) {
	switch v := v.(type) {
	case []any:
		list := []any{}
		for _, item := range v {
			r, err := s.resolve(item)
			if err != nil {
				return nil, err
			}
			if r != (none{}) {
				list = append(list, r)
			}
		}
		return list, nil
	case map[string]any:
		if name, argument, ok := function(v); ok {
			return s.call(name, argument)
		}
		m := map[string]any{}
		for key, item := range v {
			r, err := s.resolve(item)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
			if r != (none{}) {
				m[key] = r
			}
		}
		return m, nil
	}
	return v, nil
}

// function tells whether a mapping is a call: one key, of a function's name.
func function(m map[string]any) (string, any, bool) {
	if len(m) != 1 {
		return "", nil, false
	}
	for name, argument := range m {
		_, plainCondition := argument.(string)
		return name, argument, name == "Ref" || strings.HasPrefix(name, "Fn::") || name == "Condition" && plainCondition
	}
	return "", nil, false
}

func (s *Stack) call(name string, argument any) (any, error) {
	switch name {
	case "Ref":
		return s.ref(text(argument))
	case "Condition":
		return s.holds(text(argument))
	case "Fn::If":
		return s.choose(argument)
	case "Fn::Sub":
		return s.substitute(argument)
	}
	resolved, err := s.resolve(argument)
	if err != nil {
		return nil, err
	}
	list, ok := resolved.([]any)
	if !ok {
		return nil, fmt.Errorf("%s takes a list", name)
	}
	if want := map[string]int{"Fn::GetAtt": 2, "Fn::Equals": 2, "Fn::Not": 1, "Fn::Join": 2, "Fn::Select": 2, "Fn::Split": 2}[name]; want > 0 && len(list) != want {
		return nil, fmt.Errorf("%s takes %d values, not %d", name, want, len(list))
	}
	switch name {
	case "Fn::GetAtt":
		return s.attribute(text(list[0]), text(list[1]))
	case "Fn::Equals":
		return text(list[0]) == text(list[1]), nil
	case "Fn::Not":
		return list[0] != true, nil
	case "Fn::And":
		return !slices.ContainsFunc(list, func(v any) bool { return v != true }), nil
	case "Fn::Or":
		return slices.Contains(list, any(true)), nil
	case "Fn::Join":
		return strings.Join(texts(list[1]), text(list[0])), nil
	case "Fn::Split":
		parts := []any{}
		for _, part := range strings.Split(text(list[1]), text(list[0])) {
			parts = append(parts, part)
		}
		return parts, nil
	case "Fn::Select":
		from, _ := list[1].([]any)
		i, err := strconv.Atoi(text(list[0]))
		if err != nil || i < 0 || i >= len(from) {
			return nil, fmt.Errorf("there is no value %s of %d", text(list[0]), len(from))
		}
		return from[i], nil
	}
	return nil, fmt.Errorf("%s is not known here", name)
}

func (s *Stack) holds(condition string) (bool, error) {
	expression, ok := s.conditions[condition]
	if !ok {
		return false, fmt.Errorf("there is no condition %s", condition)
	}
	v, err := s.resolve(expression)
	return v == true, err
}

// choose resolves only the branch that is taken: the other may name what is
// not there.
func (s *Stack) choose(argument any) (any, error) {
	list, _ := argument.([]any)
	if len(list) != 3 {
		return nil, fmt.Errorf("Fn::If takes a condition and two values")
	}
	yes, err := s.holds(text(list[0]))
	if err != nil {
		return nil, err
	}
	if yes {
		return s.resolve(list[1])
	}
	return s.resolve(list[2])
}

func (s *Stack) substitute(argument any) (any, error) {
	words, own := text(argument), map[string]any{}
	if list, ok := argument.([]any); ok && len(list) == 2 {
		words = text(list[0])
		resolved, err := s.resolve(list[1])
		if err != nil {
			return nil, err
		}
		own, _ = resolved.(map[string]any)
	}
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(words, "${")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			return nil, fmt.Errorf("%q is not closed", "${"+rest)
		}
		words = after
		if strings.HasPrefix(name, "!") {
			out.WriteString("${" + name[1:] + "}")
			continue
		}
		value, err := s.placeholder(name, own)
		if err != nil {
			return nil, err
		}
		out.WriteString(text(value))
	}
}

func (s *Stack) placeholder(name string, own map[string]any) (any, error) {
	if v, ok := own[name]; ok {
		return v, nil
	}
	if id, attribute, ok := strings.Cut(name, "."); ok {
		return s.attribute(id, attribute)
	}
	return s.ref(name)
}

// ref is a parameter's value, a pseudo parameter's, or a resource's name.
func (s *Stack) ref(name string) (any, error) {
	switch name {
	case "AWS::NoValue":
		return none{}, nil
	case "AWS::StackName":
		return s.given.Stack, nil
	case "AWS::StackId":
		return s.arn("cloudformation", "stack/"+s.given.Stack+"/0"), nil
	case "AWS::Region":
		return s.given.Region, nil
	case "AWS::AccountId":
		return s.given.Account, nil
	case "AWS::Partition":
		return "aws", nil
	case "AWS::URLSuffix":
		return "amazonaws.com", nil
	}
	if v, ok := s.parameters[name]; ok {
		return v, nil
	}
	if err := s.mustBeThere(name); err != nil {
		return nil, err
	}
	if v, ok := s.given.Attributes[name]; ok {
		return v, nil
	}
	return s.madeUpName(name)
}

func (s *Stack) attribute(id, attribute string) (any, error) {
	if err := s.mustBeThere(id); err != nil {
		return nil, err
	}
	if v, ok := s.given.Attributes[id+"."+attribute]; ok {
		return v, nil
	}
	return s.madeUp(id, attribute)
}

func (s *Stack) mustBeThere(id string) error {
	declared, ok := s.declared[id].(map[string]any)
	if !ok {
		return fmt.Errorf("there is no parameter or resource %s; resources are %v", id, slices.Sorted(maps.Keys(s.declared)))
	}
	there, err := s.isThere(declared)
	if err == nil && !there {
		err = fmt.Errorf("resource %s is not made: its condition %s is false", id, text(declared["Condition"]))
	}
	return err
}

// text is a scalar as CloudFormation writes it into a string.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// texts are the scalars of a list; one scalar is a list of one.
func texts(v any) []string {
	list, ok := v.([]any)
	if !ok {
		if v == nil {
			return nil
		}
		list = []any{v}
	}
	var out []string
	for _, item := range list {
		out = append(out, text(item))
	}
	return out
}
