package pages

import "strings"

// StepRecord is what became of one step, for people who read it later.
type StepRecord struct {
	Number     string // "2", of a child step "2.1"
	Name, Type string
	State      State
	Began      string // "20 Nov 14:03:07"
	Took       string
	Said       []string // the full reason, who decided and what they noted
	Hosts      []HostRecord
	MoreHosts  string // "and 12 more hosts"
	Path       string // the page with the log of this step only
	Child      bool
}

// HostRecord is what became of a step on one host, where there is more to say
// than that it went well.
type HostRecord struct {
	Name  string
	State State
	Said  []string
	Path  string
	// Last is what was put out there last, where it went wrong; LastLine and LastPath
	// lead to the end of it in the log.
	Last               []string
	LastLine, LastPath string
}

func (s StepRecord) wrong() bool { return s.State == Failed || s.State == Unknown }

// more says that there is more to say of it than one sentence.
func (s StepRecord) more() bool { return len(s.Said) > 1 || len(s.Hosts) > 0 || s.MoreHosts != "" }

// wrong are the steps that did not end as they should.
func wrong(all []StepRecord) []StepRecord {
	var out []StepRecord
	for _, s := range all {
		if s.wrong() {
			out = append(out, s)
		}
	}
	return out
}

// closed says whether every backtick of a text has its second.
func closed(text string) bool { return strings.Count(text, "`")%2 == 0 }
