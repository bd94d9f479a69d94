package plan_test

import (
	"fmt"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/plan"
)

// BenchmarkMakeTutorial is the plan of the tutorial's project for Test.
func BenchmarkMakeTutorial(b *testing.B) {
	nouns := sample(b)
	in := input(nouns.Projects[0], nouns.Environments[1], web(1))
	b.ReportAllocs()
	for b.Loop() {
		plan.Make(in)
	}
}

// BenchmarkMakeThousandVariables is the plan of one step on one target of a
// project with 1,000 values in chains of ten.
func BenchmarkMakeThousandVariables(b *testing.B) {
	in := deploying(runs("a", "echo #{V999} #{V500}"))
	for i := range 1000 {
		value := "x"
		if i%10 > 0 {
			value = fmt.Sprintf("#{V%d}/%d", i-1, i)
		}
		in.Release.Project.Variables = append(in.Release.Project.Variables, pipelines.Variable{Name: fmt.Sprintf("V%d", i), Value: pipelines.Text(value)})
	}
	b.ReportAllocs()
	for b.Loop() {
		plan.Make(in)
	}
}
