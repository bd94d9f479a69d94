package pages

// StepTypes lists the step types that a search has found.
type StepTypes struct {
	Frame
	Query string
	Items []StepTypeRow
}

// StepTypeRow is one step type of the list.
type StepTypeRow struct{ Name, Title, What, Runs string }

// StepType is the page of one step type.
type StepType struct {
	Frame
	Name     string // the key in the written form
	Runs     string
	Settings []SettingRow
	Sample   string // a text that can be applied as it is
}

// SettingRow is one key of a step type.
type SettingRow struct {
	Key, What string
	Required  bool
}
