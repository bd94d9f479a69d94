package textform_test

import (
	"io/fs"
	"reflect"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/steps"
	"slipway/pipelines/textform"
)

// TestSampleForIIS: the second example project is valid, and comes back as it
// was when it is printed.
func TestSampleForIIS(t *testing.T) {
	t.Parallel()
	folder := textform.Sample("random-quotes-iis")
	content, err := fs.ReadFile(folder, "slipway.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, found := textform.Parse([]textform.File{{Name: "slipway.yaml", Text: content}}, stepTypes(), func(name string) ([]byte, error) { return fs.ReadFile(folder, name) })
	if len(found) > 0 {
		t.Fatalf("the sample has problems:\n%s", joined(found))
	}
	project := doc.Projects[0]
	known := pipelines.Known{Environments: doc.Environments, Lifecycles: doc.Lifecycles, Teams: doc.Teams, ActionProblems: steps.Problems(steps.Types())}
	problems := project.Check(known)
	problems = append(problems, steps.UnknownFeeds(steps.Types(), project, doc.Feeds)...)
	problems = append(problems, doc.Lifecycles[0].Check(doc.Environments)...)
	problems = append(problems, doc.Feeds[0].Check()...)
	for _, team := range doc.Teams {
		problems = append(problems, team.Check(doc.Users, doc.UserRoles, doc.Environments)...)
	}
	for _, p := range problems {
		t.Error(p)
	}
	if got, want := steps.Installs(steps.Types(), project.Steps), []steps.Install{{Package: "RandomQuotes", Feed: "Artifactory"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("the sample installs %v, want %v", got, want)
	}
	if n := strings.Count(string(content), "\n"); n >= 90 {
		t.Errorf("slipway.yaml has %d lines; it should stay below 90", n)
	}
	again := mustParse(t, string(printed(doc.Nouns)))
	if !reflect.DeepEqual(again.Nouns, doc.Nouns) {
		t.Errorf("printed and parsed it is\n%+v\nwant\n%+v", again.Nouns, doc.Nouns)
	}
}
