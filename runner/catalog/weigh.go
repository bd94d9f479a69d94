package catalog

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/textform"
)

// weighed is what an Apply comes to.
type weighed struct {
	changes  []textform.Change
	writes   []write // each refers only to what those before it leave
	owned    int     // nouns wanted that are the owner's already
	removals int
}

// weigh compares, demands the rights, and judges the whole as it will be.
func (c *Catalog) weigh(ctx context.Context, p pipelines.Principal, now textform.Nouns, w Wanted) (weighed, error) {
	if err := w.check(); err != nil {
		return weighed{}, err
	}
	wanted, found := c.canonical(w.Nouns)
	w.Nouns = wanted
	var all textform.Nouns
	var out weighed
	var removals []write
	see := func(writes, gone []write, changes []textform.Change, more []pipelines.Problem, own int) {
		out.writes = append(out.writes, writes...)
		out.changes = append(out.changes, changes...)
		removals = append(removals, gone...)
		found = append(found, more...)
		out.owned += own
	}
	all.Environments = put(see, environments, now.Environments, wanted.Environments, w, c.stepTypes())
	all.Lifecycles = put(see, lifecycles, now.Lifecycles, wanted.Lifecycles, w, c.stepTypes())
	all.Users = put(see, users, now.Users, wanted.Users, w, c.stepTypes())
	all.UserRoles = put(see, userRoles, now.UserRoles, wanted.UserRoles, w, c.stepTypes())
	all.Teams = put(see, teams, now.Teams, wanted.Teams, w, c.stepTypes())
	all.Targets = put(see, targets, now.Targets, wanted.Targets, w, c.stepTypes())
	all.Feeds = put(see, feeds, now.Feeds, wanted.Feeds, w, c.stepTypes())
	all.VariableSets = put(see, variableSets, now.VariableSets, wanted.VariableSets, w, c.stepTypes())
	all.Projects = put(see, projects, now.Projects, wanted.Projects, w, c.stepTypes())
	asked, err := c.askedFor(ctx, now, out.changes)
	if err != nil {
		return weighed{}, err
	}
	if err := mayApply(p, now, wanted, all, out.changes, asked); err != nil {
		return weighed{}, err
	}
	found = append(found, c.check(now, wanted, all)...)
	if len(removals) > 0 {
		told := map[string]bool{}
		for _, p := range found {
			told[nounAt(wanted, p.Path)+": "+p.Message] = true
		}
		found = append(found, c.orphans(now, all, told)...)
	}
	if len(found) > 0 {
		return weighed{}, refused(found)
	}
	slices.Reverse(removals) // projects before what they refer to
	out.writes, out.removals = append(out.writes, removals...), len(removals)
	return out, nil
}

// put lays one kind over and hands on what comes of it.
func put[T any](see func(writes, gone []write, changes []textform.Change, found []pipelines.Problem, owned int), k kind[T], now, wanted []T, w Wanted, types textform.StepTypes) []T {
	l := layOver(k, now, wanted, w, types)
	see(l.writes, l.removals, l.changes, l.found, l.owned)
	return l.all
}

// orphans are the nouns that would refer to what goes, but those that the text
// itself holds, which are told at their place there.
func (c *Catalog) orphans(now, all textform.Nouns, told map[string]bool) []pipelines.Problem {
	before := map[string]bool{}
	for _, p := range c.check(now, now, now) {
		before[p.Message] = true
	}
	var found []pipelines.Problem
	for _, p := range c.check(now, all, all) {
		if message := nounAt(all, p.Path) + ": " + p.Message; !before[p.Message] && !told[message] {
			found = append(found, pipelines.Problem{Message: message + " once this is applied: keep what would be removed, or change the " + strings.SplitN(message, " ", 2)[0] + " first"})
		}
	}
	return found
}

// nounAt names the noun that a problem's path begins with.
func nounAt(n textform.Nouns, path string) string {
	for _, kind := range []struct {
		list, word string
		count      int
		name       func(i int) string
	}{
		{"projects", "project", len(n.Projects), func(i int) string { return n.Projects[i].Name }},
		{"lifecycles", "lifecycle", len(n.Lifecycles), func(i int) string { return n.Lifecycles[i].Name }},
		{"user-roles", "user role", len(n.UserRoles), func(i int) string { return n.UserRoles[i].Name }},
		{"teams", "team", len(n.Teams), func(i int) string { return n.Teams[i].Name }},
		{"targets", "target", len(n.Targets), func(i int) string { return n.Targets[i].Name }},
		{"feeds", "feed", len(n.Feeds), func(i int) string { return n.Feeds[i].Name }},
		{"variable-sets", "variable set", len(n.VariableSets), func(i int) string { return n.VariableSets[i].Name }},
	} {
		var i int
		if _, err := fmt.Sscanf(path, kind.list+"[%d]", &i); err == nil && i < kind.count {
			return kind.word + " " + kind.name(i)
		}
	}
	return path
}

func refused(found []pipelines.Problem) error {
	message := "the configuration has a problem, and nothing was changed: " + found[0].String()
	if n := len(found); n > 1 {
		message = fmt.Sprintf("the configuration has %d problems, and nothing was changed; the first: %s", n, found[0])
	}
	return &pipelines.Error{Code: pipelines.Invalid, Message: message, Problems: found}
}

// path names one noun of what is wanted, as textform does.
func path(kind string, i int) string { return fmt.Sprintf("%ss[%d]", kind, i) }
