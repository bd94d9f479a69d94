package auditlog

import (
	"cmp"
	"strings"
	"time"

	"slipway/pipelines"
)

// Filter says which entries are looked for; the zero one lets all through.
type Filter struct {
	Person      string    `json:"person,omitempty"`      // a username, or an id
	Since       time.Time `json:"since,omitzero"`        // not before
	Until       time.Time `json:"until,omitzero"`        // before
	Project     string    `json:"project,omitempty"`     // an id
	Environment string    `json:"environment,omitempty"` // an id
	Kind        string    `json:"kind,omitempty"`        // the name of a kind, or a category
	Subject     string    `json:"subject,omitempty"`     // the id of what it is about, or is related to
	Text        string    `json:"text,omitempty"`        // somewhere in what people read, without regard to case
}

// Whole says whether the filter lets everything through.
func (f Filter) Whole() bool { return f == Filter{} }

// String is the filter in words, "" for the whole log.
func (f Filter) String() string {
	var out []string
	for _, part := range []struct{ name, value string }{
		{"person", f.Person}, {"since", day(f.Since)}, {"until", day(f.Until)}, {"project", f.Project},
		{"environment", f.Environment}, {"kind", f.Kind}, {"subject", f.Subject}, {"text", f.Text},
	} {
		if part.value != "" {
			out = append(out, part.name+"="+part.value)
		}
	}
	return strings.Join(out, " ")
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// Matches says whether an entry is one that is looked for.
func (f Filter) Matches(e pipelines.Event) bool {
	return (f.Since.IsZero() || !e.At.Before(f.Since)) && (f.Until.IsZero() || e.At.Before(f.Until)) &&
		(f.Person == "" || pipelines.SameName(f.Person, e.Username) || f.Person == e.UserID) &&
		(f.Project == "" || ProjectOf(e) == f.Project) &&
		(f.Environment == "" || EnvironmentOf(e) == f.Environment) &&
		(f.Kind == "" || OfKind(f.Kind, e.Category)) &&
		(f.Subject == "" || f.about(e)) &&
		(f.Text == "" || contains(e, f.Text))
}

func (f Filter) about(e pipelines.Event) bool {
	if e.Subject == f.Subject || e.Project == f.Subject || e.Environment == f.Subject {
		return true
	}
	for _, id := range e.Related {
		if id == f.Subject {
			return true
		}
	}
	return false
}

// contains looks for a text in all that people read of an entry.
func contains(e pipelines.Event, text string) bool {
	text = strings.ToLower(text)
	for _, part := range []string{e.Message, e.Username, e.Subject, e.Category, What(e), Words(e.Category), e.From, e.Via} {
		if strings.Contains(strings.ToLower(part), text) {
			return true
		}
	}
	for _, part := range e.Details {
		if strings.Contains(strings.ToLower(part), text) {
			return true
		}
	}
	return false
}

// ProjectOf is the id of the project that an entry is about, "" for none. Older
// entries name it among what is related.
func ProjectOf(e pipelines.Event) string { return idOf(e, e.Project, "Projects-") }

// EnvironmentOf is the id of the environment that an entry is about, "" for none.
func EnvironmentOf(e pipelines.Event) string { return idOf(e, e.Environment, "Environments-") }

func idOf(e pipelines.Event, said, prefix string) string {
	if said != "" {
		return said
	}
	found := ""
	for _, id := range append([]string{e.Subject}, e.Related...) {
		if strings.HasPrefix(id, prefix) {
			found = cmp.Or(found, id)
		}
	}
	return found
}
