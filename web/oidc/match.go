package oidc

import (
	"strings"

	"slipway/pipelines"
)

// Matches says whether a subject fits a pattern, in which * stands for any
// characters and everything else for itself.
func Matches(pattern, subject string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == subject
	}
	first, last := parts[0], parts[len(parts)-1]
	if len(subject) < len(first)+len(last) || !strings.HasPrefix(subject, first) || !strings.HasSuffix(subject, last) {
		return false
	}
	rest := subject[len(first) : len(subject)-len(last)]
	for _, middle := range parts[1 : len(parts)-1] {
		at := strings.Index(rest, middle)
		if at < 0 {
			return false
		}
		rest = rest[at+len(middle):]
	}
	return true
}

// CheckPattern refuses patterns that trust more than anybody can have meant: of
// GitHub and GitLab the owner must be spelled out, since everybody may have a
// repository there, and of whatever issuer something.
func CheckPattern(issuer, pattern string) error {
	literal, _, open := strings.Cut(pattern, "*")
	switch {
	case pattern == "" || len(pattern) > 500 || strings.TrimSpace(pattern) != pattern:
		return pipelines.Refuse(pipelines.Invalid, "a subject pattern is never empty: it is like repo:acme/random-quotes:ref:refs/heads/main")
	case open && len(literal) < 4:
		return pipelines.Refuse(pipelines.Invalid, "the subject pattern %q begins with *, which trusts everybody at %s: write out the beginning", pattern, issuer)
	case open && !wholeOwner(issuer, literal):
		return pipelines.Refuse(pipelines.Invalid, "the subject pattern %q leaves the owner open: everybody may have a repository at %s, so write out %sOWNER/", pattern, issuer, marks[issuer])
	}
	return nil
}

// marks are what stands before the owner in the subjects of issuers with whom
// everybody may have a repository.
var marks = map[string]string{
	"https://token.actions.githubusercontent.com": "repo:",
	"https://gitlab.com":                          "project_path:",
}

func wholeOwner(issuer, literal string) bool {
	mark, known := marks[issuer]
	if !known {
		return true
	}
	owner, ok := strings.CutPrefix(literal, mark)
	return ok && strings.Index(owner, "/") > 0
}
