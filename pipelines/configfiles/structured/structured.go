// Package structured puts values into a config file of whichever format it has.
//
// It knows no format itself and looks for no files.
//
// The idea to know: a format is believed when the file can be read as it, and
// JSON is tried before anything that the name says, because Octopus knew only
// JSON once and people's packages rely on it.
package structured

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"slipway/pipelines/configfiles/fill"
	"slipway/pipelines/configfiles/jsonfile"
	"slipway/pipelines/configfiles/propertiesfile"
	"slipway/pipelines/configfiles/xmlfile"
	"slipway/pipelines/configfiles/yamlfile"
)

// The names of the formats.
const (
	JSON       = "Json"
	YAML       = "Yaml"
	XML        = "Xml"
	Properties = "Properties"
)

// Options are what a step says about its files.
type Options struct {
	FallbackJSONOnly bool // read everything as JSON, whatever its name
}

type format struct {
	name       string
	extensions []string
	replace    func(content []byte, values *fill.Values) ([]byte, fill.Report, error)
}

// formats are in the order in which a file of an unknown extension is tried.
var formats = []format{
	{JSON, []string{".json"}, jsonfile.Replace},
	{XML, []string{".xml"}, xmlfile.Replace},
	{YAML, []string{".yaml", ".yml"}, yamlfile.Replace},
	{Properties, []string{".properties"}, propertiesfile.Replace},
}

// Replace puts values into the file and says which format it turned out to
// have. The error of a file that is none of those tried is about the last.
func Replace(name string, content []byte, values *fill.Values, opts Options) (out []byte, used string, report fill.Report, err error) {
	if len(content) > fill.MaxBytes {
		return nil, "", report, fmt.Errorf("%s has %d bytes, structured variables are put into files up to %d: leave it out of the target files", name, len(content), fill.MaxBytes)
	}
	var tried []string
	for _, f := range candidates(name, opts) {
		tried = append(tried, f.name)
		out, report, err = f.replace(content, values)
		if err == nil {
			return out, f.name, report, nil
		}
		if _, unreadable := errors.AsType[*fill.SyntaxError](err); !unreadable {
			return nil, f.name, fill.Report{}, fmt.Errorf("%s, read as %s: %w", name, f.name, err)
		}
	}
	return nil, "", fill.Report{}, fmt.Errorf("structured variables cannot be put into %s: read as %s and not understood: %w", name, strings.Join(tried, ", "), err)
}

func candidates(name string, opts Options) []format {
	if opts.FallbackJSONOnly {
		return formats[:1]
	}
	extension := strings.ToLower(path.Ext(strings.ReplaceAll(name, `\`, "/")))
	known := slices.IndexFunc(formats, func(f format) bool { return slices.Contains(f.extensions, extension) })
	switch known {
	case -1:
		return formats
	case 0:
		return formats[:1]
	}
	return []format{formats[0], formats[known]}
}
