// Package jsonfile puts values into JSON files.
//
// It does not keep how the file was laid out once a value went in: the file is
// then written anew with two spaces of indentation, as Octopus does, without
// its comments. What the values themselves look like (digits, escapes) stays as
// it was spelt, and a file that nothing went into keeps every byte.
//
// The idea to know: the type of a value is decided by what stands in the file,
// never by the variable. "80" becomes a number where there was a number and a
// text where there was a text or null; objects and lists take any JSON.
package jsonfile

import (
	"errors"
	"fmt"

	"slipway/pipelines/configfiles/fill"
	"slipway/pipelines/configfiles/textfile"
)

// Replace puts values into the file. Paths are keys joined by `:`, with the
// numbers of list items, without regard to case.
func Replace(content []byte, values *fill.Values) (out []byte, report fill.Report, err error) {
	if len(content) > fill.MaxBytes {
		return nil, report, fmt.Errorf("the file has %d bytes, JSON is read up to %d: leave it out of the target files", len(content), fill.MaxBytes)
	}
	file := textfile.Decode(content)
	if file.Text == "" {
		return content, report, nil // Octopus reads an empty file as an empty object
	}
	t, err := parse(file.Text, 0)
	if err != nil {
		return nil, report, err
	}
	replaced, err := evaluate(t, match(t, values), values, &report)
	if err != nil || len(replaced) == 0 {
		return content, report, err
	}
	w := writer{newline: lineEnding(file.Text), replaced: replaced, out: make([]byte, 0, 2*len(file.Text))}
	w.node(t, root, 0)
	if w.full {
		return nil, fill.Report{}, errTooLarge
	}
	warnOfLosses(t, &report)
	report.Replaced = w.count
	out, raised := file.Encode(string(w.out))
	if raised {
		report.Warn("the file is written as UTF-8: its encoding %s does not have all characters of the new values", file.Encoding)
	}
	return out, report, nil
}

var errTooLarge = errors.New("written with line breaks the file would be larger than what is read as JSON: leave it out of the target files")

func warnOfLosses(t *tree, report *fill.Report) {
	if t.comments > 0 {
		report.Warn("the comments in the file (%d) are not kept, as JSON has none", t.comments)
	}
	if t.repeated > 0 {
		report.Warn("keys that are there twice in one object (%d, the first is %q) are written once, with the last value", t.repeated, t.firstRepeated)
	}
}
