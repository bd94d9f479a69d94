package pages

import (
	"strconv"
	"strings"
)

// TextPath is the text of the noun whose page is at home, to be edited.
func TextPath(home string) string { return home + "/text" }

// TextLinePath is a line of a text.
func TextLinePath(path string, line int) string {
	if line < 1 {
		return path
	}
	return path + "#" + LineID(line)
}

// LineID is the id of a line of a text on its page.
func LineID(line int) string { return "L" + strconv.Itoa(line) }

// AddStepPath is where the type of a new step of a project is chosen.
func AddStepPath(project string) string { return ProjectPath(project) + "/steps/new" }

// TextWithPath is the text of a project with something added at its end, not
// saved.
func TextWithPath(project, stepType string) string {
	return ProjectTextPath(project) + "?add=" + stepType
}

// TextFields is the inside of the form of a noun as text.
type TextFields struct {
	Label    string
	Text     string
	Help     string
	Problems []Problem // those with a line have its LineID as their field
}

// spareLines are numbered below the last line, for what is typed there.
const spareLines = 100

// numbers are the lines that are numbered.
func (v TextFields) numbers() []int {
	out := make([]int, strings.Count(v.Text, "\n")+1+spareLines)
	for i := range out {
		out[i] = i + 1
	}
	return out
}

// rows is how many lines the box has where it does not grow by itself.
func (v TextFields) rows() string { return strconv.Itoa(max(20, strings.Count(v.Text, "\n")+6)) }

// wrong says whether something stands against a line.
func (v TextFields) wrong(line int) bool {
	for _, p := range v.Problems {
		if p.Field == LineID(line) {
			return true
		}
	}
	return false
}

// AddStep is the catalogue of step types, each with a way to add one to a
// project.
type AddStep struct {
	Frame
	Project string // id
	Query   string
	Line    int // where it will stand
	Items   []StepTypeRow
}

// NewProject is the form that begins a project: the rest of it is text.
type NewProject struct {
	Frame
	Name       string
	Lifecycles []Option // besides the built-in one
	Starts     []Start
	Problems   []Problem
}

// Start is what a new project begins with.
type Start struct {
	Value, Title, What string
	Chosen             bool
}

// NewProjectPath is where a project is begun.
const NewProjectPath = "/projects/new"

// NewProjectTextPath is the text of a project that is not there yet.
const NewProjectTextPath = NewProjectPath + "/text"

// SetFields is the form that begins a variable set.
type SetFields struct {
	Name, Description string
	Problems          []Problem
}

// line leads to a line of the project's text.
func (v Project) line(n int) string {
	if v.EditText == "" {
		return ""
	}
	return TextLinePath(v.EditText, n)
}
