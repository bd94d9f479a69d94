package template

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// circle refuses resources of which each needs the other to be there first, as
// CloudFormation does: "Circular dependency between resources".
func circle(declared map[string]any) error {
	needs := map[string][]string{}
	for id, r := range declared {
		m := r.(map[string]any)
		for _, name := range append(named(m["Properties"]), texts(m["DependsOn"])...) {
			if _, resource := declared[name]; resource {
				needs[id] = append(needs[id], name)
			}
		}
	}
	done := map[string]bool{}
	for _, id := range slices.Sorted(maps.Keys(needs)) {
		if way := walk(id, nil, needs, done); way != nil {
			return fmt.Errorf("circular dependency between resources: %s", strings.Join(way, " needs "))
		}
	}
	return nil
}

// walk goes on to what id needs; it gives the way that leads back into itself.
func walk(id string, way []string, needs map[string][]string, done map[string]bool) []string {
	if at := slices.Index(way, id); at >= 0 {
		return append(way[at:], id)
	}
	if done[id] {
		return nil
	}
	way = append(slices.Clone(way), id)
	for _, next := range needs[id] {
		if found := walk(next, way, needs, done); found != nil {
			return found
		}
	}
	done[id] = true
	return nil
}

// named are all names that a value refers to.
func named(v any) []string {
	switch v := v.(type) {
	case []any:
		var all []string
		for _, item := range v {
			all = append(all, named(item)...)
		}
		return all
	case map[string]any:
		name, argument, ok := function(v)
		switch {
		case ok && name == "Ref":
			return []string{text(argument)}
		case ok && name == "Fn::GetAtt":
			return texts(argument)[:1]
		case ok && name == "Fn::Sub":
			return placeholders(argument)
		}
		var all []string
		for _, item := range v {
			all = append(all, named(item)...)
		}
		return all
	}
	return nil
}

func placeholders(argument any) []string {
	words, all := text(argument), []string(nil)
	if list, ok := argument.([]any); ok && len(list) == 2 {
		words, all = text(list[0]), named(list[1])
	}
	for _, part := range strings.Split(words, "${")[1:] {
		name, _, _ := strings.Cut(part, "}")
		id, _, _ := strings.Cut(name, ".")
		all = append(all, id)
	}
	return all
}
