package views_test

import (
	"fmt"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/records"
)

func TestValuesUsed(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	id, take, err := k.Records.NextDeployment(t.Context())
	must(t, err)
	value := func(name, text string) plan.Variable { return plan.Variable{Name: name, Value: text} }
	d := pipelines.Deployment{ID: id, ProjectID: "Projects-1", Project: "Quotes", ReleaseID: "Releases-1", Release: "1.0", EnvironmentID: "Environments-1", Environment: "Dev",
		Created: noon, Status: pipelines.Queued, Values: map[string]string{"Why": "just so", "By": "me"}}
	_, err = k.Records.AddDeployment(t.Context(), records.Request{Deployment: d, Take: take, At: noon, EventID: "e", Plan: plan.Plan{
		Format: plan.Format, Deployment: id, Project: "Quotes", Environment: "Dev",
		Variables: []plan.Variable{value("Octopus.Environment.Name", "Dev"), value("Port", "80"), {Name: "Key", Secret: "key@3"}, value("Host", "old"), value("host", "new")},
		Steps: []plan.Step{
			{Name: "Say", Kind: plan.Ask, Question: &plan.Question{}, Variables: []plan.Variable{value("port", "8080")}, Shown: []plan.Shown{{Path: "body", Text: "echo 8080"}},
				Targets: []plan.Target{{ID: "Targets-1", Name: "web-1", Variables: []plan.Variable{value("Octopus.Machine.Name", "web-1"), value("Port", "8081")}}}},
			{Name: "Off", Skip: "it skips Dev", Variables: []plan.Variable{value("Port", "never")}, Shown: []plan.Shown{{Path: "body", Text: "never"}}},
		},
	}})
	must(t, err)

	used, err := k.ValuesUsed(t.Context(), who("Project viewer", nil, []string{"Dev"}), id)
	must(t, err)
	var got []string
	for _, x := range used.Given {
		got = append(got, "given "+x.Name+"="+x.Value)
	}
	for _, x := range used.Own {
		got = append(got, fmt.Sprintf("%s=%s%s at %s/%s", x.Name, x.Value, x.Secret, x.Step, x.Target))
	}
	for _, x := range used.System {
		got = append(got, fmt.Sprintf("system %s=%s at %s/%s", x.Name, x.Value, x.Step, x.Target))
	}
	for _, x := range used.Texts {
		got = append(got, x.Step+" "+x.Path+": "+x.Text)
	}
	want := `given By=me
given Why=just so
host=new at /
Key=key@3 at /
Port=80 at /
port=8080 at Say/
Port=8081 at Say/web-1
system Octopus.Environment.Name=Dev at /
system Octopus.Machine.Name=web-1 at Say/web-1
Say body: echo 8080`
	if text := strings.Join(got, "\n"); text != want {
		t.Errorf("ValuesUsed:\n%s\nwant\n%s", text, want)
	}
	if used.Deployment.Plan == "" {
		t.Error("the plan has no hash")
	}
	if _, err := k.ValuesUsed(t.Context(), who("Project viewer", nil, []string{"Prod"}), id); pipelines.CodeOf(err) != pipelines.NotFound {
		t.Errorf("for a viewer of Prod: %v, want that it is not there", err)
	}
}
