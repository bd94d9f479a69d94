package pipelines

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// in is the set of environments a release has succeeded in.
func in(names ...string) func(string) bool {
	return func(e string) bool { return HasName(names, e) }
}

func environmentsNamed(names ...string) []Environment {
	var out []Environment
	for _, n := range names {
		out = append(out, Environment{Name: n})
	}
	return out
}

var (
	devTestProd = Lifecycle{Name: "L", Phases: []Phase{
		{Name: "Dev", Environments: []string{"Dev"}},
		{Name: "Test", Environments: []string{"Test"}},
		{Name: "Prod", Environments: []string{"Prod"}},
	}}
	optionalDev = Lifecycle{Name: "L", Phases: []Phase{
		{Name: "Dev", Environments: []string{"Dev"}, Optional: true},
		{Name: "Test", Environments: []string{"Test"}},
		{Name: "Prod", Environments: []string{"Prod"}},
	}}
	threeTests = Lifecycle{Name: "L", Phases: []Phase{
		{Name: "Tests", Environments: []string{"T1", "T2", "T3"}},
		{Name: "Prod", Environments: []string{"Prod"}},
	}}
	twoOfThree = Lifecycle{Name: "L", Phases: []Phase{
		{Name: "Tests", Environments: []string{"T1", "T2", "T3"}, Minimum: 2},
		{Name: "Prod", Environments: []string{"Prod"}},
	}}
	optionalMiddle = Lifecycle{Name: "L", Phases: []Phase{
		{Name: "Dev", Environments: []string{"Dev"}},
		{Name: "Check", Environments: []string{"Check"}, Optional: true},
		{Name: "Prod", Environments: []string{"Prod"}},
	}}
)

func TestProgression(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		lifecycle Lifecycle
		succeeded []string
		open      string // names of the open environments
	}{
		{"nothing yet", devTestProd, nil, "Dev"},
		{"first done", devTestProd, []string{"Dev"}, "Dev Test"},
		{"all done", devTestProd, []string{"Dev", "Test", "Prod"}, "Dev Test Prod"},
		{"a later success does not stand for an earlier one", devTestProd, []string{"Test"}, "Dev"},
		{"case does not count", devTestProd, []string{"DEV", "test"}, "Dev Test Prod"},
		{"optional first", optionalDev, nil, "Dev Test"},
		{"optional first done changes nothing", optionalDev, []string{"Dev"}, "Dev Test"},
		{"behind the optional one", optionalDev, []string{"Test"}, "Dev Test Prod"},
		{"optional in the middle", optionalMiddle, []string{"Dev"}, "Dev Check Prod"},
		{"optional in the middle does not open by itself", optionalMiddle, nil, "Dev"},
		{"all of a phase, two of three", threeTests, []string{"T1", "T2"}, "T1 T2 T3"},
		{"all of a phase", threeTests, []string{"T1", "T2", "T3"}, "T1 T2 T3 Prod"},
		{"minimum, one", twoOfThree, []string{"T3"}, "T1 T2 T3"},
		{"minimum reached", twoOfThree, []string{"T3", "T1"}, "T1 T2 T3 Prod"},
		{"default", DefaultLifecycle(environmentsNamed("A", "B", "C")), []string{"A"}, "A B"},
		{"default of nothing", DefaultLifecycle(nil), nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var open []string
			for _, p := range c.lifecycle.Progression("1.0.0", in(c.succeeded...)) {
				if p.Open {
					open = append(open, p.Environment)
				}
				if p.Open != (p.Rule == "") {
					t.Errorf("%s: open is %v and the rule %q", p.Environment, p.Open, p.Rule)
				}
				if p.Succeeded != HasName(c.succeeded, p.Environment) {
					t.Errorf("%s: succeeded is %v", p.Environment, p.Succeeded)
				}
			}
			if got := strings.Join(open, " "); got != c.open {
				t.Errorf("Progression after %v opens %q, want %q", c.succeeded, got, c.open)
			}
		})
	}
}

func TestProgressionTellsThePhase(t *testing.T) {
	t.Parallel()
	l := Lifecycle{Name: "L", Phases: []Phase{
		{Name: "First", Environments: []string{"Dev"}, Optional: true},
		{Name: "Then", Environments: []string{"A", "B"}, Automatic: true, Minimum: 1},
		{Name: "Last", Environments: []string{"C"}},
	}}
	want := []Progress{
		{Environment: "Dev", Phase: "First", Optional: true, Open: true},
		{Environment: "A", Phase: "Then", Automatic: true, Open: true},
		{Environment: "B", Phase: "Then", Automatic: true, Open: true},
		{Environment: "C", Phase: "Last", Rule: "release 2.1 cannot go to C yet: phase Then needs 1 success, has 0"},
	}
	if got := l.Progression("2.1", in()); !reflect.DeepEqual(got, want) {
		t.Errorf("Progression = %+v\nwant %+v", got, want)
	}
}

func TestAllows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lifecycle Lifecycle
		to        string
		succeeded []string
		want      string // "" is allowed
	}{
		{devTestProd, "Dev", nil, ""},
		{devTestProd, "dev", nil, ""},
		{devTestProd, "Test", nil, "release 1.0.8 cannot go to Test yet: phase Dev needs 1 success, has 0"},
		{devTestProd, "Prod", []string{"Dev"}, "release 1.0.8 cannot go to Prod yet: phase Test needs 1 success, has 0"},
		{devTestProd, "Prod", nil, "release 1.0.8 cannot go to Prod yet: phase Dev needs 1 success, has 0"},
		{devTestProd, "Prod", []string{"Dev", "Test"}, ""},
		{devTestProd, "Dev", []string{"Dev", "Test", "Prod"}, ""},
		{threeTests, "Prod", []string{"T2"}, "release 1.0.8 cannot go to Prod yet: phase Tests needs 3 successes, has 1"},
		{twoOfThree, "Prod", []string{"T2"}, "release 1.0.8 cannot go to Prod yet: phase Tests needs 2 successes, has 1"},
		{optionalDev, "Test", nil, ""},
		{devTestProd, "Lab", nil, `release 1.0.8 cannot go to Lab: lifecycle "L" has no phase with that environment`},
	} {
		err := c.lifecycle.Allows("1.0.8", c.to, in(c.succeeded...))
		got := ""
		if err != nil {
			got = err.Error()
			if CodeOf(err) != Conflict {
				t.Errorf("Allows(%s) has the code %q, want a conflict", c.to, CodeOf(err))
			}
		}
		if got != c.want {
			t.Errorf("Allows(%s) after %v = %q, want %q", c.to, c.succeeded, got, c.want)
		}
	}
}

// TestAllowsSaysWhatProgressionShows: the page and the refusal never disagree.
func TestAllowsSaysWhatProgressionShows(t *testing.T) {
	t.Parallel()
	for _, l := range []Lifecycle{devTestProd, optionalDev, threeTests, twoOfThree, optionalMiddle} {
		var all []string
		for _, p := range l.Phases {
			all = append(all, p.Environments...)
		}
		for set := range 1 << len(all) {
			succeeded := func(e string) bool {
				for i, n := range all {
					if n == e {
						return set&(1<<i) != 0
					}
				}
				return false
			}
			for _, p := range l.Progression("1", succeeded) {
				if err := l.Allows("1", p.Environment, succeeded); (err == nil) != p.Open {
					t.Errorf("%v, successes %b: %s is open: %v, but Allows says %v", l.Phases, set, p.Environment, p.Open, err)
				}
			}
		}
	}
}

func TestLifecycleCheck(t *testing.T) {
	t.Parallel()
	known := environmentsNamed("Dev", "Test")
	phases := func(ps ...Phase) Lifecycle { return Lifecycle{Name: "L", Phases: ps} }
	for _, c := range []struct {
		lifecycle Lifecycle
		want      string
	}{
		{phases(Phase{Name: "A", Environments: []string{"dev"}}, Phase{Name: "B", Environments: []string{"Test"}, Minimum: 1}), ""},
		{Lifecycle{Name: "L"}, `phases: lifecycle "L" needs at least one phase`},
		{Lifecycle{Phases: []Phase{{Name: "A", Environments: []string{"Dev"}}}}, "name: a lifecycle needs a name"},
		{phases(Phase{Name: "A"}), `phases[0].environments: phase "A" needs at least one environment`},
		{phases(Phase{Environments: []string{"Dev"}}), "phases[0].name: a phase needs a name"},
		{phases(Phase{Name: "A", Environments: []string{"Lab"}}), `phases[0].environments[0]: there is no environment "Lab"`},
		{phases(Phase{Name: "A", Environments: []string{"Dev"}, Minimum: 2}), `phases[0].minimum: phase "A" has 1 environments, so the minimum is from 0 (all) to 1, not 2`},
		{phases(Phase{Name: "A", Environments: []string{"Dev"}, Minimum: -1}), `phases[0].minimum: phase "A" has 1 environments, so the minimum is from 0 (all) to 1, not -1`},
		{phases(Phase{Name: "A", Environments: []string{"Dev"}}, Phase{Name: "B", Environments: []string{"DEV"}}),
			`phases[1].environments[0]: environment "DEV" stands in phase "A" already: an environment belongs to one phase`},
		{phases(Phase{Name: "A", Environments: []string{"Dev"}}, Phase{Name: "a", Environments: []string{"Test"}}),
			`phases[1].name: there are two phases named "a": names are unique without regard to case`},
	} {
		if got := lines(c.lifecycle.Check(known)); got != c.want {
			t.Errorf("Check(%+v) =\n%s\nwant\n%s", c.lifecycle, got, c.want)
		}
	}
}

// lines writes problems one a line.
func lines(found []Problem) string {
	var out []string
	for _, p := range found {
		out = append(out, fmt.Sprint(p))
	}
	return strings.Join(out, "\n")
}
