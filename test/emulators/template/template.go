// Package template reads a CloudFormation template the way CloudFormation does,
// as far as our own template goes, so that an emulation of the whole stack is
// made of the very file that people deploy.
//
// It makes no resource and checks no rule of a service. The idea a newcomer
// would miss: an attribute that AWS would make up (an ARN, an address) is made
// up here in AWS's form, or given by the caller.
package template

import (
	"fmt"
	"maps"
	"slices"
)

// Given is what a template does not say itself.
type Given struct {
	Stack      string            // name of the stack
	Region     string            // "" is us-east-1
	Account    string            // "" is 123456789012
	Parameters map[string]string // those without a default must be here
	Attributes map[string]string // by "Logical.Attribute", or "Logical" for what Ref gives; in place of made-up ones
}

// Stack is a template whose references are resolved and whose conditions are
// decided.
type Stack struct {
	Resources map[string]Resource // by logical id; without those whose condition is false
	Outputs   map[string]string

	given      Given
	parameters map[string]any
	conditions map[string]any // the expressions
	declared   map[string]any // resources as written
}

// Resource is one of the stack's.
type Resource struct {
	Type       string
	Properties map[string]any // values are string, float64, bool, []any, map[string]any
	DependsOn  []string
}

// Read resolves a template.
func Read(text []byte, given Given) (*Stack, error) {
	root, err := parse(text)
	if err != nil {
		return nil, err
	}
	if given.Region == "" {
		given.Region = "us-east-1"
	}
	if given.Account == "" {
		given.Account = "123456789012"
	}
	s := &Stack{Resources: map[string]Resource{}, Outputs: map[string]string{}, given: given, conditions: section(root, "Conditions"), declared: section(root, "Resources")}
	if s.parameters, err = parameters(section(root, "Parameters"), given.Parameters); err != nil {
		return nil, err
	}
	if err := circle(s.declared); err != nil {
		return nil, err
	}
	for id, declared := range s.declared {
		if err := s.add(id, declared.(map[string]any)); err != nil {
			return nil, fmt.Errorf("%s: %w", id, err)
		}
	}
	for id, declared := range section(root, "Outputs") {
		if err := s.output(id, declared.(map[string]any)); err != nil {
			return nil, fmt.Errorf("output %s: %w", id, err)
		}
	}
	return s, nil
}

func section(root map[string]any, name string) map[string]any {
	found, _ := root[name].(map[string]any)
	return found
}

func parameters(declared map[string]any, given map[string]string) (map[string]any, error) {
	values := map[string]any{}
	for name, d := range declared {
		if v, ok := given[name]; ok {
			values[name] = v
			continue
		}
		v, ok := d.(map[string]any)["Default"]
		if !ok {
			return nil, fmt.Errorf("parameter %s has no default and is not given", name)
		}
		values[name] = v
	}
	for name := range given {
		if _, ok := declared[name]; !ok {
			return nil, fmt.Errorf("there is no parameter %s; there are %v", name, slices.Sorted(maps.Keys(declared)))
		}
	}
	return values, nil
}

func (s *Stack) add(id string, declared map[string]any) error {
	if there, err := s.isThere(declared); err != nil || !there {
		return err
	}
	properties, err := s.resolve(declared["Properties"])
	if err != nil {
		return err
	}
	r := Resource{Type: text(declared["Type"]), DependsOn: texts(declared["DependsOn"])}
	r.Properties, _ = properties.(map[string]any)
	s.Resources[id] = r
	return nil
}

func (s *Stack) output(id string, declared map[string]any) error {
	if there, err := s.isThere(declared); err != nil || !there {
		return err
	}
	value, err := s.resolve(declared["Value"])
	s.Outputs[id] = text(value)
	return err
}

func (s *Stack) isThere(declared map[string]any) (bool, error) {
	name, ok := declared["Condition"]
	if !ok {
		return true, nil
	}
	return s.holds(text(name))
}

// Of is all resources of a type, by logical id.
func (s *Stack) Of(kind string) map[string]Resource {
	found := map[string]Resource{}
	for id, r := range s.Resources {
		if r.Type == kind {
			found[id] = r
		}
	}
	return found
}
