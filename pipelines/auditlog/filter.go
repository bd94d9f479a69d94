package auditlog

import (
	"bytes"
	"cmp"
	"strings"
	"time"

	"slipway/pipelines"
)

// Filter says which entries are looked for; the zero one lets all through.
type Filter struct {
	Person      string    // a username, or an id
	Since       time.Time // not before
	Until       time.Time // before
	Project     string    // an id
	Environment string    // an id
	Kind        string    // the name of a kind, or a category
	Subject     string    // the id of what it is about, or is related to
	Text        string    // somewhere in what people read, without regard to case
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
		(f.Kind == "" || ofKind(f.Kind, e.Category)) &&
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

// MayMatch says of a stored line whether it is worth to be read. It never turns
// away what Matches would let through.
func (f Filter) MayMatch(line []byte) bool {
	for _, id := range []string{f.Project, f.Environment, f.Subject} {
		if id != "" && plain(id) && !bytes.Contains(line, []byte(`"`+id+`"`)) {
			return false
		}
	}
	if !isASCII(line) { // some letters have a partner of another length there
		return true
	}
	if f.Person != "" && plain(f.Person) && !containsFold(line, f.Person) {
		return false
	}
	// The words of a category stand in the line without spaces.
	return f.Text == "" || !plain(f.Text) || containsFold(line, f.Text) || containsFold(line, strings.ReplaceAll(f.Text, " ", ""))
}

// plain says whether a text stands in JSON as it is.
func plain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' || strings.IndexByte(`"\<>&`, text[i]) >= 0 {
			return false
		}
	}
	return true
}

func isASCII(line []byte) bool {
	for _, c := range line {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

func containsFold(line []byte, text string) bool {
	if text == "" {
		return true
	}
	lower, upper := lowered(text[0]), raised(text[0])
	for at := 0; at+len(text) <= len(line); at++ {
		if c := line[at]; c != lower && c != upper {
			continue
		}
		same := true
		for i := 1; i < len(text) && same; i++ {
			same = lowered(line[at+i]) == lowered(text[i])
		}
		if same {
			return true
		}
	}
	return false
}

func lowered(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c | 0x20
	}
	return c
}

func raised(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c &^ 0x20
	}
	return c
}

// contains looks for a text in all that people read of an entry.
func contains(e pipelines.Event, text string) bool {
	text = strings.ToLower(text)
	for _, part := range []string{e.Message, e.Username, e.Subject, e.Category, Words(e.Category), e.From, e.Via} {
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
