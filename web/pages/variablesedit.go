package pages

import "strings"

// EditVariable is the form of one value. It carries the whole list as it was
// read, so that saving it saves the list as one.
type EditVariable struct {
	Frame
	Home     string // path of the page of all values; the form posts below it
	What     string // "project Random Quotes"
	Revision string
	Base     string // the list as it was read
	Number   string // of the value in it; "" for another one
	Folder   string // that owns the list, if one does
	TakeOver bool   // as ticked
	Saves    string // what the button says

	Name, Kind, Value, Reference, Description string
	Scope                                     []ScopeChoice
	Asks, Required, Multiline                 bool
	Label, Help, Options                      string // of the prompt; options one a line

	Problems []Problem
	Conflict *Conflict
}

// The kinds of a value, as the form posts them.
const (
	TextValue           = "text"
	SecretValue         = "secret"
	ParameterValue      = "parameter"
	SecretsManagerValue = "secrets-manager"
)

var valueKinds = []struct{ kind, label, help string }{
	{TextValue, "Text", "May hold #{…}."},
	{SecretValue, "Secret of this server", "Set with slipway secret set."},
	{ParameterValue, "Parameter Store", "A path like /prod/db-password."},
	{SecretsManagerValue, "Secrets Manager", "Like prod/db, or prod/db#password for one key."},
}

// ScopeChoice is one kind of scope: the names that may be ticked.
type ScopeChoice struct {
	Name, Label string
	Options     []Option
}

// DifferingLine is one line of a difference.
type DifferingLine struct {
	Sign string // "-" is there now, "+" is yours, "" is in both
	Text string
}

func (l DifferingLine) class() string {
	switch l.Sign {
	case "-":
		return "is-theirs"
	case "+":
		return "is-yours"
	}
	return "is-both"
}

func (v EditVariable) path() string { return EditVariablesPath(v.Home) }

func splitLines(text string) []string { return strings.Split(strings.TrimSuffix(text, "\n"), "\n") }

// valueRows is how tall the box of a value is.
func valueRows(value string) int { return min(max(len(splitLines(value))+1, 3), 24) }

const setExample = `variable-sets:
  - name: Shared
    variables:
      - { name: Mail Server, value: mail.example.org }
projects:
  - name: Random Quotes
    variable-sets: [Shared]`

func upper(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
