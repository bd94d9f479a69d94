package rest

// Found answers GET /v1/search?q=…: by kind, the kind with the best first.
type Found struct {
	Groups []FoundGroup `json:"groups"`
}

// FoundGroup is what was found of one kind, best first; more is how many are not
// among the items.
type FoundGroup struct {
	Kind  string      `json:"kind"`
	Items []FoundItem `json:"items"`
	More  int         `json:"more,omitempty"`
}

// FoundItem is one thing found. Id is a release's number, and a step type's or
// package's name.
type FoundItem struct {
	Name      string `json:"name"`
	ID        string `json:"id,omitempty"`
	ProjectID string `json:"projectId,omitempty"`
	Note      string `json:"note,omitempty"`
}
