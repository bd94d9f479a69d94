package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"slipway/pipelines"
	"slipway/web/pages"
)

// entry is what the form of a value says, on the list that it was made from.
type entry struct {
	revision int64
	base     []pipelines.Variable
	number   string // of the value in base, from 1; "" for another one
	variable pipelines.Variable
	kind     string // as posted, and both fields of which it takes one
	text     string
	lies     string
	posted   bool
	remove   bool
	takeOver bool
}

// at is the index of the value in base, or -1.
func (e entry) at() int {
	n, err := strconv.Atoi(e.number)
	if err != nil || n < 1 || n > len(e.base) {
		return -1
	}
	return n - 1
}

// list is the list with the entry in it.
func (e entry) list() []pipelines.Variable {
	out, at := slices.Clone(e.base), e.at()
	switch {
	case at < 0 && e.remove:
		return out
	case at < 0:
		return append(out, e.variable)
	case e.remove:
		return slices.Delete(out, at, at+1)
	}
	out[at] = e.variable
	return out
}

// done is what the address that saving leads to says of it.
func (e entry) done() string {
	if e.remove {
		return "done=removed"
	}
	return "done=saved"
}

// savedWords confirms what was done on the way to a page; "" where nothing was.
func savedWords(q url.Values) string {
	switch q.Get("done") {
	case "saved":
		return "Saved. The next release has it; releases made before keep what they were made with."
	case "removed":
		return "Removed. The next release is without it; releases made before keep it."
	}
	return ""
}

// rebase puts the entry on the list as it is by now, and says whether the value
// it was made from is gone from there.
func (e *entry) rebase(l variableList) (gone bool) {
	at := e.at()
	if at >= 0 {
		was := e.base[at]
		at = slices.IndexFunc(l.variables, func(x pipelines.Variable) bool { return reflect.DeepEqual(x, was) })
		for _, same := range []func(x pipelines.Variable) bool{
			func(x pipelines.Variable) bool { return reflect.DeepEqual(x.Scope, was.Scope) },
			func(x pipelines.Variable) bool { return x.SameValue(was) },
		} {
			if at < 0 {
				at = slices.IndexFunc(l.variables, func(x pipelines.Variable) bool { return pipelines.SameName(x.Name, was.Name) && same(x) })
			}
		}
		gone = at < 0
	}
	e.revision, e.base, e.number = l.revision, l.variables, ""
	if at >= 0 {
		e.number = strconv.Itoa(at + 1)
	}
	return gone
}

// encoded is the list as the form carries it.
func (e entry) encoded() string {
	text, _ := json.Marshal(e.base) // texts alone: cannot fail
	return string(text)
}

// kindOf is the kind of the value, as the form names it.
func (e entry) kindOf() string {
	switch x := e.variable; {
	case e.kind != "":
		return e.kind
	case x.Secret != "":
		return pages.SecretValue
	case x.Parameter != "":
		return pages.ParameterValue
	case x.SecretsManager != "":
		return pages.SecretsManagerValue
	}
	return pages.TextValue
}

// reference is where a value lies that the configuration does not hold.
func reference(x pipelines.Variable) string { return x.Secret + x.Parameter + x.SecretsManager }

// readEntry reads the form. The error says that it is no form of ours; the
// problems are what a person can mend.
func readEntry(r *http.Request) (entry, []pages.Problem, error) {
	f := r.PostForm
	e := entry{number: f.Get("number"), posted: true, remove: f.Get("do") == "remove", takeOver: f.Get("take-over") != "", kind: f.Get("kind")}
	var err error
	if e.revision, err = strconv.ParseInt(f.Get("revision"), 10, 64); err == nil {
		err = json.Unmarshal([]byte(f.Get("base")), &e.base)
	}
	if err != nil || e.number != "" && e.at() < 0 {
		return e, nil, errBadForm
	}
	var before pipelines.Variable
	if at := e.at(); at >= 0 {
		before = e.base[at]
	}
	if e.remove {
		e.variable, e.kind, e.posted = before, "", false
		return e, nil, nil
	}
	e.variable = pipelines.Variable{
		Name: strings.TrimSpace(f.Get("name")), Description: strings.TrimSpace(f.Get("description")),
		Scope: pipelines.Scope{Environments: f["environments"], Roles: f["roles"], Targets: f["targets"], Channels: f["channels"], Steps: f["steps"]},
	}
	if f.Get("asks") != "" {
		e.variable.Prompt = &pipelines.Prompt{
			Label: strings.TrimSpace(f.Get("prompt-label")), Description: strings.TrimSpace(f.Get("prompt-help")),
			Required: f.Get("prompt-required") != "", Multiline: f.Get("prompt-multiline") != "", Options: filledLines(f.Get("prompt-options")),
		}
	}
	e.text, e.lies = typed(f.Get("value"), string(before.Value)), strings.TrimSpace(f.Get("reference"))
	return e, e.readValue(), nil
}

// readValue takes the text, or where the value lies, as the kind says.
func (e *entry) readValue() []pages.Problem {
	x := &e.variable
	switch e.kind {
	case pages.TextValue:
		x.Value = pipelines.Text(e.text)
		return nil
	case pages.SecretValue:
		x.Secret = e.lies
	case pages.ParameterValue:
		x.Parameter = e.lies
	case pages.SecretsManagerValue:
		x.SecretsManager = e.lies
	default:
		return []pages.Problem{{Field: "kind", Text: "Say what kind of value it is."}}
	}
	if e.lies == "" {
		return []pages.Problem{{Field: "reference", Text: "Name the secret or the parameter that holds the value."}}
	}
	return nil
}

// typed is a text as it was typed: browsers send every end of line as CR LF.
// Where the text before had those, they are meant.
func typed(text, before string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if ends := strings.Count(before, "\n"); ends > 0 && strings.Count(before, "\r\n") == ends {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return text
}

func filledLines(text string) []string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

func joinLines(all []string) string { return strings.Join(all, "\n") }

// ofValue is the path of a problem that is about one value of the list.
var ofValue = regexp.MustCompile(`^(?:projects|variable-sets)\[0\]\.variables\[(\d+)\]\.?(.*)$`)

// problemsOf puts what is wrong at its field; of another value it names which.
func (e entry) problemsOf(err error) []pages.Problem {
	refused, ok := errors.AsType[*pipelines.Error](err)
	if !ok {
		return nil
	}
	if len(refused.Problems) == 0 {
		field := ""
		if refused.Code == pipelines.Conflict && !e.takeOver && !e.remove { // a folder has it
			field = "take-over"
		}
		return []pages.Problem{{Field: field, Text: toSentence(refused.Message)}}
	}
	list, mine := e.list(), e.at()
	if mine < 0 {
		mine = len(list) - 1
	}
	var out []pages.Problem
	for _, p := range refused.Problems {
		one := pages.Problem{Text: toSentence(p.Message)}
		if m := ofValue.FindStringSubmatch(p.Path); m != nil {
			n, _ := strconv.Atoi(m[1])
			switch {
			case n == mine && !e.remove:
				one.Field = fieldOf(m[2])
			case n < len(list):
				one.Text = fmt.Sprintf("Value %d, %s: %s", n+1, list[n].Name, one.Text)
			}
		}
		out = append(out, one)
	}
	return out
}

// fieldOf is the field of the form for a key of a variable.
func fieldOf(key string) string {
	key, _, _ = strings.Cut(key, "[")
	switch key {
	case "name", "value", "environments", "roles", "targets", "channels", "steps":
		return key
	case pages.SecretValue, pages.ParameterValue, pages.SecretsManagerValue:
		return "reference"
	case "prompt.label", "prompt.options":
		return strings.ReplaceAll(key, ".", "-")
	case "prompt.description":
		return "prompt-help"
	}
	return ""
}
