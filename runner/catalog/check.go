package catalog

import (
	"encoding/json"
	"fmt"

	"slipway/pipelines"
	"slipway/pipelines/steps"
	"slipway/pipelines/steps/approval"
	"slipway/pipelines/textform"
	"slipway/pipelines/variables"
)

// check judges what is wanted, seen with all there will be.
func (c *Catalog) check(now, wanted, all textform.Nouns) []pipelines.Problem {
	var found []pipelines.Problem
	add := func(at string, more ...pipelines.Problem) {
		for _, p := range more {
			p.Path = pipelines.Join(at, p.Path)
			found = append(found, p)
		}
	}
	for i, n := range wanted.Environments {
		add(path("environment", i), n.Check()...)
	}
	for i, n := range wanted.Lifecycles {
		add(path("lifecycle", i), n.Check(all.Environments)...)
	}
	for i, n := range wanted.Users {
		add(path("user", i), n.Check()...)
		add(path("user", i), madeAdmin(now.Users, n)...)
		add(path("user", i), sharedMail(now.Users, all.Users, n)...)
		add(path("user", i), BorrowedName(now.Users, all.Users, n)...)
	}
	for i, n := range wanted.UserRoles {
		add(path("user-role", i), n.Check()...)
	}
	for i, n := range wanted.Teams {
		add(path("team", i), n.Check(all.Users, all.UserRoles, all.Environments)...)
		add(path("team", i), grantsNowhere(n, all.Projects)...)
	}
	for i, n := range wanted.Targets {
		add(path("target", i), n.Check()...)
		add(path("target", i), strayEnvironments(n, all.Environments)...)
	}
	for i, n := range wanted.Feeds {
		add(path("feed", i), n.Check()...)
	}
	known := pipelines.Known{
		Environments: all.Environments, Lifecycles: all.Lifecycles, Teams: all.Teams, VariableSets: all.VariableSets,
		Installs:       func(process []pipelines.Step) []string { return steps.Packages(c.Types, process) },
		ActionProblems: steps.Problems(c.Types),
	}
	for i, n := range wanted.Projects {
		add(path("project", i), n.Check(known)...)
		add(path("project", i), unknownTeams(n, all.Teams)...)
		add(path("project", i), steps.UnknownFeeds(c.Types, n, all.Feeds)...)
		add(path("project", i), steps.StrayTriggers(c.Types, n, all.Feeds)...)
		add(path("project", i), variables.Ties(n, all.VariableSets)...)
	}
	for i, n := range wanted.VariableSets {
		add(path("variable-set", i), n.Check(all.Environments)...)
		add(path("variable-set", i), variables.TiesWithin(n)...)
	}
	add("", checkNames(wanted, all)...)
	add("", checkSizes(wanted)...)
	add("", lockedOut(now, all)...)
	return found
}

func grantsNowhere(t pipelines.Team, projects []pipelines.Project) []pipelines.Problem {
	var names []string
	for _, p := range projects {
		names = append(names, p.Name)
	}
	var found []pipelines.Problem
	for i, g := range t.Roles {
		for j, name := range g.Projects {
			if !pipelines.HasName(names, name) {
				found = append(found, pipelines.Problem{Path: fmt.Sprintf("roles[%d].projects[%d]", i, j), Message: fmt.Sprintf("there is no project %q", name)})
			}
		}
	}
	return found
}

func strayEnvironments(t pipelines.Target, known []pipelines.Environment) []pipelines.Problem {
	var found []pipelines.Problem
	for i, name := range t.Environments {
		if _, ok := pipelines.EnvironmentNamed(known, name); !ok {
			found = append(found, pipelines.Problem{Path: fmt.Sprintf("environments[%d]", i), Message: fmt.Sprintf("there is no environment %q", name)})
		}
	}
	return found
}

func unknownTeams(p pipelines.Project, known []pipelines.Team) []pipelines.Problem {
	var found []pipelines.Problem
	for i, s := range p.Steps { // no child step asks people
		if s.Action.Type != (approval.Type{}).Name() {
			continue
		}
		for j, name := range approval.Teams(s.Action.Settings) {
			if _, ok := pipelines.TeamNamed(known, name); !ok {
				found = append(found, pipelines.Problem{
					Path:    fmt.Sprintf("steps[%d].%s.teams[%d]", i, s.Action.Type, j),
					Message: fmt.Sprintf("there is no team %q, so nobody could answer", name),
				})
			}
		}
	}
	return found
}

// checkSizes: every noun is one item of the table.
func checkSizes(wanted textform.Nouns) []pipelines.Problem {
	var found []pipelines.Problem
	see := func(kind string, i int, name string, noun any) {
		b, err := json.Marshal(noun)
		if err != nil || len(b) > mostOfNoun {
			found = append(found, pipelines.Problem{Path: path(kind, i), Message: fmt.Sprintf(
				"%s %q has %d bytes, and the most is %d: put long scripts into the package", kind, name, len(b), mostOfNoun)})
		}
	}
	for i, n := range wanted.Projects {
		see("project", i, n.Name, n)
	}
	for i, n := range wanted.VariableSets {
		see("variable-set", i, n.Name, n)
	}
	for i, n := range wanted.UserRoles {
		see("user-role", i, n.Name, n)
	}
	for i, n := range wanted.Teams {
		see("team", i, n.Name, n)
	}
	for i, n := range wanted.Lifecycles {
		see("lifecycle", i, n.Name, n)
	}
	for i, n := range wanted.Targets {
		see("target", i, n.Name, n)
	}
	for i, n := range wanted.Feeds {
		see("feed", i, n.Name, n)
	}
	for i, n := range wanted.Environments {
		see("environment", i, n.Name, n)
	}
	for i, n := range wanted.Users {
		see("user", i, n.Username, n)
	}
	return found
}
