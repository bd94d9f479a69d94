package pages

// ProjectText is a project as it is written in a folder.
type ProjectText struct {
	Frame
	Text string
	Edit string // path of the form of what is data, "" where that is not for this person
}

// ProjectFields is the form of what of a project is data.
type ProjectFields struct {
	Name, Description string
	Lifecycles        []Option // besides the built-in one
	Sets              []Option
	Problems          []Problem
}
