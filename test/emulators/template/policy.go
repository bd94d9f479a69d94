package template

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Statement is one of a policy.
type Statement struct {
	Sid        string
	Effect     string
	Actions    []string
	Resources  []string
	Principals []string                       // like "*" or "Service:s3.amazonaws.com"
	Conditions map[string]map[string][]string // operator, key, values
}

// Role is what one may who has it, and who may have it.
type Role struct {
	ID, ARN    string
	Statements []Statement // of all its policies
	Trust      []Statement
}

// Roles are the stack's, by ARN.
func (s *Stack) Roles() (map[string]Role, error) {
	found := map[string]Role{}
	for id, r := range s.Of("AWS::IAM::Role") {
		role := Role{ID: id}
		role.ARN, _ = s.madeUp(id, "Arn")
		var err error
		if role.Trust, err = statements(r.Properties["AssumeRolePolicyDocument"]); err != nil {
			return nil, fmt.Errorf("%s: %w", id, err)
		}
		policies, _ := r.Properties["Policies"].([]any)
		for _, p := range policies {
			more, err := statements(p.(map[string]any)["PolicyDocument"])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", id, err)
			}
			role.Statements = append(role.Statements, more...)
		}
		found[role.ARN] = role
	}
	return found, nil
}

func statements(document any) ([]Statement, error) {
	d, _ := document.(map[string]any)
	if d["Version"] != "2012-10-17" {
		return nil, fmt.Errorf("a policy has the version 2012-10-17, not %v", d["Version"])
	}
	list, _ := d["Statement"].([]any)
	var out []Statement
	for _, item := range list {
		m, ok := item.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("a statement is a mapping, not %v", item)
		}
		for key := range m {
			if !slices.Contains([]string{"Sid", "Effect", "Action", "Resource", "Principal", "Condition"}, key) {
				return nil, fmt.Errorf("%s in a statement is not known here", key)
			}
		}
		st := Statement{Sid: text(m["Sid"]), Effect: text(m["Effect"]), Actions: texts(m["Action"]), Resources: texts(m["Resource"]), Principals: principals(m["Principal"]), Conditions: map[string]map[string][]string{}}
		for operator := range section(m, "Condition") {
			st.Conditions[operator] = map[string][]string{}
			for key, values := range section(section(m, "Condition"), operator) {
				st.Conditions[operator][key] = texts(values)
			}
		}
		out = append(out, st)
	}
	return out, nil
}

func principals(v any) []string {
	by, ok := v.(map[string]any)
	if !ok {
		return texts(v)
	}
	var out []string
	for _, kind := range slices.Sorted(maps.Keys(by)) {
		for _, who := range texts(by[kind]) {
			out = append(out, kind+":"+who)
		}
	}
	return out
}

// Allows tells whether a role may do an action to a resource: some statement
// allows it, and none denies it. The context holds what conditions ask for, by
// key, like "ssm:resourceTag/slipway".
func (r Role) Allows(action, resource string, context map[string]string) bool {
	allowed := false
	for _, st := range r.Statements {
		if !st.covers(action, resource, context) {
			continue
		}
		if st.Effect == "Deny" {
			return false
		}
		allowed = true
	}
	return allowed
}

// Allows tells it of the role with this ARN; an unknown role may nothing.
func (s *Stack) Allows(role, action, resource string, context map[string]string) bool {
	roles, err := s.Roles()
	return err == nil && roles[role].Allows(action, resource, context)
}

func (st Statement) covers(action, resource string, context map[string]string) bool {
	return slices.ContainsFunc(st.Actions, func(p string) bool { return Like(strings.ToLower(p), strings.ToLower(action)) }) &&
		slices.ContainsFunc(st.Resources, func(p string) bool { return Like(p, resource) }) && st.holds(context)
}

// holds is true if every condition is met: "If your policy statement has
// multiple condition operators, the condition operators are evaluated using a
// logical AND" (IAM User Guide, Conditions with multiple context keys or
// values). A key that the call does not have meets no condition.
func (st Statement) holds(context map[string]string) bool {
	for operator, keys := range st.Conditions {
		for key, values := range keys {
			got, ok := context[key]
			met := ok && slices.ContainsFunc(values, func(v string) bool {
				switch operator {
				case "StringEquals", "ArnEquals":
					return v == got
				case "StringLike", "ArnLike":
					return Like(v, got)
				case "Bool":
					return strings.EqualFold(v, got)
				}
				return false
			})
			if !met {
				return false
			}
		}
	}
	return true
}

// Like compares with * for any characters and ? for one.
func Like(pattern, value string) bool { return like(pattern, value, '?') }

// like takes single for any one character; 0 is for none.
func like(pattern, value string, single byte) bool {
	for i := 0; i < len(pattern); i++ {
		if pattern[i] == '*' {
			for from := range len(value) + 1 {
				if like(pattern[i+1:], value[from:], single) {
					return true
				}
			}
			return false
		}
		if value == "" || pattern[i] != value[0] && (pattern[i] != single || single == 0) {
			return false
		}
		value = value[1:]
	}
	return value == ""
}
