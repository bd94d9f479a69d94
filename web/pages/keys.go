package pages

// Keys lists the viewer's API keys, or those of a service account, and makes a
// new one. Posts purpose, expires, projects, environments, roles and for.
type Keys struct {
	Frame
	For          string // the service account, "" for one's own
	Items        []KeyRow
	Purpose      string
	Expires      []Choosable
	Projects     []Option
	Environments []Option
	Roles        []Option
	Narrow       bool   // the scope is open
	NoNew        string // why none can be made here
	Problems     []Problem
}

// Choosable is one of several values of a field.
type Choosable struct {
	Value, Text string
	Chosen      bool
}

// KeyRow is one key; the key itself is never shown again.
type KeyRow struct {
	ID            string
	Purpose, Hint string // Hint: "API-7QK2…"
	Scope         string // "project Quotes, as Build server"; "" means all that its owner may
	Created       Moment
	Expires       Moment // Text "" means it does not
	Expired       bool
	Used          Moment // Text "" means not yet
	UsedFrom      string
}

// KeyShown shows a new key, once.
type KeyShown struct {
	Frame
	Purpose, Key string
	Warnings     []string // what it cannot do, though its role could
	Back         string   // to the list
	Command      string   // how to use it
}
