package variables

import (
	"strings"

	"slipway/pipelines"
)

// Reference is a name that a text reads, like `Octopus.Action[web].Name`.
type Reference struct {
	Name   string // spelled without needless space
	Line   int    // from 1
	Column int    // from 1, in characters
	parts  []part
}

// part is one name or one index of a reference or of a variable's name.
type part struct {
	text    string
	indexed bool
	any     bool // `[*]`, or an index that has to be evaluated
}

// References are the names that a text reads: in substitutions, filters,
// conditions, loops and calculations, and in the indexes of names. The items of
// a loop are none. The order is that of the text; a name read twice stands twice.
//
// It follows the grammar of octostache but is no parser: what does not parse as
// a token may yield names all the same, so that nothing that is read is missed.
func References(text string) []Reference {
	if !strings.Contains(text, "#{") {
		return nil
	}
	r := reader{src: text}
	for at := 0; at < len(text); {
		next := strings.Index(text[at:], "#{")
		if next < 0 {
			break
		}
		at += next
		if escaped(text, at) {
			at += 2
			continue
		}
		at = r.token(at+2, 0)
	}
	return r.found
}

// escaped: `##{` is a text, and of `###{` the last two make a token again.
func escaped(text string, at int) bool {
	before := at - len(strings.TrimRight(text[:at], "#"))
	return before == 1
}

// partsOf takes a variable's name apart as a reference is.
func partsOf(name string) []part {
	r := reader{src: name}
	parts, end := r.path(r.space(0), 0)
	if end < len(name) && strings.TrimSpace(name[end:]) != "" {
		return nil // a name that no reference can spell
	}
	return parts
}

// Reads says whether the reference reads a variable of that name: itself; one
// of the variables that a loop over it finds (`Octopus.Step` reads
// `Octopus.Step[a].Name`); or a text in which it looks for a member
// (`Config.Port` reads `Config`).
func (r Reference) Reads(name string) bool {
	parts := partsOf(name)
	if len(parts) == 0 {
		return false
	}
	for i := range min(len(parts), len(r.parts)) {
		if !r.parts[i].fits(parts[i]) {
			return false
		}
	}
	return len(parts) <= len(r.parts) || parts[len(r.parts)].indexed
}

// Path is a name taken apart, to compare references with.
type Path struct{ parts []part }

// PathOf takes a name apart; an index `[*]` in it stands for any.
func PathOf(name string) Path { return Path{partsOf(name)} }

// Below says whether the reference leads to a place at or below a path.
func (r Reference) Below(p Path) bool {
	if len(p.parts) == 0 || len(p.parts) > len(r.parts) {
		return false
	}
	for i, x := range p.parts {
		if !r.parts[i].fits(x) {
			return false
		}
	}
	return true
}

// At says whether the reference leads to just that path.
func (r Reference) At(p Path) bool { return len(r.parts) == len(p.parts) && r.Below(p) }

// Output takes a reference to an output variable apart: of which step, and what
// stands behind that, which is its name or begins with it. The step is "" where it
// has to be evaluated.
func (r Reference) Output() (step, name string, ok bool) {
	p := r.parts
	if !r.Below(outputs) || len(p) < 5 {
		return "", "", false
	}
	if !p[2].any {
		step = p[2].text
	}
	rest := p[4:]
	if rest[0].indexed && len(rest) > 1 { // of one machine
		rest = rest[1:]
	}
	return step, spell(rest), true
}

// OfProcess says whether the reference tells of the steps of a process or of how
// the deployment stands.
func (r Reference) OfProcess() bool {
	_, ofSteps := r.OfStep()
	return ofSteps || r.Below(failure) || r.Below(failureDetail)
}

// OfStep is the step that a reference tells of; "" where it runs over all, or the
// name has to be evaluated. ok: it tells of steps.
func (r Reference) OfStep() (step string, ok bool) {
	p := r.parts
	if len(p) < 2 || !p[0].fits(outputs.parts[0]) || !p[1].fits(outputs.parts[1]) && !p[1].fits(aStep) {
		return "", false
	}
	if len(p) == 2 {
		return "", true
	}
	if !p[2].indexed {
		return "", false // of the step itself, like Octopus.Step.Name
	}
	if p[2].any {
		return "", true
	}
	return p[2].text, true
}

var (
	outputs = PathOf("Octopus.Action[*].Output")
	aStep   = part{text: "Step"}

	failure, failureDetail = PathOf("Octopus.Deployment.Error"), PathOf("Octopus.Deployment.ErrorDetail")
)

func (p part) fits(other part) bool {
	return p.indexed == other.indexed && (p.any || other.any || pipelines.SameName(p.text, other.text))
}
