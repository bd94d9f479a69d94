package letters

import (
	"fmt"
	"strings"
)

// text is the plain form of the letter.
func (s SignOff) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n\n", s.what(), s.waits())
	for _, line := range s.lines() {
		b.WriteString(strings.TrimRight("  "+line, " ") + "\n")
	}
	if len(s.lines()) > 0 {
		b.WriteByte('\n')
	}
	for _, f := range s.facts() {
		fmt.Fprintf(&b, "%-12s %s\n", f.label, strings.Join(strings.Fields(f.value), " "))
	}
	fmt.Fprintf(&b, "\nApprove:\n%s\n", s.ApproveURL)
	fmt.Fprintf(&b, "\nReject:\n%s\n", s.RejectURL)
	fmt.Fprintf(&b, "\nYour code:   %s\n\n", s.spacedCode())
	b.WriteString("Either link opens a page that asks for the code. Nothing is decided before\n")
	b.WriteString("you enter it there; then both links have done their work.\n\n")
	if s.PageURL != "" {
		fmt.Fprintf(&b, "The deployment, step by step:\n%s\n\n", s.PageURL)
	}
	b.WriteString("-- \n" + s.because() + "\nDo not pass it on: links and code decide in your name.\n")
	return b.String()
}
