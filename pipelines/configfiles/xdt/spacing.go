package xdt

import (
	"slices"
	"strings"

	"slipway/pipelines/configfiles/xmltree"
)

// spacing is how the attributes of an element stood before they changed.
type spacing struct {
	names  []string
	spaces map[string]string // before each name
	breaks string            // what parts lines between them, once asked for
}

// keepSpacing notes it; the first time counts.
func (r *run) keepSpacing(n *xmltree.Node) {
	if r.fresh[n] || r.spacing[n] != nil {
		return
	}
	s := &spacing{spaces: map[string]string{}}
	for _, a := range n.Attributes() {
		s.names = append(s.names, a.Name())
		s.spaces[a.Name()] = a.Space()
	}
	r.spacing[n] = s
	r.spaced = append(r.spaced, n)
}

// settle works out what stands before each attribute that is there now, in the
// order to write them: old ones keep their place, new ones come behind. A
// space that is missing is a blank or a line break, as the line's length asks.
//
// Of the white space around a removed attribute one piece goes: the one before
// the first attribute stays, then the one with a line break, else the one
// behind.
func (s *spacing) settle(now []string, lineBreak func() string) []string {
	there := map[string]bool{}
	order := slices.Clone(s.names)
	for _, name := range now {
		there[name] = true
		if !slices.Contains(s.names, name) {
			order = append(order, name)
		}
	}
	first, held := true, ""
	for _, name := range order {
		space, known := s.spaces[name]
		switch {
		case !there[name]:
			if first && held == "" || !first && hasBreak(space) {
				held = space
			}
			delete(s.spaces, name)
			continue
		case held != "":
			if first || !known || !hasBreak(space) {
				s.spaces[name] = held
			}
			held = ""
		case known:
		case first:
			s.spaces[name] = " "
		case s.onePerLine(order):
			s.spaces[name] = lineBreak()
		}
		first = false
	}
	return slices.DeleteFunc(order, func(name string) bool { return !there[name] })
}

// onePerLine says that there is a line break before every attribute but the
// first. One attribute alone says nothing.
func (s *spacing) onePerLine(order []string) bool {
	known := 0
	for i, name := range order {
		space, ok := s.spaces[name]
		if !ok {
			continue
		}
		known++
		if i > 0 && !hasBreak(space) {
			return false
		}
	}
	return known > 1
}

// ownBreak is the first line break between the attributes.
func (s *spacing) ownBreak() string {
	for _, name := range s.names {
		if hasBreak(s.spaces[name]) {
			return s.spaces[name]
		}
	}
	return ""
}

func hasBreak(space string) bool { return strings.Contains(space, "\n") }
