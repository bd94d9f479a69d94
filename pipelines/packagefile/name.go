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

// The schemes a version may follow. Plain file names are always SemVer; the
// cache form names its scheme by a letter.
const (
	SemVer        = "semver"
	Octopus       = "octopus"
	Maven         = "maven"         // has no grammar here: taken as it is
	Lexicographic = "lexicographic" // likewise
)

var schemeLetters = []struct {
	letter byte
	scheme string
}{{'S', SemVer}, {'O', Octopus}, {'M', Maven}, {'L', Lexicographic}}

// Name is what a package's file name says.
type Name struct {
	ID, Version string
	Scheme      string // of the version
	Ending      string // as written, with its dot
}

// ParseName reads id, version and file extension from a file name; see ReadName.
func ParseName(fileName string) (id, version, ext string, err error) {
	n, err := ReadName(fileName)
	return n.ID, n.Version, n.Ending, err
}

// ReadName reads what a file name says; a folder in front is ignored. Two forms
// are known: `<id>.<version>.<ext>`, where the shortest id that leaves a version
// counts, and the form of Octopus's package caches,
// `<id>@<scheme><version>@<hash>.<ext>` with id and version escaped.
//
// Only the plain form has an id fit for a folder name; see CheckID.
func ReadName(fileName string) (Name, error) {
	name, ending, _, err := splitEnding(fileName)
	if err != nil {
		return Name{}, err
	}
	if n, ok := parseCached(name); ok {
		n.Ending = ending
		return n, nil
	}
	for i := 0; i < len(name); i++ {
		if name[i] != '.' || !isID(name[:i]) || !startsWithDigit(name[i+1:]) {
			continue
		}
		if v, err := versions.Parse(name[i+1:]); err == nil && v.String() == name[i+1:] {
			return Name{ID: name[:i], Version: v.String(), Scheme: SemVer, Ending: ending}, nil
		}
	}
	return Name{}, pipelines.Refuse(pipelines.Invalid,
		"package file %q does not say its id and version; name it <id>.<version>%s, like RandomQuotes.1.0.7%s", name+ending, ending, ending)
}

// CachedName is the file name of the cache form; hash is any text that makes
// it unique, without `@` and `.`.
func CachedName(n Name, hash string) string {
	letter := "S"
	for _, s := range schemeLetters {
		if s.scheme == n.Scheme {
			letter = string(s.letter)
		}
	}
	return EscapeName(n.ID) + "@" + letter + EscapeName(n.Version) + "@" + hash + n.Ending
}

// LastPart is what a package with a path for an id, as chart registries have
// them, is called by itself, and so is the folder inside of it.
func LastPart(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }

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

// parseCached reads the cache form.
func parseCached(name string) (Name, bool) {
	fields := strings.Split(name, "@")
	if len(fields) != 3 || fields[0] == "" || len(fields[1]) < 2 || fields[2] == "" {
		return Name{}, false
	}
	n := Name{ID: UnescapeName(fields[0]), Version: UnescapeName(fields[1][1:])}
	for _, s := range schemeLetters {
		if s.letter == fields[1][0] {
			n.Scheme = s.scheme
		}
	}
	var err error
	switch n.Scheme {
	case "":
		return Name{}, false
	case SemVer:
		_, err = versions.Parse(n.Version)
	case Octopus:
		_, err = versions.ParseRelease(n.Version)
	}
	return n, err == nil
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
