package simulation

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/steps"
	"slipway/pipelines/steps/approval"
)

// completed is a setup with what a project needs and nobody has to know.
func completed(s Setup) Setup {
	p := s.Projects[0]
	p.AllowUnresolved = true // values are made up, so what they lead to is, too
	p.Variables = given(p.Variables)
	p.Steps = withoutFeeds(p.Steps)
	s.VariableSets = slices.Clone(s.VariableSets)
	for _, name := range p.VariableSets {
		if _, there := pipelines.VariableSetNamed(s.VariableSets, name); !there {
			s.VariableSets = append(s.VariableSets, pipelines.VariableSet{Name: name})
		}
	}
	for i := range s.VariableSets {
		s.VariableSets[i].Variables = given(s.VariableSets[i].Variables)
		s.Secrets = secretsIn(s.Secrets, s.VariableSets[i].Variables)
	}
	s.Secrets = secretsIn(s.Secrets, p.Variables)
	s.Projects = []pipelines.Project{p}
	for _, id := range steps.Packages(steps.Types(), p.Steps) {
		for _, version := range fitting(p, id) {
			if x := (pipelines.Selected{Package: id, Version: version}); !slices.Contains(s.Packages, x) {
				s.Packages = append(slices.Clip(s.Packages), x)
			}
		}
	}
	return staffed(s)
}

// given answers what deployments would ask for.
func given(all []pipelines.Variable) []pipelines.Variable {
	out := slices.Clone(all)
	for i, v := range out {
		if v.Prompt == nil || v.Value != "" || v.Sensitive() {
			continue
		}
		out[i].Value = "made up"
		if len(v.Prompt.Options) > 0 {
			out[i].Value = pipelines.Text(v.Prompt.Options[0])
		}
	}
	return out
}

func secretsIn(names []string, all []pipelines.Variable) []string {
	for _, v := range all {
		if v.Secret != "" && !pipelines.HasName(names, v.Secret) {
			names = append(slices.Clip(names), v.Secret)
		}
	}
	return names
}

var number = regexp.MustCompile(`\d+(\.\d+)*`)

// fitting are versions of a package of which each channel takes one, as far as
// their rules can be guessed: plain ones, those at the bounds that rules name and
// just behind them, with each pre-release tag that rules could mean.
func fitting(p pipelines.Project, id string) []string {
	plain := []string{"1.0.0", "1.0.1", "1.1.0"}
	tags := []string{""}
	for _, c := range p.AllChannels() {
		for _, rule := range c.Rules {
			if !rule.Covers(id) {
				continue
			}
			for _, bound := range number.FindAllString(rule.Versions, 4) {
				parts := append(strings.Split(bound, "."), "0", "0")[:3]
				plain = append(plain, strings.Join(parts, "."), parts[0]+"."+parts[1]+".1", parts[0]+"."+parts[1]+".7")
			}
			if rule.Tag != "" && rule.Tag != "^$" {
				word := strings.Trim(regexp.MustCompile(`[^A-Za-z]+`).ReplaceAllString(rule.Tag, "-"), "-")
				if word, _, _ = strings.Cut(word, "-"); word == "" {
					word = "beta"
				}
				tags = append(tags, "-"+word, "-"+word+".1")
			}
		}
	}
	var out []string
	for _, tag := range tags {
		for _, v := range plain {
			if !slices.Contains(out, v+tag) {
				out = append(out, v+tag)
			}
		}
	}
	return out
}

// staffed has each team that must decide enough members to do so.
func staffed(s Setup) Setup {
	s.Users, s.Teams = slices.Clone(s.Users), slices.Clone(s.Teams)
	for _, step := range s.Projects[0].AllSteps() {
		if step.Action.Type != (approval.Type{}).Name() {
			continue
		}
		var settings approval.Settings
		if json.Unmarshal(step.Action.Settings, &settings) != nil || len(settings.Teams) == 0 {
			continue
		}
		need := 1
		if settings.Approvals != nil {
			need = *settings.Approvals
		}
		at := slices.IndexFunc(s.Teams, func(t pipelines.Team) bool { return pipelines.SameName(t.Name, settings.Teams[0]) })
		if at < 0 {
			at = len(s.Teams)
			s.Teams = append(s.Teams, pipelines.Team{Name: settings.Teams[0]})
		}
		members := slices.Clone(s.Teams[at].Members)
		for able(s, members) < need {
			u := pipelines.User{Username: fmt.Sprintf("simulated-member-%d", len(s.Users)+1), Mail: "member@example.org"}
			s.Users, members = append(s.Users, u), append(members, u.Username)
		}
		s.Teams[at].Members = members
	}
	return s
}

// able counts the members who can decide.
func able(s Setup, members []string) (n int) {
	for _, u := range s.Users {
		if !u.Disabled && slices.Contains(members, u.Username) {
			n++
		}
	}
	return n
}
