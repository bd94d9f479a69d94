package pages

// SearchResults is what a search has found.
type SearchResults struct {
	Frame
	Query  string
	Groups []SearchGroup
}

// SearchGroup is what was found of one kind, best first.
type SearchGroup struct {
	ID, Title string
	Items     []SearchItem
	More      string // "And 7 more."
}

// SearchItem is one thing found.
type SearchItem struct{ Text, Path, Note string }
