package pipelines

// VariableSet is a list of variables that several projects share. Its values
// are never scoped to steps or channels, which belong to one project.
type VariableSet struct {
	ID          string     `json:"id,omitempty" text:"-"`
	Name        string     `json:"name"`
	Description string     `json:"description,omitempty"`
	Variables   []Variable `json:"variables,omitempty"`
}
