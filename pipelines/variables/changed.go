package variables

import (
	"fmt"
	"strings"

	"slipway/pipelines"
)

// Difference is one value that is not what it was.
type Difference struct {
	Name string `json:"name"`
	What string `json:"what"`          // one of the words below
	Was  *Shown `json:"was,omitempty"` // nil: it was not there
	Now  *Shown `json:"now,omitempty"` // nil: it is gone
}

// The words of Difference.What.
const (
	Added        = "added"
	Removed      = "removed"
	ValueChanged = "value"
	ScopeChanged = "scope"
)

// Changed compares the values of a release with those of its project as it is
// now. Values are matched by name, place of definition and scope; what is left
// then by name and text, as a value that was given another scope. Of a secret
// only its name is compared: which version of it is used, a deployment decides.
func Changed(was, now *Values) []Difference {
	old, today := was.members(), now.members()
	var out []Difference
	for g, members := range old {
		var after []*Defined
		if n, ok := now.groups[was.keys[g]]; ok {
			after = today[n]
		}
		out = append(out, changedOf(members, after)...)
	}
	for g, members := range today {
		if _, known := was.groups[now.keys[g]]; !known {
			out = append(out, changedOf(nil, members)...)
		}
	}
	return out
}

func changedOf(was, now []*Defined) []Difference {
	taken := make([]bool, len(now))
	partner := func(fits func(d *Defined) bool) *Defined {
		for i, d := range now {
			if !taken[i] && fits(d) {
				taken[i] = true
				return d
			}
		}
		return nil
	}
	var out []Difference
	rest := was[:0:0]
	for _, a := range was { // what is the same takes itself out of the way first
		if partner(func(b *Defined) bool { return a.sameScope(b) && a.SameValue(b.Variable) }) == nil {
			rest = append(rest, a)
		}
	}
	moved := rest[:0:0]
	for _, a := range rest {
		if b := partner(func(b *Defined) bool { return a.sameScope(b) }); b != nil {
			out = append(out, difference(ValueChanged, a, b))
		} else {
			moved = append(moved, a)
		}
	}
	for _, a := range moved {
		if b := partner(func(b *Defined) bool { return a.SameValue(b.Variable) }); b != nil {
			out = append(out, difference(ScopeChanged, a, b))
		} else {
			out = append(out, difference(Removed, a, nil))
		}
	}
	for i, b := range now {
		if !taken[i] {
			out = append(out, difference(Added, nil, b))
		}
	}
	return out
}

func (d *Defined) sameScope(other *Defined) bool {
	return pipelines.SameName(d.Set, other.Set) && sameNames(d.Environments, other.Environments) && sameNames(d.Channels, other.Channels) &&
		sameNames(d.Roles, other.Roles) && sameNames(d.Targets, other.Targets) && sameNames(d.Steps, other.Steps)
}

func difference(what string, was, now *Defined) Difference {
	out := Difference{What: what}
	if was != nil {
		shown := was.show()
		out.Name, out.Was = was.Name, &shown
	}
	if now != nil {
		shown := now.show()
		out.Name, out.Now = now.Name, &shown
	}
	return out
}

// Concerns says whether the difference can matter in an environment, for a
// channel.
func (d Difference) Concerns(environment, channel string) bool {
	for _, side := range []*Shown{d.Was, d.Now} {
		if side == nil {
			continue
		}
		s := side.Scope
		if (len(s.Environments) == 0 || pipelines.HasName(s.Environments, environment)) &&
			(len(s.Channels) == 0 || pipelines.HasName(s.Channels, channel)) {
			return true
		}
	}
	return false
}

// String says the difference in a sentence without its end: `Port (Test) was
// "8082", is "8092" now`.
func (d Difference) String() string {
	switch d.What {
	case Added:
		return fmt.Sprintf("%s is new: %s", d.named(d.Now), d.Now.Spelled())
	case Removed:
		return fmt.Sprintf("%s was %s and is gone", d.named(d.Was), d.Was.Spelled())
	case ScopeChanged:
		return fmt.Sprintf("%s was for %s, is for %s now", d.Name, d.Was.placed(), d.Now.placed())
	}
	return fmt.Sprintf("%s was %s, is %s now", d.named(d.Was), d.Was.Spelled(), d.Now.Spelled())
}

func (d Difference) named(s *Shown) string {
	where := s.placed()
	if where == everywhere {
		return d.Name
	}
	return d.Name + " (" + where + ")"
}

const everywhere = "everything"

// placed is a scope in the fewest words.
func (s *Shown) placed() string {
	var parts []string
	if s.From != "project" {
		parts = append(parts, s.From)
	}
	for _, names := range [][]string{s.Scope.Environments, s.Scope.Channels, s.Scope.Roles, s.Scope.Targets, s.Scope.Steps} {
		if len(names) > 0 {
			parts = append(parts, strings.Join(names, ", "))
		}
	}
	if len(parts) == 0 {
		return everywhere
	}
	return strings.Join(parts, "; ")
}
