package xdt

import (
	"fmt"

	"slipway/pipelines/configfiles/xmltree"
)

// Namespace is how a transform file marks what is meant for us.
const Namespace = "http://schemas.microsoft.com/XML-Document-Transform"

// Apply gives the bytes of source as transform changes them. An error means
// that one of the two is no XML; everything else is in the report, and out
// then holds what the transforms without errors did.
func Apply(source, transform []byte) (out []byte, report Report, err error) {
	target, file, err := xmltree.Read(source)
	if err != nil {
		return nil, Report{}, fmt.Errorf("the file to change is %w", err)
	}
	instructions, _, err := xmltree.Read(transform)
	if err != nil {
		return nil, Report{}, fmt.Errorf("the transform file is %w", err)
	}
	r := newRun(target)
	if r.prepare(instructions) {
		r.children(instructions.Root(), nil)
		r.format()
	}
	if target.Element() == nil {
		r.add(Error, nil, "the file is left without an outermost element and is no XML any more: keep that element, or leave the file out of the package")
	}
	return target.Encode(file), r.report, nil
}
