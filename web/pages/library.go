package pages

// ProjectText is a project as it is written in a folder.
type ProjectText struct {
	Frame
	Text string
}

// ProjectFields is the form of what of a project is data.
type ProjectFields struct {
	Name, Description string
	Lifecycles        []Option // besides the built-in one
	Sets              []Option
	Text              string // path of its text
	Base              Frame  // by which that is linked
	Problems          []Problem
}
