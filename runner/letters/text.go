package letters

import (
	"fmt"
	"strings"
)

// text is the plain form of the letter.
func (s SignOff) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n\n", s.what(), s.waits())
	for _, said := range s.lines() {
		b.WriteString(strings.TrimRight("  "+wrapped(said, 2), " ") + "\n")
	}
	if len(s.lines()) > 0 {
		b.WriteByte('\n')
	}
	b.WriteString(s.coming())
	for _, f := range s.facts() {
		fmt.Fprintf(&b, "%-12s %s\n", f.label, wrapped(f.value, 13))
	}
	fmt.Fprintf(&b, "\nApprove:\n%s\n", s.ApproveURL)
	fmt.Fprintf(&b, "\nReject:\n%s\n", s.RejectURL)
	fmt.Fprintf(&b, "\nYour code:   %s\n\n", s.spacedCode())
	b.WriteString("Either link opens a page that asks for the code. Nothing is decided before\n")
	b.WriteString("you enter it there; then both links have done their work.\n\n")
	b.WriteString(s.notesText())
	if s.PageURL != "" {
		fmt.Fprintf(&b, "The deployment, step by step:\n%s\n\n", s.PageURL)
	}
	b.WriteString("-- \n" + wrapped(s.because(), 0) + "\nDo not pass it on: links and code decide in your name.\n")
	return b.String()
}

// notesText are the release's notes as they were written.
func (s SignOff) notesText() string {
	var b strings.Builder
	if notes := s.notes(); len(notes) > 0 {
		b.WriteString("Release notes:\n")
		for _, said := range notes {
			b.WriteString(strings.TrimRight("  "+wrapped(said, 2), " ") + "\n")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// coming is what the release brings.
func (s SignOff) coming() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", wrapped(s.replaced(), 0))
	packages, more := s.packages()
	for _, c := range packages {
		b.WriteString(c.text())
	}
	if more != "" {
		fmt.Fprintf(&b, "  %s\n", more)
	}
	return b.String() + "\n"
}
