package cli

import (
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestTheReferenceNamesEveryVerbAndFlag, where the verb is told of.
func TestTheReferenceNamesEveryVerbAndFlag(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/reference/command-line.md")
	must(t, err)
	doc := readReference(string(text))
	everyVerb := doc.about("slipway")
	verbs := 0
	var look func(c *cobra.Command)
	look = func(c *cobra.Command) {
		for _, below := range c.Commands() {
			look(below)
		}
		if c.HasSubCommands() || c.Hidden || !c.HasParent() {
			return
		}
		verbs++
		path := strings.TrimPrefix(c.CommandPath(), "slipway ")
		lines := doc.about(path)
		if len(lines) == 0 {
			t.Errorf("docs/reference/command-line.md does not name `slipway %s`", path)
			return
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden && !names(append(lines, everyVerb...), "--"+f.Name) {
				t.Errorf("docs/reference/command-line.md does not say of `slipway %s` that it takes --%s", path, f.Name)
			}
		})
	}
	look((&program{}).root())
	if verbs < 60 {
		t.Errorf("there are %d verbs, want those of the program", verbs)
	}
}

// referenceLine is a line with the headings that it stands below: of its section,
// and of its table.
type referenceLine struct{ section, table, text string }

type wholeReference []referenceLine

func readReference(text string) wholeReference {
	var out wholeReference
	section, table := "", ""
	for line := range strings.Lines(text) {
		switch {
		case strings.HasPrefix(line, "#"):
			section, table = strings.ToLower(line), ""
		case strings.TrimSpace(line) == "":
			table = ""
		case strings.HasPrefix(line, "| ") && table == "":
			table = line
		}
		out = append(out, referenceLine{section, table, line})
	}
	return out
}

// about are the lines about a verb like `audit list`: that name it so, or its last
// word where its group is named, and those of a table of its flags.
func (doc wholeReference) about(path string) []string {
	group, leaf, grouped := cutLast(path)
	var out []string
	for _, l := range doc {
		headed := strings.HasPrefix(l.table, "| Flag of every verb") && path == "slipway" ||
			strings.HasPrefix(l.table, "| Flag of ") && (inCode(l.table, path) || inCode(l.table, group) && grouped)
		named := inCode(l.text, path) || grouped && inCode(l.text, leaf) && (inCode(l.text, group) || strings.Contains(l.section, group))
		if headed || named {
			out = append(out, l.text)
		}
	}
	return out
}

func cutLast(path string) (before, last string, found bool) {
	at := strings.LastIndex(path, " ")
	if at < 0 {
		return "", path, false
	}
	return path[:at], path[at+1:], true
}

// inCode says whether a text stands in a line as code, alone or with what follows.
func inCode(line, text string) bool {
	return strings.Contains(line, "`"+text+"`") || strings.Contains(line, "`"+text+" ") || strings.Contains(line, "`slipway "+text)
}

// names says whether one of the lines has the flag, and not only one that begins
// with it.
func names(lines []string, flag string) bool {
	for _, line := range lines {
		for rest := line; ; {
			_, behind, found := strings.Cut(rest, flag)
			if !found {
				break
			}
			if next := behind + " "; !strings.ContainsAny(next[:1], "-abcdefghijklmnopqrstuvwxyz") {
				return true
			}
			rest = behind
		}
	}
	return false
}
