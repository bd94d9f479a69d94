package pages

// DeploymentValuesPath is the page of the values that a deployment used.
func DeploymentValuesPath(id string) string { return DeploymentPath(id) + "/values" }

// ValuesUsed says what a deployment was planned with. It never changes.
type ValuesUsed struct {
	Frame
	Facts  []Fact
	Given  []UsedValue
	Own    []UsedValue
	System []UsedValue // what Slipway provides
	Texts  []UsedText
}

// UsedValue is one value and where it held.
type UsedValue struct {
	Name   string
	Where  string // "every step", "step Deploy on web-1"
	Value  VariableValue
	Repeat bool // the row before has the same name
}

// UsedText is one text of a step as it came out.
type UsedText struct {
	Step, Path string
	Value      VariableValue
}
