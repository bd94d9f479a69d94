// Package yamlfile puts variables into YAML files.
//
// It turns no file into data and back: YAML that goes through data loses what
// makes it readable. Values of tags are none of its business either; a scalar
// is text.
//
// The idea to know: the text is read twice by a scanner that knows places. The
// first reading finds what has a variable, by the path of keys and positions,
// and the most common indentation. The second collects edits: the new values,
// and other indentation where the file does not keep to its own. Everything
// else stays byte for byte, and a file in which nothing was found stays whole.
package yamlfile

import (
	"strings"

	"slipway/pipelines/configfiles/fill"
	"slipway/pipelines/configfiles/textfile"
)

// Replace puts values into the scalars, mappings and sequences of a YAML file
// whose paths are names of variables.
func Replace(content []byte, values *fill.Values) (out []byte, report fill.Report, err error) {
	if len(content) > fill.MaxBytes {
		return nil, report, &fill.SyntaxError{Format: "YAML", Message: "larger than 64 MB"}
	}
	file := textfile.Decode(content)
	if i := strings.IndexByte(file.Text, 0); i >= 0 {
		return nil, report, &fill.SyntaxError{Format: "YAML", Line: 1 + strings.Count(file.Text[:i], "\n"), Message: "a zero byte: this is no text"}
	}
	f := newFinder(file.Text, values)
	s, err := parse(file.Text, f.event)
	if err == nil {
		err = f.err
	}
	if err != nil || len(f.found) == 0 {
		return content, report, err
	}
	l := newLayout(file.Text, f, s)
	if _, err := parse(file.Text, l.event); err != nil {
		return nil, report, err
	}
	out, raised := file.Encode(l.apply())
	report = l.report
	report.Replaced = len(f.found)
	if raised {
		report.Warn("it is written as UTF-8 from now on: its former encoding lacks a character of a new value")
	}
	return out, report, nil
}
