package pages

import "net/url"

// VariableSetsPath is the list of all variable sets.
const VariableSetsPath = "/variable-sets"

// VariablesPath is the page of a project's variables.
func VariablesPath(project string) string { return ProjectPath(project) + "/variables" }

// VariableSetPath is the page of one variable set.
func VariableSetPath(set string) string { return VariableSetsPath + "/" + url.PathEscape(set) }

// EditVariablesPath takes changes of a project's variables; home is VariablesPath
// or VariableSetPath.
func EditVariablesPath(home string) string { return home + "/edit" }

// EditVariablePath is the form of one value, by its number in the list.
func EditVariablePath(home, number string) string {
	return EditVariablesPath(home) + "?value=" + url.QueryEscape(number)
}

// VariableReachPath says what changing a variable of a project reaches.
func VariableReachPath(project, name string) string {
	return VariablesPath(project) + "/" + url.PathEscape(name) + "/reach"
}

// SetVariableReachPath says what changing a variable of a set reaches.
func SetVariableReachPath(set, name string) string {
	return VariableSetPath(set) + "/variables/" + url.PathEscape(name) + "/reach"
}

// Variables are all values of a project or of a set.
type Variables struct {
	Frame
	Home   string // path of this page
	Add    string // path of the form for another value; "" for who may not
	Folder string // that owns them, if one does
	What   string // "project Random Quotes"
	Places *VariablePlaces
	Groups []VariableGroup // every value, where no place is chosen
	Here   []VariableHere  // one value of each name, where one is
	Ours   []VariableHere  // what Slipway provides there
	Sets   []Link          // what is included, or leads to it
	UsedBy []Link          // projects that include the set
	// Empty says how the first one comes here.
	Empty    string
	Saved    string // what was done on the way here
	Hidden   string // how many values this person may not see
	Problems []Problem
	Text     string // of a set, as it is written in a folder
	EditText string // path where that is edited
}

// Link leads to another page; without a path it is a text.
type Link struct{ Text, Path string }

// VariablePlaces is the form that asks for a place. It changes nothing.
type VariablePlaces struct {
	Choices []PlaceChoice
	Chosen  string // "Test, step Deploy": "" where none is
}

// PlaceChoice is one kind of place: all names there are, and the one chosen.
type PlaceChoice struct {
	Name, Label, Any string
	Options          []Option
}

// Option is one of several to choose from.
type Option struct {
	Text   string
	Chosen bool
}

// VariableGroup is a name with all its values.
type VariableGroup struct {
	Name   string
	Reach  string // path
	Values []VariableValue
}

// VariableValue is one value with where it holds.
type VariableValue struct {
	Text        []Piece
	Secret      string   // where the value lies that nobody may see; Text is then empty
	Scopes      []string // none: everywhere
	From        Link     // zero: the project's own
	Description string
	Asked       string // how it is asked for at a deployment
	Edit        string // path of its form; "" for who may not, or where it is edited elsewhere
	Weight      string // of one that fits at the chosen place
	Why         string // of one that does not win: why not
}

// Piece is a part of a text; Reads says that it stands for another variable.
type Piece struct {
	Text  string
	Reads bool
}

// long says whether a value is folded away.
func (v VariableValue) long() bool { return len(v.Lines()) > 6 || len(v.whole()) > 600 }

func (v VariableValue) whole() string {
	var out string
	for _, p := range v.Text {
		out += p.Text
	}
	return out
}

// Lines are the value's lines.
func (v VariableValue) Lines() []string { return splitLines(v.whole()) }

// VariableHere is a variable at the chosen place.
type VariableHere struct {
	Name      string
	Reach     string         // path
	Winner    *VariableValue // nil: none, or a tie
	Evaluated string         // what it comes to, where that differs
	Trouble   string         // why it cannot be evaluated
	Rule      string
	Tie       string
	Losers    []VariableValue // fit, and are weaker
	Others    []VariableValue // do not apply here
}

// VariableReach says what changing the values of a variable reaches.
type VariableReach struct {
	Frame
	Values []ReachOfValue
}

// ReachOfValue is what changing one value reaches.
type ReachOfValue struct {
	VariableValue
	Sentence string
	Places   []ReachedPlace
}

// ReachedPlace is a step that reads the value where it wins; without a step the
// value wins there and nobody reads it.
type ReachedPlace struct {
	Project     string // "" where all are of one
	Environment string
	Step        string
	Targets     []string
	Readers     []string // "script.body", "mail.subject by way of Url"
}

// VariableSets lists the sets that projects share.
type VariableSets struct {
	Frame
	Items []VariableSetRow
	New   string // path of the form of a new one, "" where that is not for this person
}

// VariableSetRow is one set in the list.
type VariableSetRow struct {
	ID, Name, Description string
	Values                string
	Folder                string
	UsedBy                []Link
}

// lost says in a word how a value that fits did not win.
func (x VariableHere) lost(l VariableValue) string {
	if x.Tie != "" && l.Weight == x.Losers[0].Weight {
		return "ties"
	}
	return "loses"
}

// won is the winner among all values of the name; its form has a link of its own.
func (x VariableHere) won() VariableValue {
	out := *x.Winner
	out.Edit = ""
	return out
}

func (x VariableHere) comesTo() VariableValue {
	return VariableValue{Text: []Piece{{Text: x.Evaluated}}}
}
