package variables

import (
	"slices"

	"slipway/pipelines"
	"slipway/pipelines/octostache"
)

// Defined is one value with where it was defined.
type Defined struct {
	pipelines.Variable
	Set    string // the variable set, "" for the project's own
	Index  int    // its number in that list, from 0
	System bool   // ours, not a person's
	Given  bool   // Value was given for its prompt, for this deployment

	base   int  // weight of all but the scope
	plain  bool // no scope at all
	narrow bool // scoped to steps, targets or roles
	group  int32
}

// Values are all values that a project has, its own and those of the sets it
// includes. They do not change and may be shared.
type Values struct {
	list   []Defined
	keys   []string // of each group: its name, folded
	groups map[string]int32
	narrow []int32 // of list: those of names with a value that differs between steps or targets
}

// New gathers the values of a project: its own, then those of its sets in the
// order in which it names them (of all sets that are handed in). given are the
// values for prompted variables, by name; nil where nobody deploys.
//
// A given value is a text of whoever deploys: it is taken as it is, and no
// `#{…}` in it reads other variables. What the project's authors propose or
// offer for choice is theirs, and is evaluated like any value.
func New(project pipelines.Project, sets []pipelines.VariableSet, given map[string]string) *Values {
	included := project.SetsOf(sets)
	n := len(project.Variables)
	for _, s := range included {
		n += len(s.Variables)
	}
	v := &Values{list: make([]Defined, 0, n), groups: make(map[string]int32, n)}
	byName := folded(given)
	for i, x := range project.Variables {
		v.add(Defined{Variable: x, Index: i}, byName)
	}
	for _, s := range included {
		for i, x := range s.Variables {
			v.add(Defined{Variable: x, Set: s.Name, Index: i}, byName)
		}
	}
	v.findNarrow()
	return v
}

// WithSystem are the values with those that we provide ourselves, which come
// first and lose against any other.
func (v *Values) WithSystem(system []pipelines.Variable) *Values {
	out := &Values{list: make([]Defined, 0, len(system)+len(v.list)), groups: make(map[string]int32, len(system)+len(v.list))}
	for i, x := range system {
		out.add(Defined{Variable: x, Index: i, System: true}, nil)
	}
	for _, d := range v.list {
		out.add(d, nil)
	}
	out.findNarrow()
	return out
}

func folded(given map[string]string) map[string]string {
	if len(given) == 0 {
		return nil
	}
	out := make(map[string]string, len(given))
	for name, value := range given {
		out[pipelines.NameKey(name)] = value
	}
	return out
}

func (v *Values) add(d Defined, given map[string]string) {
	key := pipelines.NameKey(d.Name)
	group, ok := v.groups[key]
	if !ok {
		group = int32(len(v.keys))
		v.groups[key] = group
		v.keys = append(v.keys, key)
	}
	d.group = group
	if value, ok := given[key]; ok && d.Prompt != nil {
		d.Given = true
		if value != string(d.Value) && !slices.Contains(d.Prompt.Options, value) {
			value = octostache.Escape(value)
		}
		d.Value = pipelines.Text(value)
	}
	s := &d.Scope
	d.narrow = len(s.Steps)+len(s.Targets)+len(s.Roles) > 0
	d.plain = !d.narrow && len(s.Environments)+len(s.Channels) == 0
	d.base = 0
	if d.Set == "" {
		d.base += rankProject
	}
	if d.Prompt != nil {
		d.base += rankPrompted
	}
	v.list = append(v.list, d)
}

func (v *Values) findNarrow() {
	differs := make([]bool, len(v.keys))
	for i := range v.list {
		if v.list[i].narrow {
			differs[v.list[i].group] = true
		}
	}
	for i := range v.list {
		if differs[v.list[i].group] {
			v.narrow = append(v.narrow, int32(i))
		}
	}
}

// Choice is a variable's value at a place.
type Choice struct {
	Winner *Defined
	Rank   int
	tied   *Defined // as strong as the winner, with another text
}

// Choose gives one choice for each name that has a value at the place, in the
// order in which names were first defined. A tie between different texts is a
// problem; the first one defined then stands in the result.
func (v *Values) Choose(at Place) ([]Choice, []pipelines.Problem) {
	c := newChooser(v, at, len(v.keys))
	for i := range v.list {
		c.see(&v.list[i])
	}
	return c.out, c.ties()
}

// ChooseNarrow is Choose for those names only that have a value scoped to steps,
// targets or roles: all others are within one environment and channel what they
// are for the whole deployment.
func (v *Values) ChooseNarrow(at Place) ([]Choice, []pipelines.Problem) {
	if len(v.narrow) == 0 {
		return nil, nil
	}
	c := newChooser(v, at, len(v.narrow))
	for _, i := range v.narrow {
		c.see(&v.list[i])
	}
	return c.out, c.ties()
}

// chooser keeps the strongest value of each name seen so far.
type chooser struct {
	at       Place
	out      []Choice
	position []int32 // of each group: its place in out plus one
	tied     bool    // some tie has been seen
}

func newChooser(v *Values, at Place, most int) *chooser {
	return &chooser{at: at, out: make([]Choice, 0, most), position: make([]int32, len(v.keys))}
}

func (c *chooser) see(d *Defined) {
	rank, ok := d.rank(&c.at)
	if !ok {
		return
	}
	p := c.position[d.group]
	if p == 0 {
		c.out = append(c.out, Choice{Winner: d, Rank: rank})
		c.position[d.group] = int32(len(c.out))
		return
	}
	switch now := &c.out[p-1]; {
	case rank > now.Rank:
		*now = Choice{Winner: d, Rank: rank}
	case rank == now.Rank && now.tied == nil && !d.SameValue(now.Winner.Variable):
		now.tied, c.tied = d, true
	}
}

func (c *chooser) ties() []pipelines.Problem {
	if !c.tied {
		return nil
	}
	var found []pipelines.Problem
	for _, x := range c.out {
		if x.tied != nil {
			found = append(found, pipelines.Problem{
				Path:    "variables." + pipelines.NameKey(x.Winner.Name),
				Message: tieMessage(x.Winner, x.tied, c.at.String()),
			})
		}
	}
	return found
}
