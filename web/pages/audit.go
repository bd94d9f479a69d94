package pages

import "net/url"

// Audit is the audit log: entries, newest first, and what they are looked for by.
type Audit struct {
	Frame
	Filter   AuditFilter
	Problems []Problem
	Rows     []AuditRow
	// Older is the query of what is further back, "" at the end of the log. Short
	// says, in words, that the log was looked through as far as one request does.
	Older, Short string
	// First is the query of the newest entries, "" where they are shown.
	First string
	// Query is that of the filter, which exports take, too.
	Query string
}

// AuditFilter is what stands in the fields, with what they offer.
type AuditFilter struct {
	Person, Since, Until, Text    string
	Subject                       string // an id that another page has linked with
	Kinds, Projects, Environments []AuditOption
	People                        []AuditOption // offered while a person is typed
	Any                           bool          // something is looked for
}

// AuditOption is one choice of a filter.
type AuditOption struct {
	Value, Text string
	Chosen      bool
}

// AuditRow is one entry.
type AuditRow struct {
	ID        string
	At        Moment
	What      string // the category in words
	Message   string
	Who, Via  string
	From      string
	Place     string // project and environment
	About     string // the thing's own words
	AboutPath string // "" where it has no page
	History   string // the query of all about the same thing
	Lines     []AuditDiffLine
	Facts     []Fact
	Chain     string // "Deployments-7, entry 3"; "" from before the chains
	Hash      string
	Refused   bool
}

// AuditDiffLine is a line before (-) or after (+).
type AuditDiffLine struct{ Sign, Text string }

// whence is how and from where somebody came: "on the page, 192.0.2.7".
func (r AuditRow) whence() string {
	if r.Via == "" || r.From == "" {
		return r.Via + r.From
	}
	return r.Via + ", " + r.From
}

func auditRowID(r AuditRow) string { return "e-" + r.ID }

// AuditExportPath is where an export is fetched.
const AuditExportPath = AuditPath + "/export"

func auditQuery(path, query string) string {
	if query == "" {
		return path
	}
	return path + "?" + query
}

func exportQuery(query, format string) string {
	values, err := url.ParseQuery(query)
	if err != nil {
		values = url.Values{}
	}
	values.Set("format", format)
	return auditQuery(AuditExportPath, values.Encode())
}

// peopleList is the id of what the person's field offers, "" for nothing.
func peopleList(all []AuditOption) string {
	if len(all) == 0 {
		return ""
	}
	return "people"
}
