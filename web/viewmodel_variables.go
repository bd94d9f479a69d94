package web

import (
	"strconv"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/octostache"
	"slipway/pipelines/variables"
	"slipway/runner/views"
	"slipway/web/pages"
)

// valuesHome is where a list of variables lives, and who may follow which link.
type valuesHome struct {
	path    string
	project string // "" of a set
	reach   func(name string) string
	edits   bool // the principal may change them
	shared  bool // and see variable sets
	sets    []views.SharedSet
}

// groupsOf puts the values of a name together, in the order of definition.
func (h valuesHome) groupsOf(all []views.Value) []pages.VariableGroup {
	var out []pages.VariableGroup
	at := map[string]int{}
	for _, x := range all {
		key := pipelines.NameKey(x.Name)
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, pages.VariableGroup{Name: x.Name, Reach: h.reach(x.Name)})
		}
		out[i].Values = append(out[i].Values, h.value(x))
	}
	return out
}

// value is one value as it is shown; of a secret only where it lies.
func (h valuesHome) value(x views.Value) pages.VariableValue {
	out := pages.VariableValue{Scopes: scopeTags(x.Scope), Description: x.Description, From: h.from(x), Why: x.Why}
	if x.Sensitive() {
		out.Secret = liesIn(x.Variable)
	} else if x.Value != "" {
		out.Text = piecesOf(string(x.Value))
	}
	if x.System {
		out.Text = []pages.Piece{{Text: unescaped(string(x.Value))}}
	}
	if x.Prompt != nil {
		out.Asked = "asked for at each deployment"
	}
	if h.edits && x.Set == "" && !x.System {
		out.Edit = pages.EditVariablePath(h.path, strconv.Itoa(x.Index+1))
	}
	return out
}

// unescaped is the text behind a value of ours, which is never a template.
func unescaped(text string) string {
	result, err := octostache.Evaluate(text, octostache.NewVariables(), octostache.Options{})
	if err != nil {
		return text
	}
	return result.Text
}

func (h valuesHome) from(x views.Value) pages.Link {
	switch {
	case x.System:
		return pages.Link{Text: "Slipway"}
	case x.Set == "":
		return pages.Link{}
	}
	out := pages.Link{Text: "variable set " + x.Set}
	for _, s := range h.sets {
		if pipelines.SameName(s.Name, x.Set) {
			out.Path = pages.VariableSetPath(s.ID)
		}
	}
	return out
}

// liesIn says where a value lies that nobody may see.
func liesIn(v pipelines.Variable) string {
	switch {
	case v.Secret != "":
		return "secret " + v.Secret
	case v.Parameter != "":
		return "parameter " + v.Parameter
	}
	return "secret " + v.SecretsManager + " of Secrets Manager"
}

// scopeTags are a scope's names, with their kind where it is not obvious.
func scopeTags(s pipelines.Scope) []string {
	out := append([]string{}, s.Environments...)
	for _, kind := range []struct {
		word  string
		names []string
	}{{"channel", s.Channels}, {"role", s.Roles}, {"target", s.Targets}, {"step", s.Steps}} {
		for _, name := range kind.names {
			out = append(out, kind.word+" "+name)
		}
	}
	return out
}

// piecesOf marks what of a text reads other variables.
func piecesOf(text string) []pages.Piece {
	var out []pages.Piece
	done := 0 // up to here it is in out
	for at := 0; at < len(text); {
		next := strings.Index(text[at:], "#{")
		if next < 0 {
			break
		}
		at += next
		size := tokenSize(text[at:])
		if hashes := at - len(strings.TrimRight(text[:at], "#")); size == 0 || hashes == 1 { // `##{` is a text
			at += 2
			continue
		}
		if at > done {
			out = append(out, pages.Piece{Text: text[done:at]})
		}
		out = append(out, pages.Piece{Text: text[at : at+size], Reads: true})
		at += size
		done = at
	}
	if done < len(text) {
		out = append(out, pages.Piece{Text: text[done:]})
	}
	return out
}

// tokenSize is how long the token is that the text begins with; 0: it never ends.
func tokenSize(text string) int {
	open := 0
	for i := 0; i < len(text); i++ {
		switch {
		case strings.HasPrefix(text[i:], "#{"):
			open++
			i++
		case text[i] == '"':
			if end := strings.IndexByte(text[i+1:], '"'); end >= 0 {
				i += end + 1
			}
		case text[i] == '}':
			if open--; open == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// here is a variable at a place.
func (h valuesHome) here(e views.Explanation) pages.VariableHere {
	out := pages.VariableHere{Name: e.Name, Reach: h.reach(e.Name), Evaluated: e.Evaluated, Rule: ruleSentence(e.Rule), Tie: toSentence(e.Tie), Trouble: toSentence(e.Trouble)}
	weigh := weighing(e)
	fits := func(x views.Value) pages.VariableValue {
		v := h.value(x)
		v.Why = toSentence(x.Why)
		if x.System {
			return v
		}
		v.Weight = "weight " + weigh.words(x)
		if x.Weight() != weigh.best.Weight() {
			v.Why = "Is weaker: it weighs " + weigh.words(x) + " against " + weigh.words(weigh.best) + "."
		}
		return v
	}
	if e.Winner != nil {
		w := fits(*e.Winner)
		out.Winner = &w
	}
	for _, x := range e.Losers {
		out.Losers = append(out.Losers, fits(x))
	}
	for _, x := range e.Others {
		v := h.value(x)
		v.Why = toSentence(x.Why)
		out.Others = append(out.Others, v)
	}
	return out
}

// isOurs says whether only Slipway provides the variable.
func isOurs(e views.Explanation) bool {
	return e.Winner != nil && e.Winner.System
}

// placeWords names a place in a title.
func placeWords(at views.Asked) string {
	var parts []string
	if at.Environment != "" {
		parts = append(parts, at.Environment)
	}
	for _, kind := range []struct{ word, name string }{{"on", at.Target}, {"in step", at.Step}, {"for channel", at.Channel}} {
		if kind.name != "" {
			parts = append(parts, kind.word+" "+kind.name)
		}
	}
	return strings.Join(parts, ", ")
}

// valuesSentence counts.
func valuesSentence(values, names int) string {
	if values == 0 {
		return "No variables yet."
	}
	if values == names {
		return plural(names, "variable") + ", each with one value."
	}
	return plural(names, "variable") + " with " + plural(values, "value") + "."
}

// reachOf is what changing a value reaches. Projects are named where there are
// several.
func (h valuesHome) reachOf(x views.Reach) pages.ReachOfValue {
	out := pages.ReachOfValue{VariableValue: h.value(x.Value)}
	var environments, steps, projects []string
	for _, p := range x.Places {
		environments, steps, projects = noted(environments, p.Environment), noted(steps, p.Step), noted(projects, p.Project)
	}
	several := len(projects) > 1 || len(projects) == 1 && h.project != projects[0]
	switch where := anded(environments); {
	case len(x.Places) == 0:
		out.Sentence = "Changing it would change nothing: it wins nowhere."
		return out
	case len(steps) == 0 && !several:
		out.Sentence = "It wins in " + where + ", and no step reads it there."
		return out
	case len(steps) == 0:
		out.Sentence = "It wins in " + where + " for " + anded(projects) + ", and no step reads it there."
		return out
	case several:
		out.Sentence = "Changing it reaches " + anded(projects) + ", in " + where + "."
	default:
		out.Sentence = "Changing it reaches " + where + ", in " + plural(len(steps), "step") + "."
	}
	for _, p := range x.Places {
		row := pages.ReachedPlace{Environment: p.Environment, Step: p.Step, Targets: p.Targets, Readers: readersOf(p.Readers)}
		if several {
			row.Project = p.Project
		}
		if p.Channel != "" {
			row.Environment += ", channel " + p.Channel
		}
		out.Places = append(out.Places, row)
	}
	return out
}

// noted is the list with a name that may be in it already.
func noted(all []string, name string) []string {
	if name == "" || pipelines.HasName(all, name) {
		return all
	}
	return append(all, name)
}

func readersOf(all []variables.Reader) []string {
	out := make([]string, len(all))
	for i, r := range all {
		out[i] = r.Path
		if len(r.Via) > 0 {
			out[i] += ", by way of " + strings.Join(r.Via, " → ")
		}
	}
	return out
}

// folderOf is the folder of text that owns a noun, or "".
func folderOf(owner string) string {
	folder, ok := pipelines.OwningFolder(owner)
	if !ok {
		return ""
	}
	return folder
}
