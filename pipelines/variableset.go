package pipelines

// VariableSet is a list of variables that several projects share. Its values
// are never scoped to steps or channels, which belong to one project.
type VariableSet struct {
	ID          string     `json:"id,omitempty" text:"-"`
	Owner       string     `json:"owner,omitempty" text:"-"`
	Name        string     `json:"name"`
	Description string     `json:"description,omitempty"`
	Variables   []Variable `json:"variables,omitempty"`
}

// Check finds what is wrong with the set by itself; known are all environments.
func (s VariableSet) Check(known []Environment) []Problem {
	found := checkName("name", "variable set", s.Name)
	for i, v := range s.Variables {
		at := index("variables", i)
		found = append(found, under(at, v.Check())...)
		found = append(found, checkEnvironments(at+".environments", v.Environments, known)...)
		for _, kind := range []struct {
			key   string
			names []string
		}{{"steps", v.Steps}, {"channels", v.Channels}} {
			if len(kind.names) > 0 {
				found = append(found, Problem{Path: at + "." + kind.key, Message: "variable " + quote(v.Name) + " of a set is shared by projects, and " + kind.key + " belong to one: scope it in the project's own variables"})
			}
		}
	}
	return found
}

// VariableSetNamed finds a set by name.
func VariableSetNamed(all []VariableSet, name string) (VariableSet, bool) {
	for _, s := range all {
		if SameName(s.Name, name) {
			return s, true
		}
	}
	return VariableSet{}, false
}

// SetsOf are the sets that a project includes, in its order, of all there are.
func (p Project) SetsOf(all []VariableSet) []VariableSet {
	var out []VariableSet
	for _, name := range p.VariableSets {
		if s, ok := VariableSetNamed(all, name); ok {
			out = append(out, s)
		}
	}
	return out
}
