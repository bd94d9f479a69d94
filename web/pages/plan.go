package pages

// DeploymentPlanPath is the page of the plan that a deployment was made with.
func DeploymentPlanPath(id string) string { return DeploymentPath(id) + "/plan" }

// DeploymentPlan is what a deployment was to do. It never changes.
type DeploymentPlan struct {
	Frame
	Facts    []Fact
	Findings []Finding // why it could not begin
	Warnings []string
	Steps    []PlannedStep
	Claims   []Claimed
	Values   []PlannedValue
	Texts    []PlannedValue
}

// Claimed is a thing that a deployment means to have for itself on its hosts.
type Claimed struct {
	Kind, Value, Step string
	Hosts             []string
	Holder            string // who had it when the plan was made; "" is nobody else
	Allowed           bool   // the step takes it all the same
}

func (c Claimed) standing() string {
	switch {
	case c.Holder == "":
		return "nobody else has it"
	case c.Allowed:
		return c.Holder + " loses it: the step allows that"
	}
	return c.Holder + " has it"
}
