package catalog_test

import (
	"fmt"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/runner/catalog"
)

const going = `
environments: [Dev, Test, Prod]
users: [{ username: lena }, { username: pia }, { username: dev }, { username: both }]
teams:
  - { name: Lifecycle editors, members: [lena, both, dev], roles: [{ role: Lifecycle editor }] }
  - { name: Contributors, members: [pia, both, dev], roles: [{ role: Project contributor }] }
  - { name: Deployers, members: [both], roles: [{ role: Deployment creator }] }
  - { name: Deployers to Dev, members: [dev], roles: [{ role: Deployment creator, environments: [Dev] }] }
lifecycles:
  - { name: Std, phases: [{ name: Dev, environments: [Dev] }, { name: Test, environments: [Test] }, { name: Prod, environments: [Prod] }] }
  - { name: Auto, phases: [{ name: Dev, environments: [Dev] }, { name: Test, environments: [Test] }, { name: Prod, environments: [Prod], automatic: true }] }
  - { name: Straight, phases: [{ name: Prod, environments: [Prod] }] }
  - { name: Own, phases: [{ name: Dev, environments: [Dev] }, { name: Prod, environments: [Prod] }] }
  - { name: Unused, phases: [{ name: Dev, environments: [Dev] }] }
projects:
  - { name: Hand, lifecycle: Std }
  - { name: Pushed, lifecycle: Std, triggers: [{ package: P }] }
  - { name: Alone, lifecycle: Auto }
  - { name: Owner, lifecycle: Own, triggers: [{ package: P }] }
`

// TestWhatGoesByItselfTakesTheRightToDeploy, be it by the lifecycle, by which one
// a project or a channel has, or by a trigger.
func TestWhatGoesByItselfTakesTheRightToDeploy(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	h.onPages(t, root, going)
	who := func(name string) pipelines.Principal { return h.principal(t, h.user(t, name).ID) }
	lifecycle := func(name string, phases ...string) string {
		return "lifecycles: [{ name: " + name + ", phases: [" + strings.Join(phases, ", ") + "] }]"
	}
	const dev, test, prod = "{ name: Dev, environments: [Dev] }", "{ name: Test, environments: [Test] }", "{ name: Prod, environments: [Prod] }"
	const auto = "{ name: Prod, environments: [Prod], automatic: true }"
	const toProd = "would go to Prod by themselves"
	for _, c := range []struct {
		who, text, want string // "" is done
	}{
		{"lena", lifecycle("Std", dev, test, auto), toProd},
		{"lena", lifecycle("Std", auto), toProd},
		{"lena", lifecycle("Std", prod, test, dev), "releases of a project that you do not see " + toProd},
		{"dev", lifecycle("Std", prod, test, dev), "releases of project Pushed " + toProd + ", or sooner than now: a trigger deploys to the first phase of lifecycle Std, which is Prod"},
		{"dev", lifecycle("Std", dev, test, auto), "phase Prod of lifecycle Std is automatic"},
		{"lena", lifecycle("Std", dev, prod), ""},
		{"lena", lifecycle("Std", "{ name: First, environments: [Dev, Test] }", prod), "would go to Test by themselves"},
		{"lena", lifecycle("Std", "{ name: Dev, environments: [Dev], automatic: true }", test, prod), "would go to Dev by themselves"},
		{"dev", lifecycle("Std", "{ name: Dev, environments: [Dev], automatic: true }", test, prod), ""},
		{"both", lifecycle("Std", auto), ""},

		{"lena", lifecycle("Auto", dev, test, auto, "{ name: More, environments: [] }"), "phases[3]"},
		{"lena", lifecycle("Auto", test, dev, auto), ""},
		{"lena", lifecycle("Auto", dev, auto, test), toProd},
		{"lena", lifecycle("Auto", dev, "{ name: Test, environments: [Test], optional: true }", auto), toProd},
		{"lena", lifecycle("Auto", "{ name: Tests, environments: [Dev, Test] }", auto), ""},
		{"lena", lifecycle("Auto", "{ name: Tests, environments: [Dev, Test], minimum: 1 }", auto), toProd},
		{"lena", lifecycle("Auto", dev, test, prod), ""},
		{"lena", lifecycle("Own", "{ name: Dev, environments: [Dev], automatic: true }", prod), "would go to Dev by themselves"}, // also of releases made by hand
		{"lena", lifecycle("Own", dev, test), ""},
		{"lena", lifecycle("Unused", auto), ""},
		{"lena", lifecycle("New", auto), ""},

		{"pia", "projects: [{ name: Hand, lifecycle: Auto }]", toProd},
		{"pia", "projects: [{ name: Hand, lifecycle: Straight }]", ""},
		{"pia", "projects: [{ name: Pushed, lifecycle: Straight, triggers: [{ package: P }] }]", toProd},
		{"pia", "projects: [{ name: Pushed, lifecycle: Std, triggers: [{ package: P }, { package: Q }] }]", ""},
		{"pia", "projects: [{ name: Hand, lifecycle: Std, triggers: [{ package: P }] }]", "would go to Dev by themselves"},
		{"dev", "projects: [{ name: Hand, lifecycle: Std, triggers: [{ package: P }] }]", ""},
		{"pia", "projects: [{ name: Hand, lifecycle: Std, channels: [{ name: Stable }, { name: Hot, lifecycle: Auto }] }]", toProd},
		{"pia", "projects: [{ name: Alone, lifecycle: Auto, channels: [{ name: Stable }, { name: Hot, lifecycle: Std }] }]", ""},
		{"pia", "projects: [{ name: New, lifecycle: Auto }]", toProd},
		{"pia", "projects: [{ name: New, lifecycle: Std }]", ""},
		{"pia", "projects: [{ name: New, triggers: [{ package: P }] }]", "would go to Dev by themselves"},
		{"both", "projects: [{ name: New, lifecycle: Auto }, { name: Hand, lifecycle: Straight }]", ""},
	} {
		_, err := h.Diff(t.Context(), who(c.who), catalog.Wanted{Nouns: nouns(t, c.text), Owner: pipelines.OwnedByPages})
		code := pipelines.Forbidden
		if c.want == "phases[3]" {
			code = pipelines.Invalid // the right is there, the text is wrong
		}
		if got := fmt.Sprint(err); (err == nil) != (c.want == "") || err != nil && (pipelines.CodeOf(err) != code || !strings.Contains(got, c.want)) {
			t.Errorf("%s wants %s: %v, want %q", c.who, c.text, err, c.want)
		}
	}
}

// TestTheFirstEnvironmentIsWhereTriggersDeploy, by the built-in lifecycle, which
// goes by the order of environments.
func TestTheFirstEnvironmentIsWhereTriggersDeploy(t *testing.T) {
	t.Parallel()
	h := open(t)
	root := h.admin(t)
	h.onPages(t, root, `
environments: [Dev, Prod]
users: [{ username: eva }]
teams: [{ name: Keepers, members: [eva], roles: [{ role: Environment manager }] }]
projects: [{ name: Pushed, triggers: [{ package: P }] }]
`)
	eva := h.principal(t, h.user(t, "eva").ID)
	err := h.MoveEnvironment(t.Context(), eva, "Environments-2", true)
	wantCode(t, err, pipelines.Forbidden, "releases of project Pushed would go to Prod by themselves")
	if err := h.MoveEnvironment(t.Context(), root, "Environments-2", true); err != nil {
		t.Error(err)
	}
	err = h.MoveEnvironment(t.Context(), eva, "Environments-1", true)
	wantCode(t, err, pipelines.Forbidden, "would go to Dev by themselves")
}
