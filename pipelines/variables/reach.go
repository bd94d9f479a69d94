package variables

import (
	"fmt"
	"slices"
	"strings"

	"slipway/pipelines"
)

// World is where a project's values may hold: what Reach walks through.
type World struct {
	Project      pipelines.Project
	Sets         []pipelines.VariableSet
	Environments []pipelines.Environment
	Targets      []pipelines.Target
	// Texts are what a step's settings may read variables in, with their paths.
	Texts func(step pipelines.Step, environment string) []Text
}

// Text is one text of a step, with its place in the settings.
type Text struct{ Path, Text string }

// Reached is one step in one environment where the value is the one that wins,
// and is read.
type Reached struct {
	Project     string   `json:"project"`
	Environment string   `json:"environment"`
	Channel     string   `json:"channel,omitempty"` // "" where it is so in all of them
	Step        string   `json:"step"`
	Targets     []string `json:"targets,omitempty"` // none: the step runs on the server
	Readers     []Reader `json:"readers"`
}

// Reader is a text that reads the value, itself or by way of other variables.
type Reader struct {
	Path string   `json:"path"`
	Via  []string `json:"via,omitempty"`
}

// String is `script.body` or `script.body (Url → Host)`.
func (r Reader) String() string {
	if len(r.Via) == 0 {
		return r.Path
	}
	return r.Path + " (" + strings.Join(r.Via, " → ") + ")"
}

// Reach says what changing one value reaches: the value with the given number
// (from 0) among the project's own, or among those of a set. What files on hosts
// read when they are filled in is not known and not part of it.
func (w World) Reach(set string, number int) ([]Reached, error) {
	v := New(w.Project, w.Sets, nil)
	at := slices.IndexFunc(v.list, func(d Defined) bool { return d.Index == number && pipelines.SameName(d.Set, set) })
	if at < 0 {
		where := "project " + w.Project.Name
		if set != "" {
			where = "the sets of project " + w.Project.Name + ", in " + set + ","
		}
		return nil, pipelines.Refuse(pipelines.NotFound, "%s has no value number %d", where, number+1)
	}
	walk := walk{World: w, values: v, value: &v.list[at]}
	var out []Reached
	for _, e := range w.Environments {
		for _, s := range w.Project.Steps {
			if len(s.Steps) == 0 {
				out = append(out, walk.step(e.Name, s, nil)...)
			}
			for _, child := range s.Steps {
				out = append(out, walk.step(e.Name, child, &s)...)
			}
		}
	}
	return out, nil
}

// walk looks for one value.
type walk struct {
	World
	values *Values
	value  *Defined
}

// step looks at a step in one environment, channel by channel, and tells of
// channels only where they differ. parent is the step that a child step belongs
// to.
func (w *walk) step(environment string, s pipelines.Step, parent *pipelines.Step) []Reached {
	texts := w.Texts(s, environment)
	channels := w.Project.AllChannels()
	var out []Reached
	for _, c := range channels {
		runs, _ := s.Runs(environment, c.Name)
		if parent != nil && runs {
			runs, _ = parent.Runs(environment, c.Name)
		}
		if runs {
			out = append(out, w.targets(environment, c.Name, s, parent, texts)...)
		}
	}
	if len(out) == len(channels) && !slices.ContainsFunc(out, func(r Reached) bool { return !r.sameBut(out[0]) }) {
		out[0].Channel = ""
		return out[:1]
	}
	return out
}

func (r Reached) sameBut(other Reached) bool {
	return slices.Equal(r.Targets, other.Targets) && slices.EqualFunc(r.Readers, other.Readers, func(a, b Reader) bool { return a.String() == b.String() })
}

// targets looks at a step's targets and puts those together where the same
// texts read the value in the same way.
func (w *walk) targets(environment, channel string, s pipelines.Step, parent *pipelines.Step, texts []Text) []Reached {
	at := Place{Environment: environment, Channel: channel, Step: s.Name, StepRoles: s.Roles}
	base := Reached{Project: w.Project.Name, Environment: environment, Channel: channel, Step: s.Name}
	roles := s.Roles // and of a child step, those of the step it belongs to
	if parent != nil {
		at.Within, at.StepRoles = parent.Name, parent.RolesOf(s)
		roles = parent.AnyRoles()
	}
	if len(at.StepRoles) == 0 {
		if base.Readers = w.readers(at, texts); base.Readers == nil {
			return nil
		}
		return []Reached{base}
	}
	var out []Reached
	known := map[string][]Reader{} // by what the narrow values are there
	for _, t := range w.Targets {
		if t.Disabled || !t.In(environment) || !t.HasRole(at.StepRoles) || !t.HasRole(roles) {
			continue
		}
		at.Target, at.TargetRoles = t.Name, t.Roles
		key := w.narrowKey(at)
		readers, ok := known[key]
		if !ok {
			readers = w.readers(at, texts)
			known[key] = readers
		}
		if readers == nil {
			continue
		}
		i := slices.IndexFunc(out, func(r Reached) bool {
			return slices.EqualFunc(r.Readers, readers, func(a, b Reader) bool { return a.String() == b.String() })
		})
		if i < 0 {
			i = len(out)
			next := base
			next.Readers = readers
			out = append(out, next)
		}
		out[i].Targets = append(out[i].Targets, t.Name)
	}
	return out
}

// asksFor says whether a script asks for a variable by name, as
// get_octopusvariable does and its kin in other languages.
func asksFor(text, name string) bool {
	return strings.Contains(text, name) && strings.Contains(pipelines.NameKey(text), "octopus")
}

// narrowKey is equal for places in one environment, channel and step where the
// same values win.
func (w *walk) narrowKey(at Place) string {
	choices, _ := w.values.ChooseNarrow(at)
	var b strings.Builder
	for _, c := range choices {
		fmt.Fprintf(&b, "%s/%d/%d;", c.Winner.Set, c.Winner.Index, c.Winner.group)
	}
	return b.String()
}

// readers are the texts that read the value at a place, nil where another value
// wins or nothing reads it.
func (w *walk) readers(at Place, texts []Text) []Reader {
	choices, _ := w.values.Choose(at)
	names := make([]string, len(choices))
	wanted := -1
	for i, c := range choices {
		names[i] = c.Winner.Name
		if c.Winner == w.value {
			wanted = i
		}
	}
	if wanted < 0 {
		return nil
	}
	lookup := NewLookup(names)
	var out []Reader
	for _, t := range texts {
		via, ok := Way(t.Text, lookup, func(i int) string {
			if w := choices[i].Winner; !w.Sensitive() {
				return string(w.Value)
			}
			return ""
		}, func(_ Reference, read []int) bool { return slices.Contains(read, wanted) })
		if ok {
			out = append(out, Reader{Path: t.Path, Via: via.Names(names)})
		} else if asksFor(t.Text, names[wanted]) {
			out = append(out, Reader{Path: t.Path})
		}
	}
	return out
}
