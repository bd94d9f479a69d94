package textform

import "slipway/pipelines"

// Nouns are what a folder of text describes. A kind without entries says
// nothing of that kind.
type Nouns struct {
	Environments []pipelines.Environment `json:"environments,omitempty"`
	Lifecycles   []pipelines.Lifecycle   `json:"lifecycles,omitempty"`
	Users        []pipelines.User        `json:"users,omitempty"`
	UserRoles    []pipelines.UserRole    `json:"user-roles,omitempty"`
	Teams        []pipelines.Team        `json:"teams,omitempty"`
	Targets      []pipelines.Target      `json:"targets,omitempty"`
	Feeds        []pipelines.Feed        `json:"feeds,omitempty"`
	VariableSets []pipelines.VariableSet `json:"variable-sets,omitempty"`
	Projects     []pipelines.Project     `json:"projects,omitempty"`
}

func (n *Nouns) add(other Nouns) {
	n.Environments = append(n.Environments, other.Environments...)
	n.Lifecycles = append(n.Lifecycles, other.Lifecycles...)
	n.Users = append(n.Users, other.Users...)
	n.UserRoles = append(n.UserRoles, other.UserRoles...)
	n.Teams = append(n.Teams, other.Teams...)
	n.Targets = append(n.Targets, other.Targets...)
	n.Feeds = append(n.Feeds, other.Feeds...)
	n.VariableSets = append(n.VariableSets, other.VariableSets...)
	n.Projects = append(n.Projects, other.Projects...)
}

// StepTypes gives for the name of each step type a pointer to its empty
// settings. It is how this package knows them without importing one.
type StepTypes map[string]func() any
