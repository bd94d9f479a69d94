package plan

import (
	"cmp"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/octostache"
)

// list gathers variables whose values are texts of ours or of others, never
// templates.
type list []Variable

func (l *list) set(name, value string) {
	*l = append(*l, Variable{Name: name, Value: octostache.Escape(value)})
}

// systemVariables are those that hold for the whole deployment.
func (m *maker) systemVariables() []Variable {
	var l list
	d, r, by := m.in.Deployment, m.in.Release, m.in.CreatedBy
	l.set("Octopus.Environment.Id", m.in.Environment.ID)
	l.set("Octopus.Environment.Name", m.in.Environment.Name)
	l.set("Octopus.Environment.SortOrder", strconv.Itoa(m.in.Environment.SortOrder))
	l.set("Octopus.Project.Id", d.ProjectID)
	l.set("Octopus.Project.Name", d.Project)
	l.set("Octopus.Release.Id", r.ID)
	l.set("Octopus.Release.Number", r.Number)
	l.set("Octopus.Release.Notes", r.Notes)
	l.set("Octopus.Release.Created", date(r.Created))
	l.set("Octopus.Release.Channel.Name", m.channel)
	l.set("Octopus.Release.Previous.Number", m.in.Previous.Release)
	l.set("Octopus.Release.PreviousForEnvironment.Number", m.in.Previous.ReleaseForEnvironment)
	l.set("Octopus.Release.CurrentForEnvironment.Number", d.Replaces)
	l.set("Octopus.Deployment.Id", d.ID)
	l.set("Octopus.Deployment.Name", "Deploy to "+m.in.Environment.Name)
	l.set("Octopus.Deployment.Comments", cmp.Or(m.in.Comments, d.Comment))
	l.set("Octopus.Deployment.Created", date(d.Created))
	l.set("Octopus.Deployment.CreatedBy.Id", by.ID)
	l.set(createdByUsername, by.Username)
	l.set("Octopus.Deployment.CreatedBy.DisplayName", by.Called())
	l.set(CreatedByMail, by.Mail)
	l.set("Octopus.Deployment.PreviousSuccessful.Id", m.in.Previous.SuccessfulDeployment)
	l.set("Octopus.Deployment.SpecificMachines", "") // a deployment goes to all targets of its roles
	l.set("Octopus.Deployment.ExcludedMachines", "")
	l.set("Octopus.Deployment.ForcePackageDownload", "False")
	if m.in.Trigger != (Trigger{}) {
		l.set("Octopus.Deployment.Trigger.Id", m.in.Trigger.ID)
		l.set("Octopus.Deployment.Trigger.Name", m.in.Trigger.Name)
	}
	l.set("Octopus.Task.Id", d.ID)
	l.set("Octopus.Task.Name", "Deploy")
	l.set("Octopus.Task.QueueTime", date(m.due()))
	l.set("Octopus.Space.Id", "Spaces-1")
	l.set("Octopus.Space.Name", "Default")
	l.set("Octopus.Web.ServerUri", m.in.BaseURL)
	l.set("Octopus.Web.BaseUrl", m.in.BaseURL)
	l.set("Octopus.Web.ProjectLink", "/projects/"+d.ProjectID)
	l.set("Octopus.Web.ReleaseLink", "/projects/"+d.ProjectID+"/releases/"+url.PathEscape(r.Number))
	l.set("Octopus.Web.DeploymentLink", "/deployments/"+d.ID)
	l.set("Octopus.Deployment.Machines", strings.Join(m.machines(), ","))
	m.machinesInRole(&l)
	return l
}

// due is when the deployment may begin.
func (m *maker) due() time.Time {
	if at := m.in.Deployment.NotBefore; at != nil {
		return *at
	}
	return m.in.Deployment.Created
}

// machines are the ids of the targets that some step goes to.
func (m *maker) machines() []string {
	var roles []string
	for _, s := range m.in.Release.Project.Steps {
		if runs, _ := s.Runs(m.plan.Environment, m.channel); runs {
			roles = append(roles, s.AnyRoles()...)
		}
	}
	var out []string
	for _, t := range m.in.Targets {
		if !t.Disabled && t.In(m.plan.Environment) && t.HasRole(roles) {
			out = append(out, t.ID)
		}
	}
	return out
}

func (m *maker) machinesInRole(l *list) {
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
		l.set("Octopus.Environment.MachinesInRole["+r+"]", strings.Join(machines[r], ","))
	}
}

// stepSystem are those of one step, under the names it has for itself and under
// those by which others know it. A child step is an action of the step that it
// belongs to.
func (m *maker) stepSystem(s source, step Step, at int) []Variable {
	var l list
	outer, number := at, s.number
	name := s.Name
	if s.parent != nil {
		outer, name = step.Within-1, s.parent.Name
		number, _, _ = strings.Cut(number, ".")
	}
	l.set("Octopus.Step.Id", stepID(outer))
	l.set("Octopus.Step.Name", name)
	l.set("Octopus.Step.Number", number)
	roles := s.Roles
	if s.parent != nil {
		roles = s.parent.RolesOf(s.Step)
	}
	for _, prefix := range []string{"Octopus.Action", "Octopus.Action[" + s.Name + "]"} {
		l.set(prefix+".Id", stepID(at))
		l.set(prefix+".Name", s.Name)
		l.set(prefix+".Number", s.number)
		l.set(prefix+".TargetRoles", strings.Join(roles, ","))
		l.set(prefix+".IsSkipped", "False")
		if p := step.Package; p != nil {
			l.set(prefix+".Package.PackageId", p.ID)
			l.set(prefix+".Package.PackageVersion", p.Version)
			l.set(prefix+".Package.FeedId", cmp.Or(step.Feed, pipelines.BuiltInFeedID))
		}
	}
	return l
}

// stepID names a step within its deployment; a step has no life outside of it.
func stepID(at int) string { return "Steps-" + strconv.Itoa(at+1) }

// targetedRoles says by which of its roles a step goes to a target.
const targetedRoles = "Octopus.Tentacle.CurrentDeployment.TargetedRoles"

// targetSystem are those of one target, seen from a step.
func targetSystem(t pipelines.Target, roles []string) []Variable {
	var l list
	l.set("Octopus.Machine.Id", t.ID)
	l.set("Octopus.Machine.Name", t.Name)
	l.set("Octopus.Machine.Roles", strings.Join(t.Roles, ","))
	if t.SSH != nil {
		l.set("Octopus.Machine.Hostname", t.SSH.HostName())
	}
	var common []string
	for _, r := range roles {
		if pipelines.HasName(t.Roles, r) {
			common = append(common, r)
		}
	}
	l.set(targetedRoles, strings.Join(common, ","))
	return l
}

// Process are the variables by which a step knows all steps, itself too, in the
// order of the process: `#{each s in Octopus.Step}` runs over them. They follow
// from the plan and are not stored in it. only says which steps are told of;
// nil: all.
func (p Plan) Process(only func(step int) bool) []Variable {
	l := make(list, 0, 7*len(p.Steps))
	steps, children := 0, 0
	for i := range p.Steps {
		s, number := &p.Steps[i], ""
		if s.Within > 0 {
			children++
			number = fmt.Sprintf("%d.%d", steps, children)
		} else {
			steps, children = steps+1, 0
			number = strconv.Itoa(steps)
		}
		if only != nil && !only(i) {
			continue
		}
		id := stepID(i)
		step, action := "Octopus.Step["+s.Name+"]", "Octopus.Action["+s.Name+"]"
		l.set(step+".Id", id)
		l.set(step+".Name", s.Name)
		l.set(step+".Number", number)
		l.set(action+".Id", id)
		l.set(action+".Name", s.Name)
		l.set(action+".Number", number)
		l.set(action+".IsSkipped", spell(s.Skip != ""))
		if s.Package != nil {
			l.set(action+".Package.PackageId", s.Package.ID)
			l.set(action+".Package.PackageVersion", s.Package.Version)
			l.set(action+".Package.FeedId", cmp.Or(s.Feed, pipelines.BuiltInFeedID))
		}
	}
	return l
}

func spell(yes bool) string {
	if yes {
		return "True"
	}
	return "False"
}

func date(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.0000000Z") }

// CreatedByMail is the variable that has the mail address of who has asked for a
// deployment; the other one has the name they sign in with.
const (
	CreatedByMail     = "Octopus.Deployment.CreatedBy.EmailAddress"
	createdByUsername = "Octopus.Deployment.CreatedBy.Username"
)

// OrderedBy is the name with which whoever asked for the deployment signs in, ""
// where the plan does not say.
func (p Plan) OrderedBy() string {
	for _, v := range p.Variables {
		if pipelines.SameName(v.Name, createdByUsername) {
			return v.Value // names to sign in with have nothing to escape
		}
	}
	return ""
}
