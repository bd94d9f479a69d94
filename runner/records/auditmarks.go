package records

import (
	"bytes"
	"slices"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
)

// AuditMarks say of a block of entries what does not occur in it, so that whoever
// looks for something rare passes the block by. What they do not rule out may be
// there. The zero AuditMarks rule out nothing.
//
// The categories are listed, since what a kind is may change. Everything else
// is in a Bloom filter: people, places and what entries are about, and pairs
// of a person, a category and a place, so that somebody who is everywhere and
// something that is everywhere are not looked for where they never met.
type AuditMarks struct {
	Format     int      `json:"format"`
	Entries    int      `json:"entries"`
	Categories []string `json:"categories"`
	Bits       []byte   `json:"bits"`
}

const (
	marksFormat = 1
	// Ten bits and seven places for each token: one block in a hundred is read in vain.
	bitsPerToken   = 10
	placesPerToken = 7
)

// AuditAsked is what somebody looks for and may see.
type AuditAsked struct {
	auditlog.Filter
	// Places are the ids of projects and environments of which one is in each entry
	// that may be seen; nil: all may be seen.
	Places []string
}

// Whole says that every entry is asked for, but for when it was.
func (a AuditAsked) Whole() bool {
	f := a.Filter
	return a.Places == nil && f.Person == "" && f.Project == "" && f.Environment == "" && f.Kind == "" && f.Subject == ""
}

// What a token is of.
const (
	ofName        = 'n'
	ofUser        = 'u'
	ofCategory    = 'c'
	ofProject     = 'p'
	ofEnvironment = 'e'
	ofSubject     = 's'
)

// token stands for a text of a sort. How it is computed is a file format.
type token uint64

func tokenOf(of byte, text string) token {
	const prime = 1099511628211
	h := (uint64(14695981039346656037) ^ uint64(of)) * prime
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * prime
	}
	return token(scattered(h))
}

// with is the token of two that are in one entry, in this order.
func (t token) with(other token) token { return token(scattered(uint64(t)*3 + uint64(other))) }

// scattered lets each bit depend on all.
func scattered(h uint64) uint64 {
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// met are the tokens of an entry of which pairs are marked: who, what and where.
func met(e pipelines.Event) (out []token) {
	for _, one := range []struct {
		of   byte
		text string
	}{
		{ofName, pipelines.NameKey(e.Username)}, {ofUser, e.UserID}, {ofCategory, e.Category},
		{ofProject, auditlog.ProjectOf(e)}, {ofEnvironment, auditlog.EnvironmentOf(e)},
	} {
		if one.text != "" {
			out = append(out, tokenOf(one.of, one.text))
		}
	}
	return out
}

// tokensOf adds the tokens of an entry.
func tokensOf(e pipelines.Event, to map[token]struct{}) {
	of := met(e)
	for i, t := range of {
		to[t] = struct{}{}
		for _, other := range of[i+1:] {
			to[t.with(other)] = struct{}{}
		}
	}
	for _, id := range append([]string{e.Subject, e.Project, e.Environment}, e.Related...) {
		if id != "" {
			to[tokenOf(ofSubject, id)] = struct{}{}
		}
	}
}

// marksOf are the marks of some entries that have these tokens.
func marksOf(entries int, categories []string, tokens map[token]struct{}) AuditMarks {
	m := AuditMarks{Format: marksFormat, Entries: entries, Categories: categories, Bits: make([]byte, max(8, len(tokens)*bitsPerToken/8+1))}
	for t := range tokens {
		m.mark(t)
	}
	return m
}

func (m AuditMarks) mark(t token) {
	for place := range t.places(len(m.Bits)) {
		m.Bits[place/8] |= 1 << (place % 8)
	}
}

func (m AuditMarks) has(t token) bool {
	for place := range t.places(len(m.Bits)) {
		if m.Bits[place/8]&(1<<(place%8)) == 0 {
			return false
		}
	}
	return true
}

// places are where a token's bits are among those of so many bytes.
func (t token) places(size int) func(yield func(uint64) bool) {
	return func(yield func(uint64) bool) {
		at, step := uint64(t)&0xffffffff, uint64(t)>>32|1
		for range placesPerToken {
			if !yield(at % uint64(8*size)) {
				return
			}
			at += step
		}
	}
}

// with are the marks of the same block with one entry more.
func (m AuditMarks) with(e pipelines.Event) AuditMarks {
	m.Entries++
	if m.Bits = bytes.Clone(m.Bits); !slices.Contains(m.Categories, e.Category) {
		m.Categories = append(slices.Clone(m.Categories), e.Category)
	}
	tokens := map[token]struct{}{}
	tokensOf(e, tokens)
	for t := range tokens {
		m.mark(t)
	}
	return m
}

// MayHold says whether an entry that is asked for, and may be seen, may be in the
// block.
func (m AuditMarks) MayHold(asked AuditAsked) bool {
	if m.Format != marksFormat || len(m.Bits) == 0 {
		return true
	}
	f := asked.Filter
	var who, what []token
	if f.Person != "" {
		who = []token{tokenOf(ofName, pipelines.NameKey(f.Person)), tokenOf(ofUser, f.Person)}
	}
	if f.Kind != "" {
		what = []token{} // of no category in the block, as long as none is found
		for _, c := range m.Categories {
			if auditlog.OfKind(f.Kind, c) {
				what = append(what, tokenOf(ofCategory, c))
			}
		}
	}
	// Pairs are marked of all but the last.
	dimensions := [][]token{who, what, just(ofProject, f.Project), just(ofEnvironment, f.Environment), just(ofSubject, f.Subject)}
	for i, of := range dimensions {
		if of == nil {
			continue
		}
		if !slices.ContainsFunc(of, m.has) {
			return false
		}
		for j := i + 1; j < len(dimensions)-1; j++ {
			if dimensions[j] != nil && !m.metIn(of, dimensions[j]) {
				return false
			}
		}
	}
	return asked.Places == nil || slices.ContainsFunc(asked.Places, func(id string) bool {
		return m.has(tokenOf(ofProject, id)) || m.has(tokenOf(ofEnvironment, id))
	})
}

// just is a dimension of one token, nil where nothing is asked for.
func just(of byte, text string) []token {
	if text == "" {
		return nil
	}
	return []token{tokenOf(of, text)}
}

// metIn says whether one of these may have been in an entry with one of those.
func (m AuditMarks) metIn(these, those []token) bool {
	return slices.ContainsFunc(these, func(a token) bool {
		return slices.ContainsFunc(those, func(b token) bool { return m.has(a.with(b)) })
	})
}
