package approval

import (
	"encoding/json"
	"reflect"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/plan"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		settings string
		want     []pipelines.Problem
	}{
		{`{"instructions":"look","teams":["A"]}`, nil},
		{`{"instructions":"look"}`, nil},
		{`{"teams":["A"]}`, []pipelines.Problem{{Path: "instructions", Message: "an approval needs instructions: what should be looked at before deciding?"}}},
	} {
		if got := (Type{}).Check(json.RawMessage(c.settings)); !reflect.DeepEqual(got, c.want) {
			t.Errorf("Check(%s) = %v, want %v", c.settings, got, c.want)
		}
	}
}

func TestWant(t *testing.T) {
	t.Parallel()
	settings := json.RawMessage(`{"instructions":"Look at #{Url}","teams":["A","B"]}`)
	got, err := Type{}.Want(plan.Context{}, settings)
	want := plan.Want{
		Kind:     plan.Ask,
		Question: &plan.Question{Instructions: "Look at #{Url}", Teams: []string{"A", "B"}},
		Texts:    []plan.Shown{{Path: "approval.instructions", Text: "Look at #{Url}"}},
		Outputs:  []string{"Manual.Notes", "Manual.ResponsibleUser.Id", "Manual.ResponsibleUser.DisplayName", "Manual.ResponsibleUser.EmailAddress"},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Want = %+v, %v\nwant %+v", got, err, want)
	}
	if _, err := (Type{}).Want(plan.Context{}, json.RawMessage(`[]`)); err == nil {
		t.Error("Want of a list gives no error")
	}
	if got := Teams(settings); !reflect.DeepEqual(got, []string{"A", "B"}) {
		t.Errorf("Teams = %v", got)
	}
	if got := (Type{}).Package(settings); got != "" {
		t.Errorf("Package = %q, want none", got)
	}
}
