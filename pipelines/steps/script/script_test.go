package script

import (
	"encoding/json"
	"reflect"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		settings string
		want     []pipelines.Problem
	}{
		{`{"body":"echo"}`, nil},
		{`{"body":"echo","syntax":"bash"}`, nil},
		{`{"body":"print()","syntax":"python"}`, nil},
		{`{"body":"Write-Host","syntax":"powershell"}`, nil},
		{`{}`, []pipelines.Problem{{Path: "body", Message: "a script needs a body: the text, or { file: deploy.sh }"}}},
		{`{"body":"echo","syntax":"perl"}`, []pipelines.Problem{{Path: "syntax", Message: "the syntax of a script is bash, powershell or python; got perl"}}},
		{`{"syntax":"perl"}`, []pipelines.Problem{
			{Path: "body", Message: "a script needs a body: the text, or { file: deploy.sh }"}, {Path: "syntax", Message: "the syntax of a script is bash, powershell or python; got perl"},
		}},
	} {
		if got := (Type{}).Check(json.RawMessage(c.settings)); !reflect.DeepEqual(got, c.want) {
			t.Errorf("Check(%s) = %v, want %v", c.settings, got, c.want)
		}
	}
}

func TestWant(t *testing.T) {
	t.Parallel()
	got, err := Type{}.Want(plan.Context{Project: "P", Environment: "Dev", Step: "S"}, json.RawMessage(`{"body":"echo #{X} < y"}`))
	want := plan.Want{
		Kind:  plan.OnHosts,
		Work:  &task.Work{Kind: "script", Settings: json.RawMessage(`{"syntax":"bash","body":"echo #{X} \u003c y"}`)},
		Texts: []plan.Shown{{Path: "script.body", Text: "echo #{X} < y"}},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Want = %+v (work %s), %v\nwant %+v", got, got.Work.Settings, err, want)
	}
	got, err = Type{}.Want(plan.Context{}, json.RawMessage(`{"body":"x","syntax":"python","parameters":"-v #{Level}","fail-on-error-output":true}`))
	want = plan.Want{
		Kind:  plan.OnHosts,
		Work:  &task.Work{Kind: "script", Settings: json.RawMessage(`{"syntax":"python","body":"x","parameters":"-v #{Level}","failOnErrorOutput":true}`)},
		Texts: []plan.Shown{{Path: "script.body", Text: "x"}, {Path: "script.parameters", Text: "-v #{Level}"}},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Want = %+v (work %s), %v\nwant %+v", got, got.Work.Settings, err, want)
	}
	if _, err := (Type{}).Want(plan.Context{}, json.RawMessage(`[]`)); err == nil {
		t.Error("Want of a list gives no error")
	}
	if got := (Type{}).Package(json.RawMessage(`{}`)); got != "" {
		t.Errorf("Package = %q, want none", got)
	}
}
