package replay

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"reflect"
	"slices"

	"slipway/pipelines/plan"
	"slipway/runner/graph"
)

// against holds the state of today's code against the stored one, in what either
// of them has changed in this turn.
func (s *stored) against(p plan.Plan, t *Turn, begin, now graph.State) []Difference {
	var out []Difference
	was, is := s.head, now.Head
	was.Steps, is.Steps = nil, nil
	if t.Head.Place == "" { // an older program knows none of these
		is.Touched, is.Worked, is.Since = was.Touched, was.Worked, was.Since
	}
	stands, wouldStand := was.Stands(), is.Stands()
	was.Place, is.Place = "", ""
	was.Format = is.Format
	out = append(out, fields(was, is, headWords)...)
	if stands != wouldStand {
		out = append(out, Difference{Field: "place", Stored: placeWord(stands), Now: placeWord(wouldStand)})
	}
	tasks, of := s.tasksAgainst(p, t, begin, now)
	for i := range p.Steps {
		_, stepChanged := t.Steps[i]
		if !stepChanged && sameStep(&begin.Head.Steps[i], &now.Head.Steps[i]) {
			continue
		}
		for _, d := range fields(s.head.Steps[i], now.Head.Steps[i], stepWords) {
			if d.counts && of[p.Steps[i].Name] {
				continue // its tasks say more
			}
			d.Step = p.Steps[i].Name
			out = append(out, d)
		}
	}
	return append(out, tasks...)
}

// tasksAgainst compares the tasks, and says in which steps there are differences.
func (s *stored) tasksAgainst(p plan.Plan, t *Turn, begin, now graph.State) (out []Difference, of map[string]bool) {
	of = map[string]bool{}
	for _, number := range s.touched(t, begin, now) {
		step, target := named(p, number)
		for _, d := range fields(s.tasks[number], now.Parts[number/graph.PartSize].Tasks[number%graph.PartSize], taskWords) {
			d.Step, d.Target = step, target
			of[step] = of[step] || !d.words
			out = append(out, d)
		}
	}
	return out, of
}

// touched are the numbers of the tasks that the turn or today's code changed.
func (s *stored) touched(t *Turn, begin, now graph.State) []int {
	all := map[int]bool{}
	for number := range t.Tasks {
		all[number] = true
	}
	for part, tasks := range now.Changed(begin) {
		for i, x := range tasks.Tasks {
			if !reflect.DeepEqual(x, begin.Parts[part].Tasks[i]) {
				all[part*graph.PartSize+i] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// named are the step and the target of a task.
func named(p plan.Plan, number int) (step, target string) {
	i, place := p.StepOf(number)
	if i < 0 {
		return "", ""
	}
	if place < len(p.Steps[i].Targets) {
		target = p.Steps[i].Targets[place].Name
	}
	return p.Steps[i].Name, target
}

// fields are the places in which two values of one kind differ.
func fields[T any](stored, now T, words map[string]string) []Difference {
	if reflect.DeepEqual(stored, now) {
		return nil
	}
	return apart(keys(stored), keys(now), words, "")
}

// counting are the fields of a step that follow from its tasks.
var counting = map[string]bool{"next": true, "running": true, "done": true, "bad": true, "choices": true}

// apart are the keys under which two objects differ. Of one that is an object in
// both, its own keys are told.
func apart(was, is map[string]json.RawMessage, words map[string]string, within string) []Difference {
	all := maps.Clone(was)
	maps.Copy(all, is)
	var out []Difference
	for _, key := range slices.SortedFunc(maps.Keys(all), byWeight) {
		if bytes.Equal(was[key], is[key]) {
			continue
		}
		field := within + cmp.Or(words[key], key)
		a, b := object(was[key]), object(is[key])
		if a != nil && b != nil {
			out = append(out, apart(a, b, nil, field+", ")...)
			continue
		}
		out = append(out, Difference{
			Field: field, Stored: valueText(was[key]), Now: valueText(is[key]),
			words: within == "" && (key == "message" || key == "m"), counts: within == "" && counting[key],
		})
	}
	return out
}

// object reads an object, nil if it is none.
func object(raw json.RawMessage) map[string]json.RawMessage {
	var out map[string]json.RawMessage
	if json.Unmarshal(raw, &out) != nil {
		return nil
	}
	return out
}

// byWeight puts the status before everything that follows from it.
func byWeight(a, b string) int {
	weight := func(key string) int {
		if key == "status" || key == "s" {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(weight(a), weight(b)), cmp.Compare(a, b))
}

func keys(v any) map[string]json.RawMessage {
	var out map[string]json.RawMessage
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	if err != nil { // plain structs: it cannot be
		panic("a state cannot be written: " + err.Error())
	}
	return out
}

// effectsDiffer compares without regard to order, which nothing depends on.
func effectsDiffer(p plan.Plan, stored, now []string) (was, is string, differ bool) {
	missing, extra := without(stored, now), without(now, stored)
	if len(missing) == 0 && len(extra) == 0 {
		return "", "", false
	}
	return effectNames(p, missing), effectNames(p, extra), true
}

// without are the items of a that b does not have, each as often as it stands.
func without(a, b []string) []string {
	count := map[string]int{}
	for _, x := range b {
		count[x]++
	}
	var out []string
	for _, x := range a {
		if count[x]--; count[x] < 0 {
			out = append(out, x)
		}
	}
	return out
}
