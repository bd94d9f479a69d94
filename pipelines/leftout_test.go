package pipelines

import "testing"

func TestRequires(t *testing.T) {
	t.Parallel()
	asks := func(s Step) bool { return s.Action.Type == "approval" }
	approval := Action{Type: "approval"}
	for _, c := range []struct {
		step Step
		want string
	}{
		{Step{Name: "Smoke"}, ""},
		{Step{Name: "Deploy", Required: true}, `step "Deploy" is required and cannot be left out`},
		{Step{Name: "Look", Action: approval}, `step "Look" is a sign-off and cannot be left out`},
		{Step{Name: "Look", Action: approval, Required: true, Disabled: true}, `step "Look" is a sign-off and cannot be left out`},
		{Step{Name: "Roll", Steps: []Step{{Name: "Out"}, {Name: "In"}}}, ""},
		{Step{Name: "Roll", Steps: []Step{{Name: "Out"}, {Name: "In", Required: true}}}, `step "Roll" cannot be left out, since its child step "In" is required`},
		{Step{Name: "Roll", Required: true, Steps: []Step{{Name: "Out", Required: true}}}, `step "Roll" is required and cannot be left out`},
	} {
		if got := c.step.Requires(asks); got != c.want {
			t.Errorf("Requires of %+v = %q, want %q", c.step, got, c.want)
		}
	}
}
