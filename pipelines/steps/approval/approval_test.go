package approval

import (
	"encoding/json"
	"reflect"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/plan"
)

func problem(path, message string) []pipelines.Problem {
	return []pipelines.Problem{{Path: path, Message: message}}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		settings string
		want     []pipelines.Problem
	}{
		{`{"instructions":"look","teams":["A"]}`, nil},
		{`{"instructions":"look"}`, nil},
		{`{"teams":["A"]}`, []pipelines.Problem{{Path: "instructions", Message: "an approval needs instructions: what should be looked at before deciding?"}}},
		{`{"instructions":"look","teams":["A"],"approvals":2,"not-requester":true,"blocks":true,"timeout":"48h","on-timeout":"reject","remind":"24h"}`, nil},
		{`{"instructions":"look","teams":["A"],"remind":"1h"}`, nil},
		{`{"instructions":"look","remind":"1h"}`, problem("remind", "remind mails those who are asked, and without `teams` nobody is: name the teams, or remove it")},
		{`{"instructions":"look","approvals":0}`, problem("approvals", "approvals is how many people must approve, 1 to 50; got 0")},
		{`{"instructions":"look","approvals":51}`, problem("approvals", "approvals is how many people must approve, 1 to 50; got 51")},
		{`{"instructions":"look","timeout":"0s"}`, problem("timeout", "a timeout of 0s would answer before anybody could: say how long to wait, like 48h, or leave it out to wait without end")},
		{`{"instructions":"look","timeout":"-1h"}`, problem("timeout", "a timeout of -1h would answer before anybody could: say how long to wait, like 48h, or leave it out to wait without end")},
		{`{"instructions":"look","on-timeout":"approve"}`, problem("on-timeout", "on-timeout says how a timeout answers, and there is none: add `timeout`, like 48h, or remove it")},
		{`{"instructions":"look","timeout":"1h","on-timeout":"ignore"}`, problem("on-timeout", `on-timeout is reject or approve; got "ignore"`)},
		{`{"instructions":"look","remind":"5s"}`, problem("remind", "remind is how often those asked are reminded, at most every minute; got 5s")},
		{`{"instructions":"look","timeout":"24h","remind":"24h"}`, problem("remind", "the first reminder, after 24h, would come when the timeout of 24h is over: remind earlier, or wait longer")},
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
