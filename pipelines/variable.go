package pipelines

import "strings"

// Variable is one value of a variable and where it applies. A name may have
// many values; pipelines/variables chooses the one that fits best.
type Variable struct {
	Name        string `json:"name"`
	Value       Text   `json:"value,omitempty"`
	Description string `json:"description,omitempty"`
	Scope
	// Secret names a sealed value (`slipway secret set`) that is opened only
	// where a task is performed. It stands in place of Value.
	Secret string `json:"secret,omitempty"`
	// Parameter and SecretsManager point to a value that the team keeps in AWS:
	// in Parameter Store, `/prod/db-password`, or in Secrets Manager, `prod/db`
	// or, for one key of a JSON object, `prod/db#password`. It is read where a
	// task is performed and treated as a secret. They stand in place of Value.
	Parameter      string `json:"parameter,omitempty"`
	SecretsManager string `json:"secrets-manager,omitempty"`
	// Prompt asks for the value at each deployment; Value is then the proposal.
	Prompt *Prompt `json:"prompt,omitempty"`
}

// Prompt says how a value is asked for when somebody deploys.
type Prompt struct {
	Label       string   `json:"label,omitempty"` // "" is the variable's name
	Description string   `json:"description,omitempty"`
	Required    bool     `json:"required,omitempty"`
	Options     []string `json:"options,omitempty"`   // one of these; none: any text
	Multiline   bool     `json:"multiline,omitempty"` // several lines
}

// Scope limits a value: for every kind that is named, one of the names must
// fit. The zero Scope fits everywhere.
type Scope struct {
	Environments []string `json:"environments,omitempty"`
	Roles        []string `json:"roles,omitempty"`
	Targets      []string `json:"targets,omitempty"`
	Channels     []string `json:"channels,omitempty"`
	Steps        []string `json:"steps,omitempty"`
}

// Text is a text that the written form may keep in a file of its own
// (`{ file: start.sh }`).
type Text string

// What a plan's references to values outside of Slipway begin with. A sealed
// secret's reference is its name and version instead, `db@3`.
const (
	FromParameter      = "aws-parameter:"
	FromSecretsManager = "aws-secret:"
)

// Source is the reference to where the value lies outside of Slipway, or "".
func (v Variable) Source() string {
	switch {
	case v.Parameter != "":
		return FromParameter + v.Parameter
	case v.SecretsManager != "":
		return FromSecretsManager + v.SecretsManager
	}
	return ""
}

// Sensitive says that the value is for hosts alone: it never stands in a plan,
// a page, a mail or a log.
func (v Variable) Sensitive() bool { return v.Secret != "" || v.Source() != "" }

// SameValue says that two variables hold, or point to, the same.
func (v Variable) SameValue(other Variable) bool {
	return v.Value == other.Value && v.Secret == other.Secret && v.Source() == other.Source()
}

// Check finds what is wrong with the variable by itself.
func (v Variable) Check() []Problem {
	found := checkName("name", "variable", v.Name)
	first := ""
	for _, way := range []struct{ key, says, text string }{
		{"value", "a value", string(v.Value)}, {"secret", "a secret", v.Secret},
		{"parameter", "a parameter", v.Parameter}, {"secrets-manager", "a secret of Secrets Manager", v.SecretsManager},
	} {
		switch {
		case way.text == "":
		case first == "":
			first = way.says
		default:
			found = append(found, Problem{Path: way.key, Message: "variable " + quote(v.Name) + " has " + first + " and " + way.says + ": give one"})
		}
	}
	found = append(found, v.checkSource()...)
	if v.Prompt != nil {
		found = append(found, under("prompt", v.checkPrompt())...)
	}
	return found
}

// checkSource looks at the form of a reference: what AWS would refuse anyway.
func (v Variable) checkSource() []Problem {
	var found []Problem
	if v.Parameter != "" && !isParameter(v.Parameter) {
		found = append(found, Problem{Path: "parameter", Message: quote(v.Parameter) + " is no name of a parameter: write its full path, like /prod/db-password"})
	}
	name, key, part := strings.Cut(v.SecretsManager, "#")
	switch {
	case v.SecretsManager == "":
	case name == "" || !only(name, "/_+=.@-:"):
		found = append(found, Problem{Path: "secrets-manager", Message: quote(v.SecretsManager) + " is no name of a secret: write it as Secrets Manager shows it, like prod/db, and a key behind #, like prod/db#password"})
	case part && key == "":
		found = append(found, Problem{Path: "secrets-manager", Message: "there is no key behind the # of " + quote(v.SecretsManager) + ": name it, like prod/db#password, or leave the # out"})
	}
	return found
}

// isParameter: a path, or a name without one, or an ARN; and perhaps a version
// or a label behind a colon.
func isParameter(name string) bool {
	bare := strings.Trim(name, "/")
	return only(name, "/_.-:") && bare != "" && !strings.HasSuffix(name, "/") && !strings.Contains(name, "//") &&
		(strings.HasPrefix(name, "/") || !strings.Contains(name, "/") || strings.HasPrefix(name, "arn:"))
}

// only says that a text is of ASCII letters, digits and signs.
func only(s, signs string) bool {
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', strings.ContainsRune(signs, r):
		default:
			return false
		}
	}
	return true
}
