package pages

import "github.com/a-h/templ"

// EditNoun is the form of one noun: what all kinds share around the fields of
// each.
type EditNoun struct {
	Frame
	Path     string // of the form; it posts to itself
	Home     string // where giving up leads
	What     string // "lifecycle Dev, Test, and Prod"; "" for a new one
	Revision string
	Folder   string // that owns it, if one does
	TakeOver bool   // as ticked
	Fields   templ.Component
	Problems []Problem
	Conflict *Conflict
	Removal  *Removal
	Only     bool // to be read: there is nothing that it could be saved to
	Wide     bool // the form is as wide as the page, and may be longer than the window
}

// Conflict is what somebody else has saved meanwhile.
type Conflict struct {
	Lines  []DifferingLine
	Saving string // what saving does now
	Gone   string // where what was edited is not there any more as it was: what saving does then
}

// Removal asks once, in words, before something goes.
type Removal struct {
	Button  string // "Remove this lifecycle"
	Goes    string // what goes and what stays
	UsedBy  []Link // what has to let it go first: then there is no button
	Because string // "These projects go by it: give them another one first."
}

// EditPreview shows an edit as the text it becomes, before it is saved.
type EditPreview struct {
	Frame
	Path    string // of the form
	Carried []Hidden
	Lines   []DifferingLine
	Notes   []string // what comes with it, like a folder that loses it
	Saves   string   // what the button says; "" where nothing changes
	Back    string   // what the button says that leads back; "" for a form of fields
}

func (v EditPreview) back() string {
	if v.Back == "" {
		return "Back to the form"
	}
	return v.Back
}

// Hidden is a field that is sent again as it came.
type Hidden struct{ Name, Value string }

// The orders of the forms of nouns.
const (
	DoPreview = "preview"
	DoSave    = "save"
	DoChange  = "change" // back to the form, with what was typed
	DoRemove  = "remove"
)
