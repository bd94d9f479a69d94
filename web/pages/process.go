package pages

// ProcessPath is the page of a project's process as a graph.
func ProcessPath(project string) string { return ProjectPath(project) + "/process" }

// Process is what a project does, as a picture and as the text that says so.
type Process struct {
	Frame
	Project string // id
	Graph   Graph
	Steps   []ProcessNode
	Text    []TextLine // the project in its canonical written form
	Owner   string     // the folder it is applied from, "" for none
	Export  string     // commands to copy
	Apply   string
	Problem string // why the text is not shown
	Edit    string // path of the text, to be edited; "" where that is not for this person
}

// ProcessNode is a step in words, with the lines that define it.
type ProcessNode struct {
	ID string // of the graph's node
	ProcessStep
	Settings    []Fact
	First, Last int // lines of Text; 0: not known
}

// TextLine is one line of the written form.
type TextLine struct {
	Number int
	Text   string
	Step   string // id of the step that begins here
}
