package feedserver

import (
	"net/url"
	"strings"
)

// parameters are the options of a question, their names in small letters:
// Artifactory does not tell $Top from $top.
func parameters(query string) map[string]string {
	q := map[string]string{}
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		name, errName := url.QueryUnescape(name)
		value, errValue := url.QueryUnescape(value)
		if errName == nil && errValue == nil {
			q[strings.ToLower(name)] = value
		}
	}
	return q
}

// unquoted is an OData text: within quotes, where a doubled quote is one. A text
// with a single quote in it ends there.
func unquoted(s string) string {
	inner, ok := strings.CutPrefix(s, "'")
	if !ok {
		return s
	}
	var text strings.Builder
	for i := 0; i < len(inner); i++ {
		if inner[i] == '\'' {
			if i+1 == len(inner) || inner[i+1] != '\'' {
				break
			}
			i++
		}
		text.WriteByte(inner[i])
	}
	return text.String()
}

// outsideQuotes splits where a sign stands outside of texts.
func outsideQuotes(s string, at byte) []string {
	var parts []string
	quoted, from := false, 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\'':
			quoted = !quoted
		case s[i] == at && !quoted:
			parts = append(parts, s[from:i])
			from = i + 1
		}
	}
	return append(parts, s[from:])
}

// filter reads the few filters that clients ask with; false for any other. That
// IsLatestVersion is passed over for clients that know SemVer 2 is Artifactory's
// own default.
func (s *Server) filter(q map[string]string) (pass func(pkg) bool, known bool) {
	text := strings.TrimSpace(q["$filter"])
	id, isID := strings.CutPrefix(text, "Id eq ")
	lower, isLower := strings.CutPrefix(text, "tolower(Id) eq ")
	switch {
	case text == "", text == "IsLatestVersion" && strings.HasPrefix(q["semverlevel"], "2"):
		return func(pkg) bool { return true }, true
	case text == "IsLatestVersion":
		return s.stable(), true
	case text == "IsAbsoluteLatestVersion":
		return s.newest(), true
	case isID:
		return func(p pkg) bool { return p.ID == unquoted(id) }, true
	case isLower:
		return func(p pkg) bool { return strings.ToLower(p.ID) == unquoted(lower) }, true
	}
	return nil, false
}

// stable and newest look through all packages once, since the filter is asked
// while they are held.
func (s *Server) stable() func(pkg) bool {
	return s.among(func(p pkg) bool { _, stable := s.latest(p); return stable })
}

func (s *Server) newest() func(pkg) bool {
	return s.among(func(p pkg) bool { newest, _ := s.latest(p); return newest })
}

func (s *Server) among(pass func(pkg) bool) func(pkg) bool {
	chosen := map[string]bool{}
	for _, p := range s.matching(func(pkg) bool { return true }) {
		chosen[p.fileName()] = pass(p)
	}
	return func(p pkg) bool { return chosen[p.fileName()] }
}
