package versions

import (
	"fmt"
	"math"
)

// Next proposes the release number after the newest one: the same major and
// minor, the next patch. 1.0.7 gives 1.0.8, and so do 1.0.7-beta and 1.0.7.2;
// the zero Version, for a project without releases, gives 0.0.1. This is what
// Octopus's default template says:
//
//	#{Octopus.Version.LastMajor}.#{Octopus.Version.LastMinor}.#{Octopus.Version.NextPatch}
//
// A part that cannot grow goes on in the part before it; only a number full in
// all three parts is proposed again.
func Next(last Version) string {
	major, minor, patch := last.Major, last.Minor, last.Patch
	switch {
	case patch < math.MaxInt32:
		patch++
	case minor < math.MaxInt32:
		minor, patch = minor+1, 0
	case major < math.MaxInt32:
		major, minor, patch = major+1, 0, 0
	}
	return fmt.Sprintf("%d.%d.%d", major, minor, patch)
}
