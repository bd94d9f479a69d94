package variables

import (
	"fmt"
	"testing"

	"slipway/pipelines"
)

// thousand are 1,000 values of 250 names, each for three environments and for
// all, with a tenth scoped to a role besides.
func thousand() pipelines.Project {
	var p pipelines.Project
	for i := range 250 {
		name := fmt.Sprintf("Group %d.Value %d", i%10, i)
		for _, e := range []string{"", "Dev", "Test", "Prod"} {
			x := pipelines.Variable{Name: name, Value: pipelines.Text(fmt.Sprintf("%s-%d", e, i))}
			if e != "" {
				x.Environments = []string{e}
			}
			if i%10 == 0 && e == "Test" {
				x.Roles = []string{"web"}
			}
			p.Variables = append(p.Variables, x)
		}
	}
	return p
}

var onTarget = Place{Environment: "Test", Channel: "Default", Step: "Web", StepRoles: []string{"web"}, Target: "web-1", TargetRoles: []string{"web", "linux"}}

// BenchmarkChooseThousand resolves 1,000 values for one target.
func BenchmarkChooseThousand(b *testing.B) {
	v := New(thousand(), nil, nil)
	b.ReportAllocs()
	for b.Loop() {
		v.Choose(onTarget)
	}
}

// BenchmarkChooseNarrowThousand is what each further target costs.
func BenchmarkChooseNarrowThousand(b *testing.B) {
	v := New(thousand(), nil, nil)
	b.ReportAllocs()
	for b.Loop() {
		v.ChooseNarrow(onTarget)
	}
}

// BenchmarkNewThousand gathers them.
func BenchmarkNewThousand(b *testing.B) {
	p := thousand()
	b.ReportAllocs()
	for b.Loop() {
		New(p, nil, nil)
	}
}

func BenchmarkExplainThousand(b *testing.B) {
	v := New(thousand(), nil, nil)
	b.ReportAllocs()
	for b.Loop() {
		v.Explain(onTarget)
	}
}
