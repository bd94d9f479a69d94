package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/octostache"
	"slipway/pipelines/variables"
)

// variables fills Plan.Variables: the system's, then the project's values for
// the environment.
func (m *maker) variables() {
	d, r := m.in.Deployment, m.in.Release
	by := m.in.CreatedBy
	set := func(name, value string) {
		m.plan.Variables = append(m.plan.Variables, Variable{Name: name, Value: octostache.Escape(value)})
	}
	set("Octopus.Environment.Id", m.in.Environment.ID)
	set("Octopus.Environment.Name", m.in.Environment.Name)
	set("Octopus.Environment.SortOrder", strconv.Itoa(m.in.Environment.SortOrder))
	set("Octopus.Project.Id", d.ProjectID)
	set("Octopus.Project.Name", d.Project)
	set("Octopus.Release.Id", r.ID)
	set("Octopus.Release.Number", r.Number)
	set("Octopus.Release.Notes", r.Notes)
	set("Octopus.Release.Created", date(r.Created))
	set("Octopus.Release.CurrentForEnvironment.Number", d.Replaces)
	set("Octopus.Deployment.Id", d.ID)
	set("Octopus.Deployment.Name", "Deploy to "+m.in.Environment.Name)
	set("Octopus.Deployment.Created", date(d.Created))
	set("Octopus.Deployment.CreatedBy.Id", by.ID)
	set("Octopus.Deployment.CreatedBy.Username", by.Username)
	set("Octopus.Deployment.CreatedBy.DisplayName", by.Called())
	set("Octopus.Deployment.CreatedBy.EmailAddress", by.Mail)
	set("Octopus.Task.Id", d.ID)
	set("Octopus.Space.Id", "Spaces-1")
	set("Octopus.Space.Name", "Default")
	set("Octopus.Web.ServerUri", m.in.BaseURL)
	set("Octopus.Web.BaseUrl", m.in.BaseURL)
	set("Octopus.Web.DeploymentLink", "/deployments/"+d.ID)
	m.machinesInRole()
	m.plan.Variables = append(m.plan.Variables, m.chosen(nil, variables.Place{Environment: m.plan.Environment})...)
}

func (m *maker) machinesInRole() {
	var roles []string
	machines := map[string][]string{}
	for _, t := range m.in.Targets {
		if t.Disabled || !t.In(m.plan.Environment) {
			continue
		}
		for _, r := range t.Roles {
			if _, seen := machines[r]; !seen {
				roles = append(roles, r)
			}
			machines[r] = append(machines[r], t.Name)
		}
	}
	for _, r := range roles {
		m.plan.Variables = append(m.plan.Variables, Variable{
			Name:  "Octopus.Environment.MachinesInRole[" + r + "]",
			Value: octostache.Escape(strings.Join(machines[r], ",")),
		})
	}
}

// chosen are the project's values at a place, but those that base has already.
func (m *maker) chosen(base []Variable, at variables.Place) []Variable {
	choices, ties := variables.Choose(m.in.Release.Project.Variables, at)
	for _, t := range ties {
		if !m.tied[t.Path] {
			m.block(at.Step, "%s", t.Message)
		}
		m.tied[t.Path] = true
	}
	var out []Variable
	for _, c := range choices {
		v := Variable{Name: c.Winner.Name, Value: string(c.Winner.Value)}
		switch {
		case c.Winner.Secret != "":
			v.Secret = m.secret(c.Winner.Secret)
		case c.Winner.Source() != "":
			v.Secret = m.source(c.Winner)
		}
		if !holds(base, v) {
			out = append(out, v)
		}
	}
	return out
}

// holds says whether base gives v as it is: the last of a name wins.
func holds(base []Variable, v Variable) bool {
	for _, b := range slices.Backward(base) {
		if pipelines.SameName(b.Name, v.Name) {
			return b == v
		}
	}
	return false
}

// secret pins the version of a secret that this deployment uses.
func (m *maker) secret(name string) string {
	version, ok := m.in.SecretVersion(name)
	if !ok {
		m.block("", "there is no secret %q: set it with `slipway secret set %q`", name, name)
	}
	return fmt.Sprintf("%s@%d", name, version)
}

// source is the reference to a value that the team keeps in AWS. Which of its
// versions is used is settled when the task begins.
func (m *maker) source(v pipelines.Variable) string {
	if !m.in.Sources {
		lies, name := "Parameter Store", v.Parameter
		if name == "" {
			lies, name = "Secrets Manager", v.SecretsManager
		}
		m.block("", "variable %q is %s in %s, and this server does not run on AWS: give it a secret of this server for %s (`secret:`), or deploy there from a server on AWS", v.Name, name, lies, m.plan.Environment)
	}
	return v.Source()
}

// stepVariables are the values that hold for one step beside the plan's, and
// fills in what holds only for each of its targets.
func (m *maker) stepVariables(s pipelines.Step, step Step, at int) []Variable {
	var out []Variable
	set := func(name, value string) { out = append(out, Variable{Name: name, Value: octostache.Escape(value)}) }
	number := strconv.Itoa(at + 1)
	set("Octopus.Step.Name", s.Name)
	set("Octopus.Step.Number", number)
	for _, prefix := range []string{"Octopus.Action", "Octopus.Action[" + s.Name + "]"} {
		set(prefix+".Name", s.Name)
		set(prefix+".Number", number)
		set(prefix+".TargetRoles", strings.Join(s.Roles, ","))
		if p := step.Package; p != nil {
			set(prefix+".Package.PackageId", p.ID)
			set(prefix+".Package.PackageVersion", p.Version)
		}
	}
	place := variables.Place{Environment: m.plan.Environment, Step: s.Name, StepRoles: s.Roles}
	out = append(out, m.chosen(m.plan.Variables, place)...)
	for i := range step.Targets {
		m.targetVariables(&step.Targets[i], place, out)
	}
	return out
}

func (m *maker) targetVariables(t *Target, place variables.Place, stepHas []Variable) {
	for _, full := range m.in.Targets {
		if full.ID != t.ID {
			continue
		}
		set := func(name, value string) {
			t.Variables = append(t.Variables, Variable{Name: name, Value: octostache.Escape(value)})
		}
		set("Octopus.Machine.Id", full.ID)
		set("Octopus.Machine.Name", full.Name)
		set("Octopus.Machine.Roles", strings.Join(full.Roles, ","))
		if full.SSH != nil {
			set("Octopus.Machine.Hostname", full.SSH.HostName())
		}
		place.Target, place.TargetRoles = full.Name, full.Roles
		base := append(m.plan.Variables[:len(m.plan.Variables):len(m.plan.Variables)], stepHas...)
		t.Variables = append(t.Variables, m.chosen(base, place)...)
	}
}

// At are the variables of one task in definition order, later ones winning:
// the plan's, the step's, the target's (place < 0: no target).
func (p Plan) At(step, place int) []Variable {
	s := p.Steps[step]
	out := append(p.Variables[:len(p.Variables):len(p.Variables)], s.Variables...)
	if place >= 0 && place < len(s.Targets) {
		out = append(out, s.Targets[place].Variables...)
	}
	return out
}
