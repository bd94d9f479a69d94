package textform

// Further words of Change.Do: what becomes of a noun besides its text.
const (
	Adopt  = "adopt"  // it belongs to the folder from now on
	Remove = "remove" // the folder does not hold it any more
)

// CompareOf compares one kind of nouns.
func CompareOf[T any](kind string, now, wanted []T, name func(T) string, types StepTypes) []Change {
	return compare(kind, now, wanted, name, types)
}

// CompareOne says how one noun changes; false if its text stays the same.
func CompareOne[T any](kind string, before, after T, name func(T) string, types StepTypes) (Change, bool) {
	changed := diff(lines(printNoun(before, types)), lines(printNoun(after, types)))
	return Change{Do: Modify, Kind: kind, Name: name(after), Lines: changed}, len(changed) > 0
}

// Removal is the change of a noun that goes, with all of its lines.
func Removal(kind, name string, noun any, types StepTypes) Change {
	out := Change{Do: Remove, Kind: kind, Name: name}
	for _, line := range lines(printNoun(noun, types)) {
		out.Lines = append(out.Lines, "- "+line)
	}
	return out
}
