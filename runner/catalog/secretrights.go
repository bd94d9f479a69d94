package catalog

import (
	"slipway/pipelines"
	"slipway/pipelines/textform"
)

// A script can print whatever its project has. So what a project did not have
// before takes the right over it; what it has stays with it, whoever edits it.

// mayDrawOn demands that for a project or a variable set that changes.
func mayDrawOn(p pipelines.Principal, now, all textform.Nouns, c textform.Change) error {
	switch c.Kind {
	case projects.word:
		after, stays := projectNamed(all.Projects, c.Name)
		if !stays {
			return nil
		}
		before, _ := projectNamed(now.Projects, c.Name)
		if err := mayInclude(p, before, after); err != nil {
			return err
		}
		return mayName(p, "project "+after.Name, drawn(before.Variables, append(before.SetsOf(now.VariableSets), after.SetsOf(now.VariableSets)...)), after.Variables)
	case variableSets.word:
		before, _ := pipelines.VariableSetNamed(now.VariableSets, c.Name)
		after, stays := pipelines.VariableSetNamed(all.VariableSets, c.Name)
		if !stays {
			return nil
		}
		return mayName(p, "variable set "+after.Name, drawn(before.Variables, nil), after.Variables)
	}
	return nil
}

// mayInclude: a project shows and uses the values of the sets it includes.
func mayInclude(p pipelines.Principal, before, after pipelines.Project) error {
	if p.Allows(pipelines.ProjectView, pipelines.Where{}) || p.Allows(pipelines.ProjectEdit, pipelines.Where{}) {
		return nil
	}
	for _, set := range after.VariableSets {
		if !pipelines.HasName(before.VariableSets, set) {
			return lacking(p, pipelines.ProjectView, "project %s would show and use the values of the variable set %s, which takes the permission %s without projects and environments: ask somebody who sees all projects to include it", after.Name, set, pipelines.ProjectView)
		}
	}
	return nil
}

// mayName refuses secrets that are not among those had.
func mayName(p pipelines.Principal, what string, had map[string]bool, after []pipelines.Variable) error {
	if p.Allows(pipelines.SecretEdit, pipelines.Where{}) {
		return nil
	}
	for _, v := range after {
		if secret := kept(v); secret != "" && !had[secret] {
			return lacking(p, pipelines.SecretEdit, "%s newly names %s (variable %s), which its scripts could print. That takes the permission %s: ask somebody who may set secrets to add the variable; what is named already stays", what, secret, v.Name, pipelines.SecretEdit)
		}
	}
	return nil
}

// drawn are the secrets that variables name, in words.
func drawn(variables []pipelines.Variable, sets []pipelines.VariableSet) map[string]bool {
	out := map[string]bool{}
	for _, v := range variables {
		out[kept(v)] = true
	}
	for _, s := range sets {
		for _, v := range s.Variables {
			out[kept(v)] = true
		}
	}
	return out
}

// kept is what a variable points to that is kept elsewhere, "" for a plain value.
func kept(v pipelines.Variable) string {
	switch {
	case v.Secret != "":
		return "the secret " + v.Secret
	case v.Parameter != "":
		return "the parameter " + v.Parameter
	case v.SecretsManager != "":
		return "the secret " + v.SecretsManager + " of Secrets Manager"
	}
	return ""
}

func projectNamed(all []pipelines.Project, name string) (pipelines.Project, bool) {
	for _, p := range all {
		if pipelines.SameName(p.Name, name) {
			return p, true
		}
	}
	return pipelines.Project{}, false
}
