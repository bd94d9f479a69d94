package versions

import (
	"cmp"
	"strings"
)

// Compare orders two numbers: -1 when a comes before b, 0 when neither does, 1
// otherwise. The numbers decide first, a prerelease comes before its release,
// then the labels decide one by one.
//
// Metadata counts between two package versions only: the same package built
// twice is two packages, but a release has one number. When either side is a
// release number, the release order holds for both; sort lists of one kind.
func Compare(a, b Version) int {
	x, y := a.parts(), b.parts()
	for i := range x {
		if c := cmp.Compare(x[i], y[i]); c != 0 {
			return c
		}
	}
	release := a.release || b.release
	if c := comparePrereleases(a.Prerelease, b.Prerelease, release); c != 0 || release {
		return c
	}
	return compareFolded(a.Metadata, b.Metadata)
}

// Latest is the greatest of the numbers, the first among equals; false when
// there is none.
func Latest(vs []Version) (Version, bool) {
	if len(vs) == 0 {
		return Version{}, false
	}
	latest := vs[0]
	for _, v := range vs[1:] {
		if Compare(v, latest) > 0 {
			latest = v
		}
	}
	return latest, true
}

func comparePrereleases(a, b string, release bool) int {
	switch {
	case a == b:
		return 0
	case a == "":
		return 1
	case b == "":
		return -1
	}
	x, y := labels(a, release), labels(b, release)
	for i := range min(len(x), len(y)) {
		if c := compareLabels(x[i], y[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(x), len(y))
}

// labels splits a prerelease; in release numbers every sign separates alike.
func labels(s string, release bool) []string {
	if release {
		s = strings.NewReplacer("-", ".", "_", ".", `\`, ".").Replace(s)
	}
	return strings.Split(s, ".")
}

// compareLabels puts numbers before words, numbers by value of any length,
// words without regard to case.
func compareLabels(a, b string) int {
	x, y := isNumber(a), isNumber(b)
	switch {
	case x && y:
		a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
		if c := cmp.Compare(len(a), len(b)); c != 0 {
			return c
		}
		return cmp.Compare(a, b)
	case x:
		return -1
	case y:
		return 1
	}
	return compareFolded(a, b)
}

func compareFolded(a, b string) int {
	return cmp.Compare(strings.ToLower(a), strings.ToLower(b))
}

func isNumber(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}
