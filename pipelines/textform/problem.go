package textform

import (
	"fmt"

	"slipway/pipelines"
)

// Place is where something stands in the text. Lines and columns begin at 1;
// the zero Place is nowhere.
type Place struct {
	File   string
	Line   int
	Column int
}

func (p Place) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// Problem is a finding with its place. As text it is
// `slipway.yaml:12:7: projects[0].steps[0].nginx.port: unknown key "port"`,
// which editors and terminals can jump to.
type Problem struct {
	Place
	pipelines.Problem
}

func (p Problem) String() string {
	if p.File == "" {
		return p.Problem.String()
	}
	return p.Place.String() + ": " + p.Problem.String()
}
