package auditlog

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"slipway/pipelines"
)

// anchored is a head of a chain that somebody has kept.
type anchored struct {
	hash string
	from string // where it was read
	seen bool
}

// mostOfAnchor bounds the heads in one anchor, whose entry is one small item.
const mostOfAnchor = 60 << 10

// Anchors are what entries say that hold these heads, each small enough to be
// one. A line is a number, a hash and a subject.
func Anchors(heads []Head) []string {
	var out []string
	var text strings.Builder
	for _, h := range heads {
		line := strconv.FormatInt(h.Number, 10) + " " + h.Hash + " " + strconv.Quote(h.Subject) + "\n"
		if text.Len() > 0 && text.Len()+len(line) > mostOfAnchor {
			out = append(out, text.String())
			text.Reset()
		}
		text.WriteString(line)
	}
	if text.Len() > 0 {
		out = append(out, text.String())
	}
	return out
}

// Heads reads what an anchor holds. Lines that are none are passed over.
func Heads(e pipelines.Event) []Head {
	var out []Head
	for line := range strings.Lines(e.Details["heads"]) {
		number, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		hash, quoted, _ := strings.Cut(rest, " ")
		n, err := strconv.ParseInt(number, 10, 64)
		subject, quoting := strconv.Unquote(quoted)
		if err == nil && quoting == nil && len(hash) == hashLength {
			out = append(out, Head{subject, n, hash})
		}
	}
	return out
}

// Anchor holds the file against an anchor: the heads that an entry says the
// chains had when it was written. from says where it was read.
func (v *Verifier) Anchor(from string, e pipelines.Event) {
	for _, h := range Heads(e) {
		v.keep(from, h)
	}
}

// AnchorLine holds the file, read after it, against a line that was kept
// elsewhere: of the file of an anchor, or of a former export. It says whether
// there was anything to hold against.
func (v *Verifier) AnchorLine(from string, line []byte) bool {
	claimed, has := Claimed(line)
	var e pipelines.Event
	if claimed == "" || json.Unmarshal(line, &e) != nil || e.Number < 1 {
		return false
	}
	if claimed != has {
		v.find(Finding{Message: from + " was changed itself: its content does not fit its hash"})
		return true
	}
	v.keep(from, Head{e.Subject, e.Number, claimed})
	switch e.Category {
	case Anchored:
		v.Anchor(from, e)
	case Exported:
		v.told[e.Details["digest"]] = told{e, from}
	}
	return true
}

func (v *Verifier) keep(from string, h Head) {
	v.report.Anchors++
	of := v.anchors[h.Subject]
	if of == nil {
		of = map[int64]anchored{}
		v.anchors[h.Subject] = of
	}
	before, known := of[h.Number]
	if known && before.hash != h.Hash {
		v.find(Finding{Subject: h.Subject, Number: h.Number, Message: fmt.Sprintf("the anchors of %s and %s contradict each other", before.from, from)})
	}
	if !known {
		of[h.Number] = anchored{hash: h.Hash, from: from}
	}
}

// hold holds an entry against an anchor.
func (v *Verifier) hold(subject string, l link, a anchored) {
	a.seen = true
	v.anchors[subject][l.number] = a
	if l.hash != a.hash {
		v.find(Finding{Line: l.line, Subject: subject, Number: l.number, Message: "it is not the entry that the anchor of " + a.from + " knows: it was written anew, or its chain was"})
	}
}

// endAnchors finds the chains that end before an anchor of theirs, or are gone.
func (v *Verifier) endAnchors() {
	if v.report.Filter != "" {
		return
	}
	var cut []Finding
	for subject, of := range v.anchors {
		var highest int64
		from := ""
		for number, a := range of {
			if !a.seen && number > highest {
				highest, from = number, a.from
			}
		}
		c := v.chains[subject]
		switch {
		case highest == 0:
		case c == nil:
			cut = append(cut, Finding{Subject: subject, Message: fmt.Sprintf("the whole chain is missing: the anchor of %s knows %d entries of it", from, highest)})
		case highest > c.top.number:
			cut = append(cut, Finding{Subject: subject, Message: fmt.Sprintf("its end was cut off: the newest entry here is %d, and the anchor of %s knows entry %d", c.top.number, from, highest)})
		}
	}
	slices.SortFunc(cut, func(a, b Finding) int { return strings.Compare(a.Subject, b.Subject) })
	for _, f := range cut {
		v.find(f)
	}
}
