package auditlog

import (
	"cmp"
	"fmt"
	"slices"
)

// link is what a chain is checked by: one entry, without what it says.
type link struct {
	number         int64
	line           int
	hash, previous string
}

// chain is one subject's entries, met from the newest to the oldest.
type chain struct {
	top, low link
	gaps     []gap
	// late came behind an older one: another clock was behind, or somebody has put
	// them there.
	late []link
}

// gap lies between two entries of a chain that were met one after the other.
type gap struct{ above, below link }

func (v *Verifier) take(subject string, l link) {
	if a, known := v.anchors[subject][l.number]; known {
		v.hold(subject, l, a)
	}
	c := v.chains[subject]
	switch {
	case c == nil:
		v.chains[subject] = &chain{top: l, low: l}
	case l.number < 1:
		v.find(Finding{Line: l.line, Subject: subject, Message: "it has a hash and no number"})
	case l.number == c.low.number-1:
		v.join(subject, c.low, l)
		c.low = l
	case l.number < c.low.number:
		c.gaps = append(c.gaps, gap{c.low, l})
		c.low = l
	default:
		c.late = append(c.late, l)
	}
}

// join holds an entry against the one that should be the next before it.
func (v *Verifier) join(subject string, above, below link) {
	if above.previous != below.hash {
		v.find(Finding{Line: below.line, Subject: subject, Number: below.number, Message: fmt.Sprintf("it is not the entry that entry %d (line %d) was written behind: one of them was changed or exchanged", above.number, above.line)})
	}
}

func (v *Verifier) endChains() {
	subjects := make([]string, 0, len(v.chains))
	for subject, c := range v.chains {
		if len(c.late) > 0 || len(c.gaps) > 0 || c.low.number > 1 || c.low.previous != "" {
			subjects = append(subjects, subject)
		}
	}
	slices.SortFunc(subjects, func(a, b string) int { return cmp.Compare(v.chains[a].top.line, v.chains[b].top.line) })
	for _, subject := range subjects {
		v.endChain(subject, v.chains[subject])
	}
}

func (v *Verifier) endChain(subject string, c *chain) {
	slices.SortStableFunc(c.late, func(a, b link) int { return cmp.Compare(b.number, a.number) })
	for _, l := range c.late {
		v.putBack(subject, c, l)
	}
	if c.low.number == 1 && c.low.previous != "" {
		v.find(Finding{Line: c.low.line, Subject: subject, Number: 1, Message: "it is the first entry of its chain and says that one was before it"})
	}
	if v.report.Filter != "" {
		return // what does not match the filter is missing rightly
	}
	for _, g := range c.gaps {
		v.missing(subject, g.below.number+1, g.above.number-1, fmt.Sprintf("between line %d and line %d", g.above.line, g.below.line))
	}
	if c.low.number > 1 {
		v.missing(subject, 1, c.low.number-1, fmt.Sprintf("behind line %d", c.low.line))
	}
}

func (v *Verifier) missing(subject string, from, to int64, where string) {
	what := fmt.Sprintf("entry %d is missing", from)
	if to > from {
		what = fmt.Sprintf("entries %d to %d are missing", from, to)
	}
	v.find(Finding{Subject: subject, Message: what + " " + where})
}

// putBack finds the place of an entry that came behind an older one.
func (v *Verifier) putBack(subject string, c *chain, l link) {
	if l.number > c.top.number {
		if l.number == c.top.number+1 {
			v.join(subject, l, c.top)
		} else {
			c.gaps = append(c.gaps, gap{l, c.top})
		}
		c.top = l
		return
	}
	for i, g := range c.gaps {
		if l.number <= g.below.number || l.number >= g.above.number {
			continue
		}
		c.gaps = slices.Delete(c.gaps, i, i+1)
		for _, side := range []gap{{g.above, l}, {l, g.below}} {
			if side.above.number == side.below.number+1 {
				v.join(subject, side.above, side.below)
			} else {
				c.gaps = append(c.gaps, side)
			}
		}
		return
	}
	v.find(Finding{Line: l.line, Subject: subject, Number: l.number, Message: "the chain has an entry of this number already: it is there twice, or was put there"})
}

// loose counts the entries that neither a later one of their chain holds nor an
// anchor: of those the last line alone says that they are as they were written.
func (v *Verifier) loose() (n int) {
	count := func(subject string, l link) {
		if !v.anchors[subject][l.number].seen {
			n++
		}
	}
	for subject, c := range v.chains {
		count(subject, c.top)
		for _, g := range c.gaps {
			count(subject, g.below)
		}
	}
	return n
}
