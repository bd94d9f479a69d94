// Package octostache parses and evaluates the `#{…}` variable language that
// Octopus Deploy uses in scripts, settings and files.
//
// It does not choose which value of a variable applies, and it reads no clock:
// the caller brings the Variables and the time.
//
// The idea to know: a text that cannot be resolved is not an error. It is
// echoed, in its normalised form, and reported in Result.Unresolved; errors
// are kept for what no echo can stand for, such as a variable that refers to
// itself. Names that exist but whose values are known only later (SetLate)
// resolve to LateText and are listed in Result.Late, so that a plan can tell
// "wrong" from "not yet".
//
// A text goes through three stages, with a group of files each: parse*.go turn
// it into the tree of syntax.go; evaluate.go, read.go, locate.go, loop.go and
// calculate.go walk that tree over the names of names.go; filter*.go hold what
// stands after a `|`.
package octostache
