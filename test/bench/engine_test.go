// Package bench measures the runner, beside the floor that the disk sets and, by compare.sh, beside another engine.
// It judges nothing: how fast a machine is today is no test.
package bench

import (
	"runtime/debug"
	"testing"

	"slipway/functions/setup"
)

func TestMain(m *testing.M) {
	debug.SetGCPercent(setup.GarbagePercent)
	m.Run()
}

// BenchmarkAlone is one deployment of ten steps that do nothing on a pretend host, with each turn synced. The floors are
// one synced commit for each step, and nothing else; and what the disk itself takes for that.
func BenchmarkAlone(b *testing.B) {
	b.Run("floor: a file, a synced write a step", func(b *testing.B) {
		write := newSyncedFile(b)
		for b.Loop() {
			for range stepsEach {
				write()
			}
		}
		perStep(b, stepsEach)
	})
	b.Run("floor: bbolt, an update a step", func(b *testing.B) {
		floor := newFloor(b)
		for b.Loop() {
			floor.steps(1)
		}
		perStep(b, stepsEach)
	})
	for _, v := range variants {
		b.Run(v.name, func(b *testing.B) {
			k := newEngine(b, v)
			for b.Loop() {
				k.measure(1)
			}
			perStep(b, stepsEach)
			k.busy(stepsEach)
		})
	}
}

// BenchmarkAtOnce is 100 such deployments at the same time. The floor is one committer that takes all steps that wait.
func BenchmarkAtOnce(b *testing.B) {
	b.Run("floor: bbolt, one committer", func(b *testing.B) {
		floor := newFloor(b)
		for b.Loop() {
			floor.steps(atOnce)
		}
		perStep(b, atOnce*stepsEach)
	})
	for _, v := range variants {
		b.Run(v.name, func(b *testing.B) {
			k := newEngine(b, v)
			for b.Loop() {
				k.measure(atOnce)
			}
			perStep(b, atOnce*stepsEach)
			k.busy(atOnce * stepsEach)
		})
	}
}

// perStep reports the speed of steps, of which each round has so many.
func perStep(b *testing.B, steps int) {
	all := float64(b.N * steps)
	b.ReportMetric(all/b.Elapsed().Seconds(), "steps/s")
	b.ReportMetric(b.Elapsed().Seconds()*1000/all, "ms/step")
}
