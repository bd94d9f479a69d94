package rest

import (
	"strings"

	"slipway/pipelines"
)

// Explained says what a project's variables are at a place, and why.
type Explained struct {
	Project   string        `json:"project"`
	Revision  int64         `json:"revision"` // of the project, for saving
	Owner     string        `json:"owner,omitempty"`
	Place     Place         `json:"place"`
	Variables []Explanation `json:"variables"`
	// Own are the project's own values as they are saved: what a PUT takes.
	Own []pipelines.Variable `json:"own"`
}

// Place is where values are asked for; what is empty is not known there.
type Place struct {
	Environment string `json:"environment,omitempty"`
	Target      string `json:"target,omitempty"`
	Step        string `json:"step,omitempty"`
	Channel     string `json:"channel,omitempty"`
}

// Explanation is one variable at a place.
type Explanation struct {
	Name string `json:"name"`
	// Winner is nil where no value applies, or where several tie.
	Winner    *VariableValue  `json:"winner,omitempty"`
	Evaluated string          `json:"evaluated,omitempty"` // the winner with its #{…} put in, as far as known now; left out where it is the same
	Problem   string          `json:"problem,omitempty"`   // why the winner cannot be evaluated
	Rule      string          `json:"rule"`                // why it wins, or why there is none, for people
	Tie       string          `json:"tie,omitempty"`       // names both values and how to break it
	Losers    []VariableValue `json:"losers,omitempty"`    // would fit, but weaker
	Others    []VariableValue `json:"others,omitempty"`    // do not apply here
}

// VariableValue is one value of a variable. Of a secret only its reference is
// known.
type VariableValue struct {
	Value       string            `json:"value,omitempty"`
	Secret      string            `json:"secret,omitempty"` // the reference of what is never shown
	From        string            `json:"from"`             // "project", "variable set Shared", "Slipway"
	Scope       pipelines.Scope   `json:"scope"`
	Scoped      string            `json:"scoped"` // the scope in words
	Rank        int               `json:"rank"`
	Why         string            `json:"why,omitempty"` // of a loser or another: why not this one
	Description string            `json:"description,omitempty"`
	Prompt      *pipelines.Prompt `json:"prompt,omitempty"`
}

// What VariableValue.From says; of a set the name follows.
const (
	FromProject = "project"
	FromSet     = "variable set "
	FromSlipway = "Slipway"
)

// Reach says where the values of a variable win, and who reads them there.
type Reach struct {
	Project string       `json:"project"`
	Name    string       `json:"name"`
	Values  []ReachOfOne `json:"values"`
}

// ReachOfOne is what changing one value would change.
type ReachOfOne struct {
	VariableValue
	Places []ReachedPlace `json:"places,omitempty"`
}

// ReachedPlace is where a value wins. Steps read it, directly or by way of
// other variables.
type ReachedPlace struct {
	Project     string   `json:"project,omitempty"` // of a set's value
	Environment string   `json:"environment"`
	Channel     string   `json:"channel,omitempty"` // left out where it is so in all of them
	Targets     []string `json:"targets,omitempty"` // none: without a target
	Steps       []string `json:"steps,omitempty"`   // none: the value wins, and no step reads it
}

// Variables are the values of a project or a set as they are saved: all of
// them, at the revision they were read at.
type Variables struct {
	Revision  int64                `json:"revision"`
	Variables []pipelines.Variable `json:"variables"`
	TakeOver  bool                 `json:"takeOver,omitempty"` // edit what a text folder owns
}

// VariableSet is a variable set in a list.
type VariableSet struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"`
	Owner       string   `json:"owner,omitempty"`
	Values      int      `json:"values"`   // how many
	Projects    []string `json:"projects"` // that include it, as far as they may be seen
}

// ScopeWords says a scope for people: `environments Test, Prod; role web`.
func ScopeWords(s pipelines.Scope) string {
	var parts []string
	for _, kind := range []struct {
		word  string
		names []string
	}{{"environment", s.Environments}, {"channel", s.Channels}, {"role", s.Roles}, {"target", s.Targets}, {"step", s.Steps}} {
		switch len(kind.names) {
		case 0:
		case 1:
			parts = append(parts, kind.word+" "+kind.names[0])
		default:
			parts = append(parts, kind.word+"s "+strings.Join(kind.names, ", "))
		}
	}
	if len(parts) == 0 {
		return "everywhere"
	}
	return strings.Join(parts, "; ")
}
