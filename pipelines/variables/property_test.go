package variables

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"slipway/pipelines"
)

// slowly is the rule of precedence as the documentation of Octopus says it, one
// kind of scope after the other: the stronger kind decides, whatever the weaker
// ones say. It gives the value, or "tie".
func slowly(all []Defined, at Place) string {
	fits := func(d Defined) bool {
		for _, kind := range []struct{ names, here []string }{
			{d.Environments, []string{at.Environment}}, {d.Channels, []string{at.Channel}}, {d.Targets, []string{at.Target}},
			{d.Steps, []string{at.Step}}, {d.Roles, at.TargetRoles},
		} {
			some := len(kind.names) == 0
			for _, n := range kind.names {
				for _, h := range kind.here {
					some = some || h != "" && strings.EqualFold(n, h)
				}
			}
			if !some {
				return false
			}
		}
		return true
	}
	targeted := func(d Defined) bool {
		for _, n := range d.Roles {
			for _, s := range at.StepRoles {
				for _, has := range at.TargetRoles {
					if strings.EqualFold(n, s) && strings.EqualFold(n, has) {
						return true
					}
				}
			}
		}
		return false
	}
	left := []Defined{}
	for _, d := range all {
		if fits(d) {
			left = append(left, d)
		}
	}
	for _, stronger := range []func(Defined) bool{
		func(d Defined) bool { return d.Prompt != nil },
		func(d Defined) bool { return len(d.Steps) > 0 },
		func(d Defined) bool { return len(d.Targets) > 0 },
		targeted,
		func(d Defined) bool { return len(d.Roles) > 0 },
		func(d Defined) bool { return len(d.Environments) > 0 },
		func(d Defined) bool { return len(d.Channels) > 0 },
		func(d Defined) bool { return d.Set == "" },
	} {
		var having []Defined
		for _, d := range left {
			if stronger(d) {
				having = append(having, d)
			}
		}
		if len(having) > 0 {
			left = having
		}
	}
	if len(left) == 0 {
		return "none"
	}
	for _, d := range left {
		if d.Value != left[0].Value {
			return "tie"
		}
	}
	return string(left[0].Value)
}

func TestPrecedenceAgainstTheSlowRule(t *testing.T) {
	t.Parallel()
	chance := rand.New(rand.NewPCG(4, 2))
	some := func(names ...string) []string {
		var out []string
		for _, n := range names {
			if chance.IntN(5) == 0 {
				out = append(out, n)
			}
		}
		return out
	}
	for range 20_000 {
		var own, shared []pipelines.Variable
		for range 1 + chance.IntN(5) {
			x := pipelines.Variable{Name: "X", Value: pipelines.Text(fmt.Sprint(chance.IntN(6)))}
			x.Environments, x.Roles, x.Targets = some("Dev", "Test"), some("web", "db", "big"), some("web-1", "web-2")
			switch chance.IntN(3) {
			case 0:
				shared = append(shared, x)
				continue
			case 1:
				if chance.IntN(4) == 0 {
					x.Prompt, x.Targets, x.Roles = &pipelines.Prompt{}, nil, nil
				}
			}
			x.Channels = some("Stable", "Beta")
			if x.Prompt == nil {
				x.Steps = some("Web", "Db")
			}
			own = append(own, x)
		}
		at := Place{Environment: "Dev", Channel: "Beta"}
		if chance.IntN(3) > 0 {
			at.Step, at.StepRoles = "web", []string{"WEB"}
			if chance.IntN(3) > 0 {
				at.Target, at.TargetRoles = "Web-1", []string{"web", "big"}
			}
		}
		v := New(pipelines.Project{Variables: own, VariableSets: []string{"S"}}, []pipelines.VariableSet{{Name: "S", Variables: shared}}, nil)
		want := slowly(v.list, at)
		got := "none"
		choices, ties := v.Choose(at)
		if len(choices) > 0 {
			got = string(choices[0].Winner.Value)
		}
		if len(ties) > 0 {
			got = "tie"
		}
		if got != want {
			t.Fatalf("Choose(%+v at %+v) = %s, want %s", v.list, at, got, want)
		}
		e, _ := v.ExplainOne("x", at)
		switch {
		case e.Tie != "" != (want == "tie"), e.Winner != nil && e.Winner.Value != want, e.Winner == nil && want != "tie" && want != "none":
			t.Fatalf("Explain(%+v at %+v) = %+v, want %s", v.list, at, e, want)
		case len(own)+len(shared) != len(e.Losers)+len(e.Others)+count(e.Winner != nil):
			t.Fatalf("Explain(%+v at %+v) forgets values: %+v", v.list, at, e)
		}
		whole := v.narrow == nil || len(v.narrow) == len(v.list)
		if narrow, _ := v.ChooseNarrow(at); !whole || len(narrow) > len(choices) {
			t.Fatalf("ChooseNarrow(%+v at %+v) = %+v", v.list, at, narrow)
		}
		// What is certain is so at some place, and what is found certain is found there.
		if certain := Ties(pipelines.Project{Variables: own}, nil); len(certain) > 0 && !tiesSomewhere(own) {
			t.Fatalf("Ties(%+v) = %v, but no place has one", own, certain)
		}
	}
}

func tiesSomewhere(own []pipelines.Variable) bool {
	v := New(pipelines.Project{Variables: own}, nil, nil)
	sets := [][]string{nil, {"web"}, {"db"}, {"big"}, {"web", "db"}, {"web", "big"}, {"db", "big"}, {"web", "db", "big"}}
	for _, e := range []string{"Dev", "Test", "Other"} {
		for _, c := range []string{"Stable", "Beta", "Other"} {
			for _, s := range []string{"", "Web", "Db", "Other"} {
				for _, target := range []string{"", "web-1", "web-2", "other"} {
					for _, roles := range sets {
						for _, stepRoles := range sets {
							if _, ties := v.Choose(Place{Environment: e, Channel: c, Step: s, Target: target, TargetRoles: roles, StepRoles: stepRoles}); len(ties) > 0 {
								return true
							}
						}
					}
				}
			}
		}
	}
	return false
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
