package pipelines

import (
	"strings"

	"slipway/pipelines/versions"
)

// VersionRange is a set of versions, written as NuGet and Maven do:
// `[1.0,2.0)`, `(,1.5]`, `[1.2]` for that one, `1.0` for it and all above, and
// several with commas between them: `(,1.0],[1.2,)`. The zero VersionRange
// holds every version.
//
// A pre-release comes before its release, so 2.0-beta lies in `[1.0,2.0)`: a
// rule that does not want it says so by its tag.
type VersionRange struct {
	spans []span
}

// span is one stretch of versions; a side that is nil is open.
type span struct {
	low, high         *versions.Version
	withLow, withHigh bool
}

// ParseVersionRange reads a range.
func ParseVersionRange(text string) (VersionRange, error) {
	var out VersionRange
	rest := strings.TrimSpace(text)
	for rest != "" {
		s, after, problem := nextSpan(rest)
		if problem != "" {
			return VersionRange{}, Refuse(Invalid, "%q is no range of versions: %s; write `[1.0,2.0)` for 1.0 and above but below 2.0, `(,1.5]` for up to 1.5, `[1.2]` for just that one", text, problem)
		}
		out.spans, rest = append(out.spans, s), after
	}
	return out, nil
}

// nextSpan reads one stretch and the comma behind it.
func nextSpan(text string) (s span, rest, problem string) {
	if text[0] != '[' && text[0] != '(' {
		v, err := versions.Parse(text)
		if err != nil {
			return s, "", err.Error()
		}
		return span{low: &v, withLow: true}, "", ""
	}
	end := strings.IndexAny(text, "])")
	if end < 0 {
		return s, "", "it is not closed by `]` or `)`"
	}
	s = span{withLow: text[0] == '[', withHigh: text[end] == ']'}
	if problem = s.bounds(text[1:end]); problem != "" {
		return s, "", problem
	}
	rest = strings.TrimSpace(text[end+1:])
	if rest == "" {
		return s, "", ""
	}
	after, comma := strings.CutPrefix(rest, ",")
	if after = strings.TrimSpace(after); !comma || after == "" {
		return s, "", "behind `" + text[:end+1] + "` stands neither a comma with another range nor the end"
	}
	return s, after, ""
}

// bounds reads what stands between the brackets.
func (s *span) bounds(text string) string {
	low, high, two := strings.Cut(text, ",")
	if !two {
		high = low
		if !s.withLow || !s.withHigh {
			return "one version alone stands between `[` and `]`"
		}
	}
	for _, side := range []struct {
		text string
		into **versions.Version
	}{{low, &s.low}, {high, &s.high}} {
		if strings.TrimSpace(side.text) == "" {
			continue
		}
		v, err := versions.Parse(side.text)
		if err != nil {
			return err.Error()
		}
		*side.into = &v
	}
	switch {
	case s.low == nil && s.high == nil && !two:
		return "there is no version between its brackets"
	case s.low == nil || s.high == nil:
		return ""
	}
	order := compareBare(*s.low, *s.high)
	if order > 0 || order == 0 && !(s.withLow && s.withHigh) {
		return "no version lies between its ends"
	}
	return ""
}

// Holds says whether the range has the version. Metadata does not count.
func (r VersionRange) Holds(v versions.Version) bool {
	if len(r.spans) == 0 {
		return true
	}
	for _, s := range r.spans {
		if s.holds(v) {
			return true
		}
	}
	return false
}

func (s span) holds(v versions.Version) bool {
	if s.low != nil {
		if c := compareBare(v, *s.low); c < 0 || c == 0 && !s.withLow {
			return false
		}
	}
	if s.high != nil {
		if c := compareBare(v, *s.high); c > 0 || c == 0 && !s.withHigh {
			return false
		}
	}
	return true
}

// compareBare compares without metadata: the same version built twice lies in
// the same ranges.
func compareBare(a, b versions.Version) int {
	a.Metadata, b.Metadata = "", ""
	return versions.Compare(a, b)
}
