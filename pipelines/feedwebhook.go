package pipelines

import (
	"strings"

	"slipway/pipelines/excerpt"
)

// FeedWebhook says where the messages that a feed sends name a new package: paths
// of keys and positions, joined by dots, like data.name. The zero one reads what
// Artifactory sends when an artifact was deployed.
type FeedWebhook struct {
	// Event is where the message says what happened, and Is what it says of a new
	// package; without them every message is about one.
	Event string `json:"event,omitempty"`
	Is    string `json:"is,omitempty"`
	// File is the name of the file, whose form is ID.VERSION.nupkg. Package and
	// Version say it apart.
	File    string `json:"file,omitempty"`
	Package string `json:"package,omitempty"`
	Version string `json:"version,omitempty"`
}

// longestPath bounds a path into a message.
const longestPath = 200

// Check finds what is wrong with the paths.
func (w FeedWebhook) Check() []Problem {
	if w == (FeedWebhook{}) {
		return nil
	}
	var found []Problem
	for _, at := range []struct{ key, path string }{{"event", w.Event}, {"file", w.File}, {"package", w.Package}, {"version", w.Version}} {
		if at.path != "" && !isPath(at.path) {
			found = append(found, Problem{Path: at.key, Message: "a path is keys and positions joined by dots, like data.name or items.0.name, of letters, digits, `_`, `-` and `:`; got " + quote(excerpt.Of(at.path, longestPath))})
		}
	}
	switch {
	case (w.Event == "") != (w.Is == ""):
		found = append(found, Problem{Path: "event", Message: "`event` is where a message says what happened, and `is` what it says of a new package: write both, or neither"})
	case w.File != "" && (w.Package != "" || w.Version != ""):
		found = append(found, Problem{Path: "file", Message: "a message names a new package by `file`, or by `package` and `version`: write one of the two"})
	case w.File == "" && (w.Package == "" || w.Version == ""):
		found = append(found, Problem{Path: "file", Message: "write where a message names the file, like `file: data.name`, or both `package` and `version`; without `webhook` it is read as Artifactory writes it"})
	}
	return found
}

// isPath leaves out what else a query could say: what comes from outside is
// looked up, and nothing is computed of it.
func isPath(path string) bool {
	if len(path) > longestPath {
		return false
	}
	for part := range strings.SplitSeq(path, ".") {
		if part == "" || strings.ContainsFunc(part, func(r rune) bool {
			return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' || r == ':')
		}) {
			return false
		}
	}
	return true
}
