package pages

import "strconv"

// Lifecycles lists the lifecycles, each as a picture.
type Lifecycles struct {
	Frame
	Items []LifecycleRow
	New   string // path of the form of a new one, "" where that is not for this person
}

// LifecycleRow is one lifecycle of the list.
type LifecycleRow struct {
	ID, Name, Description string
	BuiltIn               bool
	Phases                []LifecyclePhase
	UsedBy                []Link
	Folder                string
}

// Lifecycle is the page of one lifecycle.
type Lifecycle struct {
	Frame
	BuiltIn   bool
	Edit      string // path of the form, "" where that is not for this person
	Folder    string
	Phases    []LifecyclePhase
	Retention string // "All installations stay on the hosts."
	LeftOut   []Link // environments in no phase
	UsedBy    []Link
	Text      string
}

// LifecyclePhase is one stage of the picture.
type LifecyclePhase struct {
	Name         string
	Environments []Link // without a path where the environment may not be seen
	Optional     bool
	Mode         string // "by itself" or "by hand"
	Automatic    bool
	Opens        string // what has to be before the next phase opens; "" for the last
	Retention    string // "" where the lifecycle's holds
}

// LifecycleFields is the form of a lifecycle.
type LifecycleFields struct {
	Name        string
	Fixed       bool // the name stays
	Description string
	Keep, Days  string // retention
	Phases      []PhaseFields
	Problems    []Problem
}

// PhaseFields are the fields of one phase, in the order in which they stand.
type PhaseFields struct {
	Name                string
	Environments        []Option
	Optional, Automatic bool
	Minimum             string
	Keep, Days          string
}

// PhaseField is the name of a phase's field in the form.
func PhaseField(i int, name string) string { return "phases[" + strconv.Itoa(i) + "]." + name }

// The orders of the form's own buttons; the index of the phase follows.
const (
	DoAddPhase  = "phase-add"
	DoDropPhase = "phase-drop-"
	DoPhaseUp   = "phase-up-"
	DoPhaseDown = "phase-down-"
)

func phaseTitle(i int, p PhaseFields) string {
	title := "Phase " + strconv.Itoa(i+1)
	if p.Name != "" {
		title += ": " + p.Name
	}
	return title
}
