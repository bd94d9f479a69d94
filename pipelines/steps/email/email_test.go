package email

import (
	"encoding/json"
	"reflect"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/plan"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	problem := func(path, message string) []pipelines.Problem {
		return []pipelines.Problem{{Path: path, Message: message}}
	}
	for _, c := range []struct {
		settings string
		want     []pipelines.Problem
	}{
		{`{"to":"a@example.org","subject":"s","body":""}`, nil},
		{`{"to":"a@example.org, b@example.org","subject":"s"}`, nil},
		{`{"to":"#{Team}","subject":"#{S}"}`, nil},
		{`{"subject":"s"}`, problem("to", "a mail needs somebody to go to")},
		{`{"to":"nobody","subject":"s"}`, problem("to", "`to` is a list of mail addresses, like team@example.org, boss@example.org; got nobody")},
		{`{"to":"a@b,","subject":"s"}`, problem("to", "`to` is a list of mail addresses, like team@example.org, boss@example.org; got a@b,")},
		{`{"to":"a@b\r\nBcc: x@y","subject":"s"}`, problem("to", "`to` is a list of mail addresses, like team@example.org, boss@example.org; got a@b\r\nBcc: x@y")},
		{`{"to":"a@b","subject":" "}`, problem("subject", "a mail needs a subject")},
		{`{"to":"a@b","subject":"a\nBcc: x@y"}`, problem("subject", "a subject is one line")},
	} {
		if got := (Type{}).Check(json.RawMessage(c.settings)); !reflect.DeepEqual(got, c.want) {
			t.Errorf("Check(%s) = %v, want %v", c.settings, got, c.want)
		}
	}
}

func TestWant(t *testing.T) {
	t.Parallel()
	settings := json.RawMessage(`{"to":"#{To}","subject":"S #{X}","body":"<b>","html":true}`)
	got, err := Type{}.Want(plan.Context{}, settings)
	want := plan.Want{
		Kind:    plan.Mail,
		Message: &plan.Message{To: "#{To}", Subject: "S #{X}", Body: "<b>", HTML: true},
		Texts:   []plan.Shown{{Path: "email.to", Text: "#{To}"}, {Path: "email.subject", Text: "S #{X}"}, {Path: "email.body", Text: "<b>"}},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Want = %+v, %v\nwant %+v", got, err, want)
	}
	if _, err := (Type{}).Want(plan.Context{}, json.RawMessage(`[]`)); err == nil {
		t.Error("Want of a list gives no error")
	}
	if got := (Type{}).Package(settings); got != "" {
		t.Errorf("Package = %q, want none", got)
	}
}
