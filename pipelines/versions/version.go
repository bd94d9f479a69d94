// Package versions reads and orders the numbers of packages and releases.
//
// It does not know what carries a number, and it never invents one but the
// proposal of Next.
//
// There are two grammars, because packages and releases come from different
// worlds: a package number is what NuGet understands (Parse), a release number
// may be almost any word a person or an image tag uses (ParseRelease). Both
// keep their text as written, since the text is what people search for: 1.0
// and 1.0.0 are equal when compared and still print differently.
package versions

// Version is one parsed number. Its zero value is none; Next takes it as "there
// is no release yet".
type Version struct {
	Major, Minor, Patch, Revision int32
	Prerelease                    string // without the sign that introduced it
	Metadata                      string // what followed the first plus sign

	text    string
	release bool // read by ParseRelease: other signs separate, metadata does not count
}

// String returns the number as it was written, but without spaces.
func (v Version) String() string { return v.text }

// IsPrerelease reports whether the number names a stage before its release.
func (v Version) IsPrerelease() bool { return v.Prerelease != "" }

// PrereleaseParts are the word a prerelease begins with and what follows its
// first separating sign: `beta` and `2` of 1.0-beta.2.
func (v Version) PrereleaseParts() (prefix, counter string) {
	for i := range len(v.Prerelease) {
		if isSeparator(v.Prerelease[i]) {
			return v.Prerelease[:i], v.Prerelease[i+1:]
		}
	}
	return v.Prerelease, ""
}

// parts are the four numbers; what was not written is 0.
func (v Version) parts() [4]int32 {
	return [4]int32{v.Major, v.Minor, v.Patch, v.Revision}
}
