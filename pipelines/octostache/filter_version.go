package octostache

import (
	"errors"
	"regexp"
	"strconv"
)

// versionPart picks one part of a version as Octopus reads it: much more
// tolerant than semantic versions, down to Docker tags without any number.
func versionPart(part int) func(call) (string, bool, error) {
	return func(c call) (string, bool, error) {
		m := versionForm.FindStringSubmatch(c.in)
		if m == nil || c.in == "" {
			return "", false, errors.New("the input is not a version")
		}
		for _, number := range m[versionMajor : versionRevision+1] {
			if _, err := strconv.ParseInt(number, 10, 32); number != "" && err != nil {
				return "", false, errors.New("the input is not a version: a number in it is too large")
			}
		}
		out := m[part]
		if part > versionRevision {
			return out, true, nil
		}
		n, _ := strconv.Atoi(out)
		return strconv.Itoa(n), true, nil
	}
}

// The groups of versionForm.
const (
	versionMajor = iota + 1
	versionMinor
	versionPatch
	versionRevision
	versionPreRelease
	versionPrefix
	versionCounter
	versionMetadata
)

var versionForm = regexp.MustCompile(`^\s*[vV]?\s*(?:(\d+)\s*(?:\.\s*(\d+)\s*(?:\.\s*(\d+)\s*(?:\.\s*(\d+)\s*)?)?)?)?` +
	`(?:[._\\-]?(([A-Za-z0-9]*)(?:[._\\-]([A-Za-z0-9._\\-]*?))?))?` +
	`(?:\+([A-Za-z0-9._\\+-]*?))?\s*$`)
