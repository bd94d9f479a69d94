package simulation_test

import (
	"testing"

	"slipway/runner/simulation"
)

// BenchmarkRun is what one seed costs.
func BenchmarkRun(b *testing.B) {
	for n := range uint64(b.N) {
		mode := []simulation.Mode{simulation.Stays, simulation.Brief}[n%2]
		if r := simulation.Run(b.Context(), simulation.Pick(n, mode), simulation.Options{Seed: n, Mode: mode}); r.Broken != nil {
			b.Log(r.Broken)
		}
	}
}
