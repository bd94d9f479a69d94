package pages

import (
	"strings"

	"github.com/a-h/templ"
)

// Frame is what every page has around its content.
type Frame struct {
	// Base is the path prefix everything lives under: "" or "/slipway".
	Base string
	// Title is the heading of the page and the name of its tab.
	Title string
	// Sentence says the state in words under the title; it may be empty.
	Sentence string
	// Crumbs lead here, outermost first, without the page itself.
	Crumbs []Crumb
	// Section is the part of the top bar that is current.
	Section Section
	// Tabs are the pages beside this one, where a section has several.
	Tabs []Tab
	// Searched is what stands in the search box.
	Searched string
	// NoKeys: this browser wants no key to be a shortcut by itself.
	NoKeys bool
	// Done says what was done on the way here; it may be empty.
	Done string
	// Viewer is nil while nobody is signed in; the bar is then bare.
	Viewer *Viewer
	// Zone names the time zone of every time on the page: "UTC", "Europe/Berlin".
	Zone string
}

// Viewer is the person the page is made for.
type Viewer struct {
	Name      string // sign-in name
	Display   string
	Approvals int  // decisions waiting for this person
	Packages  bool // may see packages
	Targets   bool // may see targets
	People    bool // may see users and teams
	Library   bool // may see lifecycles, variable sets and step types
	Audit     bool // may read the audit log
	Settings  bool // may change how the server works
	HeldMail  bool // the server keeps mail for reading, and this person may read it
	// KeptEvents says that failed events are kept, and that this person may look at them.
	KeptEvents bool
}

// Crumb is one step of the way to a page.
type Crumb struct{ Text, Path string }

// Tab is one of several pages of a section.
type Tab struct {
	Text, Path string
	Current    bool
}

// Section is an entry of the top bar.
type Section string

// The sections of the top bar, and the pages that stand in the account menu.
const (
	InDashboard Section = "dashboard"
	InPackages  Section = "packages"
	InTargets   Section = "targets"
	InLibrary   Section = "library"
	InPeople    Section = "people"
	InAudit     Section = "audit"
	InApprovals Section = "approvals"
	InQueue     Section = "queue"
	InMail      Section = "mail"
	InKeys      Section = "keys"
	InKept      Section = "kept"
	InProfile   Section = "profile"
	InSettings  Section = "settings"
	InSearch    Section = "search"
)

// To is the one way a link is made: path, which starts at the root of the
// application, under the base path. It never leads to another host.
func (f Frame) To(path string) templ.SafeURL {
	return templ.SafeURL(strings.TrimSuffix(f.Base, "/") + "/" + strings.TrimLeft(path, "/\\"))
}

func (f Frame) to(path string) string { return string(f.To(path)) }

func (f Frame) current(s Section) string { return here(f.Section == s) }

// keys are those that lead to the search box by themselves.
func (f Frame) keys() string {
	if f.NoKeys {
		return ""
	}
	return "/"
}

func here(current bool) string {
	if current {
		return "page"
	}
	return "false"
}

// Moment is a point in time as people say it, with the exact one beside it.
type Moment struct{ Text, Exact string }

// Problem is something wrong with what was entered; Field is the name of the
// form field, or "" when it is about the whole.
type Problem struct{ Field, Text string }

func problemOf(field string, all []Problem) string {
	for _, p := range all {
		if p.Field == field {
			return p.Text
		}
	}
	return ""
}

// htmxConfig switches off what the content security policy forbids: indicator
// styles are an inline style, some triggers are evaluated text.
const htmxConfig = `{"includeIndicatorStyles":false,"allowEval":false,"selfRequestsOnly":true,"historyEnabled":false}`
