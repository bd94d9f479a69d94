package pipelines

import "strings"

// Claim says that a deployment means to be the only one with something on a
// target: a port, a site, a file, a unit. Targets are ids.
type Claim struct {
	Kind    string   `json:"kind"` // "port", "file", "service"
	Value   string   `json:"value"`
	Step    string   `json:"step"`
	Targets []string `json:"targets"`
	// Holder is who held it when a plan found it taken, like Shop/Test or a step's
	// name. It is the plan's and no part of what is held.
	Holder string `json:"holder,omitempty"`
	// Allowed says that the step takes it also where another holds it.
	Allowed bool `json:"allowed,omitempty"`
}

// Same says whether two claims mean the same thing. IIS takes no notice of case in
// its names.
func (c Claim) Same(other Claim) bool {
	return c.Kind == other.Kind && (c.Value == other.Value || strings.HasPrefix(c.Kind, "iis ") && strings.EqualFold(c.Value, other.Value))
}

// Holder is who holds claims: one project in one environment.
type Holder struct {
	ProjectID     string  `json:"projectId"`
	Project       string  `json:"project"`
	EnvironmentID string  `json:"environmentId"`
	Environment   string  `json:"environment"`
	Claims        []Claim `json:"claims"`
	// By is the deployment that wrote this down.
	By string `json:"by,omitempty"`
}

// Clash finds another holder of the same thing on one of the claim's targets,
// allowed or not.
func (c Claim) Clash(projectID, environmentID string, holders []Holder) (Holder, string, bool) {
	for _, h := range holders {
		if h.ProjectID == projectID && h.EnvironmentID == environmentID {
			continue
		}
		for _, held := range h.Claims {
			if !held.Same(c) {
				continue
			}
			for _, t := range c.Targets {
				if HasName(held.Targets, t) {
					return h, t, true
				}
			}
		}
	}
	return Holder{}, "", false
}
