package web

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/requests"
	"slipway/web/pages"
)

// prompts are the fields for the values that a deployment asks for.
func prompts(asked []plan.Prompted) []pages.Prompt {
	out := make([]pages.Prompt, len(asked))
	for i, a := range asked {
		out[i] = pages.Prompt{
			ID: fmt.Sprintf("value-%d", i+1), Name: promptName(a), Label: a.Label, Variable: a.Name, Description: a.Description,
			Value: string(a.Value), Options: a.Options, Multiline: a.Multiline, Required: a.Required,
		}
		if out[i].Label == "" {
			out[i].Label = a.Name
		}
		out[i].Yes, out[i].No = yesOrNo(a.Options)
	}
	return out
}

// promptName is the field's name in what is posted.
func promptName(a plan.Prompted) string { return "value." + a.Name }

// yesOrNo are the two options for which a tick does: True and False, in any
// case.
func yesOrNo(options []string) (yes, no string) {
	if len(options) != 2 {
		return "", ""
	}
	at := slices.IndexFunc(options, func(o string) bool { return strings.EqualFold(o, "true") })
	if at < 0 || !strings.EqualFold(options[1-at], "false") {
		return "", ""
	}
	return options[at], options[1-at]
}

// confirmationWith is the confirmation v with the values that were posted for
// what it asks, and with what is wrong with them.
func (s *site) confirmationWith(r *http.Request, v pages.ConfirmDeploy, ahead requests.Outlook) (pages.ConfirmDeploy, map[string]string) {
	in := deployRequest(r)
	in.Values = given(r, ahead.Asked)
	seen := v.Plan
	with, err := s.preview(r, in)
	if err != nil {
		v.Problems = problemsOf(err, nil)
		for i, a := range ahead.Asked {
			if value, ok := in.Values[a.Name]; ok {
				v.Prompts[i].Value = value
			}
		}
		if len(v.Problems) == 0 {
			v.Problems = []pages.Problem{{Text: "The values could not be looked at. Nothing was ordered: try again."}}
		}
		return v, in.Values
	}
	v = s.confirmation(r, with)
	v.Plan = seen
	if len(with.Lacking) > 0 {
		v.Problems = lacking(with)
	}
	return v, in.Values
}

// given are the values that were posted for what was asked. A box with a tick
// sends both of its values, and the last one counts.
func given(r *http.Request, asked []plan.Prompted) map[string]string {
	out := map[string]string{}
	_ = r.PostFormValue("plan") // reads the form
	for _, a := range asked {
		if all := r.PostForm[promptName(a)]; len(all) > 0 {
			out[a.Name] = strings.ReplaceAll(all[len(all)-1], "\r\n", "\n")
		}
	}
	return out
}

// lacking says at which fields a value is missing or is none of those to choose
// from. That there is something, the plan has said.
func lacking(ahead requests.Outlook) []pages.Problem {
	var out []pages.Problem
	for i, a := range ahead.Asked {
		field := prompts(ahead.Asked)[i]
		switch value := string(a.Value); {
		case a.Required && strings.TrimSpace(value) == "":
			out = append(out, pages.Problem{Field: field.ID, Text: toSentence(field.Label + " is needed")})
		case len(a.Options) > 0 && value != "" && !slices.Contains(a.Options, value):
			out = append(out, pages.Problem{Field: field.ID, Text: toSentence(field.Label + " is one of " + strings.Join(a.Options, ", "))})
		}
	}
	if len(out) > 0 {
		return out
	}
	for _, f := range ahead.Lacking {
		out = append(out, pages.Problem{Text: toSentence(f.Message)})
	}
	return out
}

// givenFacts are the values that were given when a deployment was ordered, in
// the order of their names.
func givenFacts(d pipelines.Deployment) []pages.Fact {
	var out []pages.Fact
	for _, name := range slices.Sorted(maps.Keys(d.Values)) {
		out = append(out, pages.Fact{Label: name, Text: d.Values[name], Code: true})
	}
	return out
}
