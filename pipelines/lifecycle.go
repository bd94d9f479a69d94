package pipelines

import "fmt"

// Lifecycle says in which order releases may go through environments.
type Lifecycle struct {
	ID          string  `json:"id,omitempty" text:"-"`
	Owner       string  `json:"owner,omitempty" text:"-"`
	Name        string  `json:"name"`
	Description string  `json:"description,omitempty"`
	Phases      []Phase `json:"phases"`
	// Retention says how long installations stay on hosts; nil keeps all.
	Retention *Retention `json:"retention,omitempty"`
}

// Phase is one stage of a lifecycle. The next phase opens when Minimum of its
// environments have had a successful deployment of the release; 0 means all.
type Phase struct {
	Name         string   `json:"name"`
	Environments []string `json:"environments"`
	Optional     bool     `json:"optional,omitempty"`  // may be left out
	Minimum      int      `json:"minimum,omitempty"`   // how many must succeed; 0: all
	Automatic    bool     `json:"automatic,omitempty"` // deploys by itself when it opens
	// Retention holds in place of the lifecycle's.
	Retention *Retention `json:"retention,omitempty"`
}

// DefaultLifecycleName is the name of the lifecycle that every project has who
// names no other.
const DefaultLifecycleName = "Default Lifecycle"

// DefaultLifecycle goes through all environments in the order they were made.
func DefaultLifecycle(environments []Environment) Lifecycle {
	l := Lifecycle{ID: "Lifecycles-Default", Name: DefaultLifecycleName, Description: "All environments in the order they were made"}
	for _, e := range environments {
		l.Phases = append(l.Phases, Phase{Name: e.Name, Environments: []string{e.Name}})
	}
	return l
}

// Check finds what is wrong with the lifecycle; known are all environments.
func (l Lifecycle) Check(known []Environment) []Problem {
	found := checkName("name", "lifecycle", l.Name)
	if len(l.Phases) == 0 {
		found = append(found, Problem{Path: "phases", Message: "lifecycle " + quote(l.Name) + " needs at least one phase"})
	}
	found = append(found, under("retention", l.Retention.check())...)
	seen := map[string]string{}
	names := make([]string, len(l.Phases))
	for i, p := range l.Phases {
		at := index("phases", i)
		names[i] = p.Name
		found = append(found, under(at, checkName("name", "phase", p.Name))...)
		if len(p.Environments) == 0 {
			found = append(found, Problem{Path: at + ".environments", Message: "phase " + quote(p.Name) + " needs at least one environment"})
		}
		if p.Minimum < 0 || p.Minimum > len(p.Environments) {
			found = append(found, Problem{Path: at + ".minimum", Message: fmt.Sprintf("phase %q has %d environments, so the minimum is from 0 (all) to %d, not %d", p.Name, len(p.Environments), len(p.Environments), p.Minimum)})
		}
		found = append(found, under(at+".retention", p.Retention.check())...)
		for j, e := range p.Environments {
			if _, ok := EnvironmentNamed(known, e); !ok {
				found = append(found, Problem{Path: index(at+".environments", j), Message: "there is no environment " + quote(e)})
			}
			if other, ok := seen[NameKey(e)]; ok {
				found = append(found, Problem{Path: index(at+".environments", j), Message: "environment " + quote(e) + " stands in phase " + quote(other) + " already: an environment belongs to one phase"})
			}
			seen[NameKey(e)] = p.Name
		}
	}
	return append(found, checkUnique("phases", "phases", names)...)
}

// Progress says for one environment of a lifecycle whether a release may go
// there now, and if not, which rule stands in the way.
type Progress struct {
	Environment string
	Phase       string
	Optional    bool
	Automatic   bool
	Succeeded   bool   // the release has had a success there
	Open        bool   // the release may be deployed there
	Rule        string // why it is not open, for people
}

// Progression judges a release by the lifecycle. succeeded says where it has
// been deployed with success; failed, cancelled and running deployments do not
// count, and neither does anything that was true under an older lifecycle.
func (l Lifecycle) Progression(release string, succeeded func(environment string) bool) []Progress {
	var out []Progress
	open, rule := true, ""
	for _, p := range l.Phases {
		done := 0
		for _, e := range p.Environments {
			ok := succeeded(e)
			if ok {
				done++
			}
			progress := Progress{Environment: e, Phase: p.Name, Optional: p.Optional, Automatic: p.Automatic, Succeeded: ok, Open: open}
			if !open {
				progress.Rule = fmt.Sprintf("release %s cannot go to %s yet: %s", release, e, rule)
			}
			out = append(out, progress)
		}
		if need := p.needed(); open && !p.Optional && done < need {
			open, rule = false, fmt.Sprintf("phase %s needs %s, has %d", p.Name, successes(need), done)
		}
	}
	return out
}

// Allows answers for one environment. Its error names the rule.
func (l Lifecycle) Allows(release, environment string, succeeded func(environment string) bool) error {
	return MayGo(l.Progression(release, succeeded), release, environment, l.Name)
}

// MayGo answers for one environment of a progression that is known already.
func MayGo(progression []Progress, release, environment, lifecycle string) error {
	for _, p := range progression {
		if !SameName(p.Environment, environment) {
			continue
		}
		if !p.Open {
			return Refuse(Conflict, "%s", p.Rule)
		}
		return nil
	}
	return Refuse(Conflict, "release %s cannot go to %s: lifecycle %q has no phase with that environment", release, environment, lifecycle)
}

// RetentionIn is the rule for installations in an environment, nil if all stay.
func (l Lifecycle) RetentionIn(environment string) *Retention {
	for _, p := range l.Phases {
		if HasName(p.Environments, environment) && p.Retention != nil {
			return p.Retention
		}
	}
	return l.Retention
}

func (p Phase) needed() int {
	if p.Minimum > 0 {
		return p.Minimum
	}
	return len(p.Environments)
}

func successes(n int) string {
	if n == 1 {
		return "1 success"
	}
	return fmt.Sprintf("%d successes", n)
}
