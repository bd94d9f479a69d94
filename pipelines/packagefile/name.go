package packagefile

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"slipway/pipelines"
	"slipway/pipelines/versions"
)

// longestID bounds an id or a version, since each becomes the name of a folder
// on hosts and a folder name has 255 bytes at most.
const longestID = 200

// ParseName reads id, version and file extension from a file name; a folder in
// front is ignored. Two forms are known: `<id>.<version>.<ext>`, where the
// shortest id that leaves a version counts, and the form of Octopus's package
// caches, `<id>@<scheme><version>@<hash>.<ext>` with id and version escaped.
//
// Only the plain form has an id fit for a folder name; see CheckID.
func ParseName(fileName string) (id, version, ext string, err error) {
	name, ext, _, err := splitEnding(fileName)
	if err != nil {
		return "", "", "", err
	}
	if id, version, ok := parseCached(name); ok {
		return id, version, ext, nil
	}
	for i := 0; i < len(name); i++ {
		if name[i] != '.' || !isID(name[:i]) || !startsWithDigit(name[i+1:]) {
			continue
		}
		if v, err := versions.Parse(name[i+1:]); err == nil && v.String() == name[i+1:] {
			return name[:i], v.String(), ext, nil
		}
	}
	return "", "", "", pipelines.Refuse(pipelines.Invalid,
		"package file %q does not say its id and version; name it <id>.<version>%s, like RandomQuotes.1.0.7%s", name+ext, ext, ext)
}

// CheckID refuses a package id that is not words of letters, digits and
// underscores joined by single dots or hyphens.
func CheckID(id string) error {
	if !isID(id) {
		return pipelines.Refuse(pipelines.Invalid,
			"package id %q: an id is words of letters, digits and underscores joined by single dots or hyphens, like Acme.Web-Shop", id)
	}
	if len(id) > longestID {
		return pipelines.Refuse(pipelines.Invalid, "package id %q… is longer than %d bytes; give the package a shorter id", id[:40], longestID)
	}
	return nil
}

// parseCached reads the cache form. The letter before the version names its
// scheme: S semver, O Octopus, M Maven, L lexicographic; the last two have no
// grammar here and are taken as they are.
func parseCached(name string) (id, version string, ok bool) {
	fields := strings.Split(name, "@")
	if len(fields) != 3 || fields[0] == "" || len(fields[1]) < 2 || fields[2] == "" {
		return "", "", false
	}
	id, version = UnescapeName(fields[0]), UnescapeName(fields[1][1:])
	var err error
	switch fields[1][0] {
	case 'S':
		_, err = versions.Parse(version)
	case 'O':
		_, err = versions.ParseRelease(version)
	case 'M', 'L':
	default:
		return "", "", false
	}
	return id, version, err == nil
}

func isID(s string) bool {
	joinable := false // the sign before was part of a word
	for _, r := range s {
		switch {
		case r == utf8.RuneError:
			return false
		case r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			joinable = true
		case (r == '.' || r == '-') && joinable:
			joinable = false
		default:
			return false
		}
	}
	return joinable
}

func startsWithDigit(s string) bool { return s != "" && '0' <= s[0] && s[0] <= '9' }
