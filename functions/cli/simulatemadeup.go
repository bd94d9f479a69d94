package cli

import (
	"fmt"
	"slices"

	"slipway/pipelines"
	"slipway/pipelines/steps"
	"slipway/pipelines/steps/approval"
	"slipway/runner/simulation"
)

// madeUp puts into the setup what its project relies on and its folder does not
// hold, since another folder may, and says what that is.
func madeUp(s *simulation.Setup) []string {
	made := castEnvironments(s)
	made = append(made, castLifecycles(s)...)
	made = append(made, castTargets(s)...)
	made = append(made, castTeams(s)...)
	for _, id := range steps.Packages(steps.Types(), s.Projects[0].Steps) {
		for _, version := range []string{"1.0.0", "1.0.1", "1.1.0"} {
			s.Packages = append(s.Packages, pipelines.Selected{Package: id, Version: version})
		}
	}
	return made
}

// castEnvironments makes up the environments that anything of the setup names,
// or three where nothing names any.
func castEnvironments(s *simulation.Setup) []string {
	p := s.Projects[0]
	var named []string
	for _, l := range s.Lifecycles {
		for _, phase := range l.Phases {
			named = append(named, phase.Environments...)
		}
	}
	for _, t := range s.Targets {
		named = append(named, t.Environments...)
	}
	for _, step := range p.AllSteps() {
		named = append(append(named, step.Environments...), step.SkipEnvironments...)
	}
	variables := slices.Clone(p.Variables)
	for _, set := range s.VariableSets {
		variables = append(variables, set.Variables...)
	}
	for _, v := range variables {
		named = append(named, v.Environments...)
	}
	if len(named)+len(s.Environments) == 0 {
		named = []string{"Dev", "Test", "Prod"}
	}
	var made []string
	for _, name := range named {
		if !pipelines.HasName(s.Environments, name) {
			s.Environments, made = append(slices.Clip(s.Environments), name), append(made, "environment "+name)
		}
	}
	return made
}

// castLifecycles makes up the lifecycles that the project's channels follow: one
// environment after the other.
func castLifecycles(s *simulation.Setup) []string {
	p := s.Projects[0]
	wanted := []string{p.LifecycleName()}
	for _, c := range p.AllChannels() {
		wanted = append(wanted, p.LifecycleOf(c.Name))
	}
	var made []string
	for _, name := range wanted {
		same := func(l pipelines.Lifecycle) bool { return pipelines.SameName(l.Name, name) }
		if pipelines.SameName(name, pipelines.DefaultLifecycleName) || slices.ContainsFunc(s.Lifecycles, same) {
			continue
		}
		l := pipelines.Lifecycle{Name: name}
		for _, e := range s.Environments {
			l.Phases = append(l.Phases, pipelines.Phase{Name: e, Environments: []string{e}})
		}
		s.Lifecycles, made = append(slices.Clip(s.Lifecycles), l), append(made, "lifecycle "+name)
	}
	return made
}

// castTargets makes up two targets for each role that none has.
func castTargets(s *simulation.Setup) []string {
	var made []string
	for _, step := range s.Projects[0].AllSteps() {
		for _, role := range step.Roles {
			if slices.ContainsFunc(s.Targets, func(t pipelines.Target) bool { return t.HasRole([]string{role}) }) {
				continue
			}
			for n := 1; n <= 2; n++ {
				t := pipelines.Target{Name: fmt.Sprintf("%s-%d", role, n), Roles: []string{role}, Environments: s.Environments, Pretend: role}
				s.Targets = append(s.Targets, t)
				made = append(made, "target "+t.Name)
			}
		}
	}
	return made
}

// castTeams makes up teams that sign-offs name and nobody is in.
func castTeams(s *simulation.Setup) []string {
	var made []string
	for _, step := range s.Projects[0].AllSteps() {
		if step.Action.Type != (approval.Type{}).Name() {
			continue
		}
		for _, name := range approval.Teams(step.Action.Settings) {
			if t, there := pipelines.TeamNamed(s.Teams, name); there && len(t.Members) > 0 {
				continue
			}
			s.Teams = slices.DeleteFunc(slices.Clone(s.Teams), func(t pipelines.Team) bool { return pipelines.SameName(t.Name, name) })
			var members []string
			for n := 1; n <= 3; n++ {
				u := pipelines.User{Username: fmt.Sprintf("member-%d", len(s.Users)+1), Mail: fmt.Sprintf("member-%d@example.org", len(s.Users)+1)}
				s.Users, members = append(s.Users, u), append(members, u.Username)
			}
			s.Teams = append(s.Teams, pipelines.Team{Name: name, Members: members})
			made = append(made, "three members of team "+name)
		}
	}
	return made
}
