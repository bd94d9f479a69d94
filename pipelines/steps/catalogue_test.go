package steps_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/steps"
	"slipway/pipelines/textform"
)

func TestCatalogueHasEveryTypeWithEverySetting(t *testing.T) {
	t.Parallel()
	types := steps.Types()
	for _, e := range steps.Catalogue() {
		kind, ok := types[e.Name]
		if !ok {
			t.Errorf("there is no step type %s", e.Name)
			continue
		}
		delete(types, e.Name)
		var told []string
		for _, s := range e.Settings {
			told = append(told, s.Key)
			if s.What == "" {
				t.Errorf("%s: nothing is said about %s", e.Name, s.Key)
			}
		}
		there := keysOf(reflect.TypeOf(kind.Settings()).Elem(), "")
		slices.Sort(told)
		slices.Sort(there)
		if !slices.Equal(told, there) {
			t.Errorf("%s tells of %q\nthe type has %q", e.Name, told, there)
		}
		if e.Title == "" || e.What == "" || e.Runs == "" {
			t.Errorf("%s lacks a title, what it does, or where", e.Name)
		}
	}
	for name := range types {
		t.Errorf("step type %s is not in the catalogue", name)
	}
}

// keysOf are the keys of settings as they are written, with those below them;
// the pool of an application is told with that of a site.
func keysOf(of reflect.Type, under string) []string {
	for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
		of = of.Elem()
	}
	if of.Kind() != reflect.Struct || under == "application.pool." {
		return nil
	}
	var out []string
	for i := range of.NumField() {
		f := of.Field(i)
		if f.Anonymous {
			out = append(out, keysOf(f.Type, under)...)
			continue
		}
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if key == "" || key == "-" {
			continue
		}
		out = append(out, under+key)
		out = append(out, keysOf(f.Type, under+key+".")...)
	}
	return out
}

func TestCatalogueSamplesCanBeApplied(t *testing.T) {
	t.Parallel()
	types := textform.StepTypes{}
	for name, kind := range steps.Types() {
		types[name] = kind.Settings
	}
	for _, e := range steps.Catalogue() {
		doc, found := textform.Parse([]textform.File{{Name: "sample.yaml", Text: []byte(e.WholeText())}}, types, nil)
		if len(found) > 0 {
			t.Errorf("%s: %v\n%s", e.Name, found, e.WholeText())
			continue
		}
		project := doc.Projects[0]
		problems := project.Check(pipelines.Known{Environments: doc.Environments, Teams: doc.Teams, ActionProblems: steps.Problems(steps.Types())})
		problems = append(problems, steps.UnknownFeeds(steps.Types(), project, doc.Feeds)...)
		if len(problems) > 0 || project.Steps[0].Action.Type != e.Name {
			t.Errorf("%s: the sample is a step %q with problems %v", e.Name, project.Steps[0].Action.Type, problems)
		}
	}
}

func TestCatalogueIsFoundByWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"iis": "iis", "Nginx": "nginx", "IIS": "iis", "": "nginx iis package script approval email", "sign-off": "approval",
		"manual intervention": "approval", "powershell": "script nginx iis package", "no such thing": "", "windows": "iis", "smtp": "email", "web site": "nginx iis",
	} {
		var got []string
		for _, e := range steps.Search(text) {
			got = append(got, e.Name)
		}
		if text == "powershell" { // that order is of no matter
			if !slices.Contains(got, "script") {
				t.Errorf("Search(%q) = %v, want script in it", text, got)
			}
			continue
		}
		if strings.Join(got, " ") != want {
			t.Errorf("Search(%q) = %v, want %s", text, got, want)
		}
	}
}
