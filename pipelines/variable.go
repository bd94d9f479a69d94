package pipelines

// Variable is one value of a variable and where it applies. A name may have
// many values; pipelines/variables chooses the one that fits best.
type Variable struct {
	Name  string `json:"name"`
	Value Text   `json:"value,omitempty"`
	Scope
	// Secret names a sealed value (`slipway secret set`) that is opened only
	// where a task is performed. It stands in place of Value.
	Secret string `json:"secret,omitempty"`
}

// Scope limits a value: for every kind that is named, one of the names must
// fit. The zero Scope fits everywhere.
type Scope struct {
	Environments []string `json:"environments,omitempty"`
	Roles        []string `json:"roles,omitempty"`
	Targets      []string `json:"targets,omitempty"`
	Steps        []string `json:"steps,omitempty"`
}

// Text is a text that the written form may keep in a file of its own
// (`{ file: start.sh }`).
type Text string

// Check finds what is wrong with the variable by itself.
func (v Variable) Check() []Problem {
	found := checkName("name", "variable", v.Name)
	if v.Secret != "" && v.Value != "" {
		found = append(found, Problem{"secret", "variable " + quote(v.Name) + " has a value and a secret: give one"})
	}
	return found
}
