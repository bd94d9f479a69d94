package textform_test

import (
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/textform"
)

func TestCompare(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	for _, c := range []struct {
		name   string
		change func(*textform.Nouns)
	}{
		{"nothing differs", func(*textform.Nouns) {}},
		{"ids and spelling of a name are no difference in what is there", func(n *textform.Nouns) {
			n.Projects[0].ID = "Projects-9"
			n.Environments[0].ID = "Environments-9"
		}},
		{"what is not named is left alone", func(n *textform.Nouns) { n.Users = nil; n.Projects = nil }},
		{"an environment comes", func(n *textform.Nouns) {
			n.Environments = append(n.Environments, pipelines.Environment{Name: "Test"})
		}},
		{"a port changes", func(n *textform.Nouns) { n.Projects[0].Variables[0].Value = "8081" }},
		{"a line of a script changes", func(n *textform.Nouns) {
			n.Projects[0].Steps[0].Action.Settings = []byte(`{"body":"set -e\n\nif x; then\n  y \u003e zz\nfi\n"}`)
		}},
		{"a step goes, a key comes, a project comes", func(n *textform.Nouns) {
			n.Projects[0].Steps = n.Projects[0].Steps[:1]
			n.Projects[0].Steps[0].Retries = 0
			n.Projects[0].Steps[0].Environments = []string{"Dev", "Test"}
			n.Projects[0].Triggers = append(n.Projects[0].Triggers, pipelines.Trigger{Package: "B"})
			n.Projects = append(n.Projects, pipelines.Project{Name: "Q"})
		}},
		{"a target moves to another instance, one from SSH to SSM", func(n *textform.Nouns) {
			n.Targets[0].SSH, n.Targets[0].SSM = nil, &pipelines.SSMAddress{Instance: "i-0abc123d", Platform: "linux"}
			n.Targets[1].SSM = &pipelines.SSMAddress{Instance: "mi-0abc123def4567899", Platform: "windows"}
		}},
		{"a set changes, a channel comes", func(n *textform.Nouns) {
			n.VariableSets[0].Variables[0].Value = "example.com"
			n.Projects[0].Channels = append(n.Projects[0].Channels, pipelines.Channel{Name: "Hotfix"})
			n.Projects[0].Variables[5].Prompt.Options = []string{"a", "c"}
		}},
		{"how it runs changes", func(n *textform.Nouns) {
			n.Projects[0].Queue, n.Projects[0].Timeout = pipelines.QueueReplaceWaiting, 0
			n.Projects[0].Steps[2].If = "true"
			n.Projects[0].Steps[3].Steps[1].Retries = 2
		}},
		{"a name in other letters", func(n *textform.Nouns) { n.Teams[0].Name = "t" }},
	} {
		wanted := everything()
		c.change(&wanted)
		out.WriteString("# " + c.name + "\n")
		for _, change := range textform.Compare(everything(), wanted, stepTypes()) {
			out.WriteString(change.Do + " " + change.Kind + " " + change.Name + "\n")
			for _, l := range change.Lines {
				out.WriteString("  | " + l + "\n")
			}
		}
		out.WriteString("\n")
	}
	golden(t, "compare.txt", out.String())
}

func TestCompareWithNothing(t *testing.T) {
	t.Parallel()
	changes := textform.Compare(textform.Nouns{}, everything(), stepTypes())
	if len(changes) != 14 {
		t.Fatalf("Compare with nothing gives %d changes, want one for each of 14 nouns", len(changes))
	}
	for _, c := range changes {
		if c.Do != textform.Add {
			t.Errorf("%s %s: do is %q, want %q", c.Kind, c.Name, c.Do, textform.Add)
		}
		for _, l := range c.Lines {
			if !strings.HasPrefix(l, "+ ") {
				t.Errorf("%s %s: line %q, want it to begin with `+ `", c.Kind, c.Name, l)
			}
		}
	}
}
