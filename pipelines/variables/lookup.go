package variables

import "slipway/pipelines"

// Lookup finds the variables that a reference reads among many.
type Lookup struct {
	names  []string
	byName map[string]int // folded; of equal names the last
}

// NewLookup makes a Lookup of names; of equal ones the last counts.
func NewLookup(names []string) *Lookup {
	l := &Lookup{names: names, byName: make(map[string]int, len(names))}
	for i, n := range names {
		l.byName[pipelines.NameKey(n)] = i
	}
	return l
}

// Read are the indexes of the variables that a reference reads, nil where there
// is none.
func (l *Lookup) Read(r Reference) []int {
	if i, ok := l.byName[pipelines.NameKey(r.Name)]; ok {
		return []int{i}
	}
	for n := len(r.parts) - 1; n > 0; n-- { // a member of a JSON text
		if i, ok := l.byName[pipelines.NameKey(spell(r.parts[:n]))]; ok {
			return []int{i}
		}
	}
	var out []int
	for i, name := range l.names {
		if l.byName[pipelines.NameKey(name)] == i && r.Reads(name) {
			out = append(out, i)
		}
	}
	return out
}
