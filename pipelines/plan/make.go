package plan

import (
	"fmt"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/octostache"
	"slipway/pipelines/task"
	"slipway/pipelines/variables"
)

// Make makes the plan. What stands in the way is among its findings, every one
// of them, not only the first.
func Make(in Input) Plan {
	m := newMaker(in)
	m.make()
	return m.plan
}

func newMaker(in Input) *maker {
	m := &maker{in: in, tied: map[string]bool{}, targetByID: map[string]*pipelines.Target{}, ofProcess: map[int]bool{}, channel: in.Release.ChannelName(), plan: Plan{
		Format:        Format,
		Deployment:    in.Deployment.ID,
		ProjectID:     in.Deployment.ProjectID,
		Project:       in.Deployment.Project,
		ReleaseID:     in.Release.ID,
		Release:       in.Release.Number,
		EnvironmentID: in.Environment.ID,
		Environment:   in.Environment.Name,
		Address:       in.Environment.Address,
		Created:       in.Deployment.Created,
		Retention:     in.Retention,
		Channel:       in.Release.Channel,
	}}
	m.values = variables.New(in.Release.Project, in.Release.Sets, in.Deployment.Values)
	for i := range in.Targets {
		m.targetByID[in.Targets[i].ID] = &in.Targets[i]
	}
	return m
}

func (m *maker) make() {
	in := m.in
	needs, problems := in.Release.Project.Graph()
	for _, p := range problems {
		m.block("", "%s", p)
	}
	m.variables()
	m.checkGiven()
	first := 0
	for i, s := range in.Release.Project.Steps {
		step := m.step(s, needs[i])
		step.First = first
		first += step.Tasks()
		m.plan.Steps = append(m.plan.Steps, step)
	}
	m.checkTexts()
	m.checkCycles()
	m.checkClaims()
	if in.Deployment.Older {
		m.note("", "release %s is older than %s, which it replaces", in.Release.Number, in.Deployment.Replaces)
	}
	m.tellChanged()
}

type maker struct {
	in      Input
	plan    Plan
	channel string
	values  *variables.Values
	system  int             // how many of Plan.Variables are ours
	own     []string        // names of the system that the project gives a value of its own
	wants   []*Want         // by step; nil where it takes no part
	tied    map[string]bool // variables whose tie is a finding already

	targetByID map[string]*pipelines.Target
	scoped     scoped
	ofProcess  map[int]bool // steps whose texts tell of the process, as far as it was asked
}

func (m *maker) block(step, format string, args ...any) { m.find(true, step, format, args...) }
func (m *maker) note(step, format string, args ...any)  { m.find(false, step, format, args...) }

func (m *maker) find(blocks bool, step, format string, args ...any) {
	f := Finding{Step: step, Message: fmt.Sprintf(format, args...), Blocks: blocks}
	for _, there := range m.plan.Findings {
		if there == f {
			return
		}
	}
	m.plan.Findings = append(m.plan.Findings, f)
}

func (m *maker) step(s pipelines.Step, needs []int) Step {
	out := Step{
		Name: s.Name, Type: s.Action.Type, Needs: needs, Run: s.Run,
		Retries: s.Retries, Timeout: task.Duration(s.Timeout),
	}
	m.wants = append(m.wants, nil)
	at := len(m.wants) - 1
	kind, known := m.in.Types[s.Action.Type]
	if !known {
		m.block(s.Name, "step %q is of the type %q, which this program does not know", s.Name, s.Action.Type)
		out.Skip = "its type is not known"
		return out
	}
	want, err := kind.Want(Context{Project: m.plan.Project, Environment: m.plan.Environment, Step: s.Name}, s.Action.Settings)
	if err != nil {
		m.block(s.Name, "step %q: %s", s.Name, err)
		out.Skip = "its settings cannot be read"
		return out
	}
	out.Kind, out.Work, out.Question, out.Message = want.Kind, want.Work, want.Question, want.Message
	if runs, why := s.Runs(m.plan.Environment, m.channel); !runs {
		out.Skip = why
		return out
	}
	if want.Kind == OnHosts {
		if m.targets(&out, s); out.Skip != "" {
			return out
		}
	}
	m.wants[at] = &want
	if id := kind.Package(s.Action.Settings); id != "" {
		out.Package = m.packageOf(s.Name, id)
	}
	m.stepVariables(s, &out, at)
	return out
}

// packageOf finds the bytes of the version the release has chosen.
func (m *maker) packageOf(step, id string) *task.Package {
	chosen, ok := m.in.Release.Selects(id)
	if !ok {
		m.block(step, "release %s has no version of package %s, which step %q installs: push the package and make a new release", m.in.Release.Number, id, step)
		return nil
	}
	for _, p := range m.in.Packages {
		if p.SHA256 == chosen.SHA256 && pipelines.SameName(p.ID, id) {
			return &p
		}
	}
	m.block(step, "package %s %s of release %s is not in the store any more: push the same file again", id, chosen.Version, m.in.Release.Number)
	return nil
}

func (m *maker) targets(out *Step, s pipelines.Step) {
	disabled := 0
	for _, t := range m.in.Targets {
		if !t.In(m.plan.Environment) || !t.HasRole(s.Roles) {
			continue
		}
		if t.Disabled {
			disabled++
			continue
		}
		out.Targets = append(out.Targets, Target{ID: t.ID, Name: t.Name})
	}
	out.Window, _ = s.WindowOf(len(out.Targets))
	if len(out.Targets) > 0 {
		return
	}
	why := fmt.Sprintf("step %q finds no target with role %s in environment %s", s.Name, strings.Join(s.Roles, " or "), m.plan.Environment)
	if disabled > 0 {
		why += fmt.Sprintf(" (%d disabled)", disabled)
	}
	if s.NoTargets == pipelines.NoTargetsSkip {
		out.Skip = "no target has its role here"
		m.note(s.Name, "%s: it will be skipped", why)
		return
	}
	m.block(s.Name, "%s: add one with `slipway target add`, or say `no-targets: skip`", why)
}

func (m *maker) checkClaims() {
	for i, want := range m.wants {
		if want == nil {
			continue
		}
		for _, c := range want.Claims {
			for _, claim := range m.claimsOf(i, c) {
				m.clash(claim)
				m.plan.Claims = append(m.plan.Claims, claim)
			}
		}
	}
}

// claimsOf evaluates one claim for every target of a step, and puts targets with
// the same value together. What is only known on the host is claimed nowhere.
func (m *maker) claimsOf(step int, c pipelines.Claim) []pipelines.Claim {
	var out []pipelines.Claim
	targets := m.plan.Steps[step].Targets
	first, firstKnown := m.claimValue(step, 0, c.Value)
	aboutMachine := len(targets) > 1 && m.readsMachine(step, c.Value)
	for place, t := range targets {
		value, known := first, firstKnown
		if place > 0 && (aboutMachine || differs(t, targets[0])) {
			value, known = m.claimValue(step, place, c.Value)
		}
		if !known {
			continue
		}
		at := slices.IndexFunc(out, func(o pipelines.Claim) bool { return o.Value == value })
		if at < 0 {
			at = len(out)
			out = append(out, pipelines.Claim{Kind: c.Kind, Value: value, Step: m.plan.Steps[step].Name})
		}
		out[at].Targets = append(out[at].Targets, t.ID)
	}
	return out
}

func (m *maker) claimValue(step, place int, text string) (string, bool) {
	result, err := m.evaluate(step, place, text)
	return result.Text, err == nil && len(result.Late) == 0 && len(result.Unresolved) == 0
}

func (m *maker) clash(claim pipelines.Claim) {
	holder, target, clash := claim.Clash(m.plan.ProjectID, m.plan.EnvironmentID, m.in.Holders)
	if clash {
		m.block(claim.Step, "%s %s on target %s is held by %s/%s: give one of them another value", claim.Kind, claim.Value, m.targetName(target), holder.Project, holder.Environment)
	}
	for _, other := range m.plan.Claims {
		if other.Kind == claim.Kind && other.Value == claim.Value && other.Step != claim.Step && anyCommon(other.Targets, claim.Targets) {
			m.block(claim.Step, "%s %s is claimed by the steps %q and %q: give one of them another value", claim.Kind, claim.Value, other.Step, claim.Step)
		}
	}
}

func (m *maker) targetName(id string) string {
	for _, t := range m.in.Targets {
		if t.ID == id {
			return t.Name
		}
	}
	return id
}

func anyCommon(a, b []string) bool {
	for _, n := range a {
		if pipelines.HasName(b, n) {
			return true
		}
	}
	return false
}

func (m *maker) options() octostache.Options { return octostache.Options{Now: m.in.Deployment.Created} }
