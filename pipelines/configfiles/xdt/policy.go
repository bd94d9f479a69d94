package xdt

import "strings"

// Policy is what a step makes of messages.
type Policy struct {
	WarningsAreErrors bool
	IgnoreErrors      bool // and warnings with them
}

// PolicyFromVariables reads what the step says. get is a variable's evaluated
// text, empty for one that is not there.
func PolicyFromVariables(get func(name string) string) Policy {
	is := func(name, word string) bool {
		return strings.EqualFold(strings.TrimSpace(get("Octopus.Action.Package."+name)), word)
	}
	return Policy{
		WarningsAreErrors: !is("TreatConfigTransformationWarningsAsErrors", "false"),
		IgnoreErrors:      is("IgnoreConfigTransformationErrors", "true"),
	}
}

// Judge gives the report with the levels that the step wants.
func (p Policy) Judge(r Report) Report {
	judged := Report{Messages: make([]Message, len(r.Messages))}
	for i, m := range r.Messages {
		switch {
		case p.IgnoreErrors && m.Level > Info:
			m.Level--
		case p.WarningsAreErrors && m.Level == Warning:
			m.Level = Error
		}
		judged.Messages[i] = m
	}
	return judged
}

// Fails says whether the deployment stops at this report.
func (p Policy) Fails(r Report) bool { return p.Judge(r).Count(Error) > 0 }
