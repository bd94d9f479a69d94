package pages

import (
	"slices"
	"strings"

	"github.com/a-h/templ"
)

// Release is one release: what it holds and how far it came.
type Release struct {
	Frame
	ProjectID, Project string
	Version            string
	Channel            string // "" where the project has one only
	Created            Moment
	By                 string
	Notes              string // HTML that is safe, made of Markdown; "" for none
	Changes            []Changes
	Packages           []ReleasePackage
	Phases             []PhaseProgress
	Deployments        []DeploymentRow // newest first
	Earlier, Newest    string          // paths of other pages of them, "" where there is none
	Deploy             *DeployLink     // the one next step, as the primary button
	Changed            []string        // values that are not any more what it froze: "Port was "80", is "81" now."
	Update             *UpdateVariables
}

// UpdateVariables offers to take today's values into a release. Posts seen to
// ReleaseVariablesPath.
type UpdateVariables struct {
	Seen    string // stands for what Changed says
	Problem string // why it was not done just now
}

// ReleasePackage is a package version frozen into the release.
type ReleasePackage struct {
	ID, Version, Step, Size, SHA256 string
	// Feed and FeedID are the feed it came from; "" is the built-in one.
	Feed, FeedID string
	Build        *Build // nil where nobody has told
}

// PhaseProgress is how far the release came in one phase.
type PhaseProgress struct {
	Name         string
	Optional     bool
	Open         bool
	Rule         string // why it is closed, or what it needs; a sentence
	Environments []EnvironmentProgress
}

// EnvironmentProgress is the release in one environment of a phase.
type EnvironmentProgress struct {
	Name string
	Cell Cell // Version "" means not yet
}

// DeploymentRow is one deployment in a list.
type DeploymentRow struct {
	ID, Environment string
	State           State
	When            Moment
	Who             string
	Took            string
}

// ConfirmDeploy is asked before a deployment is ordered. Posts plan.
type ConfirmDeploy struct {
	Frame
	ProjectID, Project         string
	Version                    string
	EnvironmentID, Environment string
	Plan                       string // hash of the plan shown; posted back, so that what is ordered is what was read
	Form                       string // its own name: sent twice, it orders once
	Button                     string // "Deploy 1.0.9 to Prod on 3 hosts"
	Problems                   []Problem
	Prompts                    []Prompt
	Warnings                   []string
	Findings                   []Finding // while there is one, there is no button, unless another value may help
	Steps                      []PlannedStep
	Changes                    []Changes // what it brings, held against what is there
	Claims                     []Claimed
	Values                     []PlannedValue
	Texts                      []PlannedValue // of steps, as they will be
	// Options: what the person may choose besides.
	At      string // when it starts, as it was typed; "" at once
	Skips   []SkipChoice
	Guided  bool
	Comment string
}

// SkipChoice is a step that can be left out of one deployment, or cannot.
type SkipChoice struct {
	ID, Step         string
	Required, Chosen bool
	Child            bool // of the rolling step before it
}

func (v ConfirmDeploy) hasOptions() bool {
	if v.At != "" || v.Comment != "" {
		return true
	}
	return slices.ContainsFunc(v.Skips, func(s SkipChoice) bool { return s.Chosen })
}

// Prompt is a value that is asked for before a deployment. ID is the field's in
// the page, Name what it is posted as.
type Prompt struct {
	ID, Name           string
	Label, Description string
	Variable           string // the variable's name, shown where the label is another
	Value              string // as typed, else the proposal
	Options            []string
	Yes, No            string // set where a tick does: what it stands for, and what stands without
	Multiline          bool
	Required           bool
}

func (p Prompt) describedBy(all []Problem) string {
	var ids []string
	if p.hasHelp() {
		ids = append(ids, p.ID+"-help")
	}
	if problemOf(p.ID, all) != "" {
		ids = append(ids, p.ID+"-problem")
	}
	return strings.Join(ids, " ")
}

// promptAttributes are those that every kind of field has.
func promptAttributes(p Prompt, all []Problem) templ.Attributes {
	out := templ.Attributes{"id": p.ID, "data-testid": "field-" + p.ID}
	if by := p.describedBy(all); by != "" {
		out["aria-describedby"] = by
	}
	if problemOf(p.ID, all) != "" {
		out["aria-invalid"] = "true"
	}
	return out
}

func (p Prompt) hasHelp() bool { return p.Description != "" || p.Variable != p.Label }

// isOption says whether the proposal can be chosen; where not, nothing is yet.
func (p Prompt) isOption() bool { return slices.Contains(p.Options, p.Value) }

// Finding is a reason why this cannot be deployed, with the way out.
type Finding struct{ What, WayOut string }

// PlannedStep is one step of this very deployment.
type PlannedStep struct {
	Name, Type string
	Hosts      []string
	Package    string // "RandomQuotes 1.0.7", "" where it installs none
	Does       string // "asks Project Stakeholders", for what runs on no host
	WhyNot     string // set when it will not run
	Child      bool   // one of the steps that each host of the step above takes
}

// PlannedValue is a variable as this deployment will see it.
type PlannedValue struct {
	Name, Value string
	Secret      bool
	Why         string // "scoped to Prod", "known after step 1"
	Long        string // "12 lines", where it stays folded; "" for what is short
}
