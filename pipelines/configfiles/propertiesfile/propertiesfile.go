// Package propertiesfile reads Java properties files and puts values into them.
//
// It does not lay anything out: comments, blank lines, separators, line ends
// and the spelling of keys stay as they are.
//
// The idea to know: a file is its text plus the places of its pairs. Setting a
// value notes what comes instead of which bytes; nothing else can change,
// because nothing else is ever written.
package propertiesfile

import (
	"fmt"
	"strings"

	"slipway/pipelines/configfiles/fill"
	"slipway/pipelines/configfiles/textfile"
)

// Replace sets the value of every key that is the name of a variable, without
// regard to case.
func Replace(content []byte, values *fill.Values) (out []byte, report fill.Report, err error) {
	if len(content) > fill.MaxBytes {
		return nil, report, fmt.Errorf("the file has %d bytes, properties are read up to %d: leave it out of the target files", len(content), fill.MaxBytes)
	}
	encoded := textfile.Decode(content)
	file, err := Parse(encoded.Text)
	if err != nil {
		return nil, report, err
	}
	for i := range file.Pairs {
		pair := &file.Pairs[i]
		if isOctopus(pair.Key) {
			continue
		}
		value, ok, err := values.Get(pair.Key)
		if err != nil {
			return nil, report, err
		}
		if ok {
			pair.set(value.Text)
			report.Replaced++
		}
	}
	if report.Replaced == 0 {
		return content, report, nil
	}
	out, raised := encoded.Encode(file.String())
	if raised {
		report.Warn("the file is written as UTF-8: its encoding %s does not have all characters of the new values", encoded.Encoding)
	}
	return out, report, nil
}

// isOctopus leaves out the variables that the deployment itself brings along.
func isOctopus(key string) bool {
	const prefix = "octopus"
	return len(key) >= len(prefix) && strings.EqualFold(key[:len(prefix)], prefix)
}
