package pages

import "net/url"

// The lists of what deployments go by, and of where they go.
const (
	EnvironmentsPath = "/environments"
	LifecyclesPath   = "/lifecycles"
	StepTypesPath    = "/step-types"
)

// EnvironmentPath is the page of an environment.
func EnvironmentPath(id string) string { return EnvironmentsPath + "/" + url.PathEscape(id) }

// MoveEnvironmentPath takes the order to put an environment before or behind
// another.
func MoveEnvironmentPath(id string) string { return EnvironmentPath(id) + "/move" }

// LifecyclePath is the page of a lifecycle.
func LifecyclePath(id string) string { return LifecyclesPath + "/" + url.PathEscape(id) }

// TargetPath is the page of a target.
func TargetPath(id string) string { return TargetsPath + "/" + url.PathEscape(id) }

// CheckTargetPath takes the order to contact a target.
func CheckTargetPath(id string) string { return TargetPath(id) + "/check" }

// StepTypePath is the page of a step type.
func StepTypePath(name string) string { return StepTypesPath + "/" + url.PathEscape(name) }

// ProjectTextPath is a project as it is written in a folder.
func ProjectTextPath(project string) string { return ProjectPath(project) + "/text" }

// EditPath is the form of the noun whose page is at home.
func EditPath(home string) string { return home + "/edit" }

// NewPath is the form of a new noun of a list.
func NewPath(list string) string { return list + "/new" }
