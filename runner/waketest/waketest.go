// Package waketest holds every wake to the contract of package wake.
// It does not ask for what only some promise, such as one Look at a time or the number of them; the adapter's own test does.
// Time is the adapter's: it may be that of a testing/synctest bubble, of an emulator, or the real one.
package waketest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"slipway/runner/wake"
)

// World is what a case acts in. It starts empty.
type World struct {
	// Start begins to deliver wake-ups to look, as a process does that begins; open lists the deployments that are not
	// done. The returned function ends the process, as gently as the adapter can, and returns when no Look runs any more.
	Start func(t *testing.T, look wake.Look, open func() []string) (wake.Wake, func())
	// Commit saves a turn of the deployment, as everybody does before a wake-up. It is nil where a wake does not look at
	// what is saved, and may be called from many goroutines at once.
	Commit func(t *testing.T, deployment string)
	// Pass lets time go by, and returns when nothing is left that was due meanwhile.
	Pass func(time.Duration)
}

// Run holds a wake to the contract. For each case in makes a World and hands it to check, in a bubble if it likes.
func Run(t *testing.T, in func(t *testing.T, check func(*testing.T, World))) {
	for name, check := range map[string]func(*testing.T, World){
		"LooksAfterEachWake":       looksAfterEachWake,
		"LooksAgainIfWokenDuring":  looksAgainIfWokenDuring,
		"LooksAgainIfWokenBySelf":  looksAgainIfWokenBySelf,
		"RepeatsFailedLooks":       repeatsFailedLooks,
		"LooksAtSeveralAtOnce":     looksAtSeveralAtOnce,
		"LooksAfterARestart":       looksAfterARestart,
		"LooksAfterManyWakes":      looksAfterManyWakes,
		"RefusesNoDeployment":      refusesNoDeployment,
		"OneBlockedDoesNotHoldAll": oneBlockedDoesNotHoldAll,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in(t, check)
		})
	}
}

// enough is a time within which every adapter has delivered, repetitions included.
const enough = 10 * time.Minute

// looks counts Looks at their beginning.
type looks struct {
	mu    sync.Mutex
	begun []string
}

func (l *looks) add(deployment string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.begun = append(l.begun, deployment)
	return l.countLocked(deployment)
}

func (l *looks) countLocked(deployment string) int {
	n := 0
	for _, d := range l.begun {
		if d == deployment {
			n++
		}
	}
	return n
}

func (l *looks) count(deployment string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.countLocked(deployment)
}

func (l *looks) wantAtLeast(t *testing.T, deployment string, want int) {
	t.Helper()
	if got := l.count(deployment); got < want {
		t.Fatalf("%d Looks at %s, want at least %d", got, deployment, want)
	}
}

// wake saves a turn and asks for a Look at it, in this order, as the product does.
func (world World) wake(t *testing.T, w wake.Wake, deployment string) {
	t.Helper()
	if world.Commit != nil {
		world.Commit(t, deployment)
	}
	if err := w.Wake(t.Context(), deployment); err != nil {
		t.Errorf("Wake(%s): %v", deployment, err)
	}
}

func none() []string { return nil }

func looksAfterEachWake(t *testing.T, world World) {
	var l looks
	w, stop := world.Start(t, func(_ context.Context, d string) error { l.add(d); return nil }, none)
	defer stop()
	for n := 1; n <= 3; n++ {
		for _, d := range []string{"one", "two", "Ünï codé/3"} {
			world.wake(t, w, d)
		}
		world.Pass(enough)
		for _, d := range []string{"one", "two", "Ünï codé/3"} {
			l.wantAtLeast(t, d, n)
		}
	}
}

func looksAgainIfWokenDuring(t *testing.T, world World) {
	var l looks
	begun, release := make(chan struct{}), make(chan struct{})
	w, stop := world.Start(t, func(ctx context.Context, d string) error {
		if l.add(d) == 1 {
			close(begun)
			<-release
		}
		return nil
	}, none)
	defer stop()
	world.wake(t, w, "d")
	<-begun
	before := l.count("d")
	world.wake(t, w, "d")
	close(release)
	world.Pass(enough)
	l.wantAtLeast(t, "d", before+1)
}

func looksAgainIfWokenBySelf(t *testing.T, world World) {
	var l looks
	ready := make(chan struct{})
	var w wake.Wake
	w, stop := world.Start(t, func(ctx context.Context, d string) error {
		<-ready
		if l.add(d) <= 3 {
			world.wake(t, w, d)
		}
		return nil
	}, none)
	defer stop()
	close(ready)
	world.wake(t, w, "d")
	world.Pass(enough)
	l.wantAtLeast(t, "d", 4)
}

func repeatsFailedLooks(t *testing.T, world World) {
	var l looks
	w, stop := world.Start(t, func(_ context.Context, d string) error {
		if l.add(d) < 4 {
			return errors.New("not yet")
		}
		return nil
	}, none)
	defer stop()
	world.wake(t, w, "d")
	world.Pass(enough)
	l.wantAtLeast(t, "d", 4)
}

func looksAtSeveralAtOnce(t *testing.T, world World) {
	var both sync.WaitGroup
	both.Add(2)
	var once [2]sync.Once
	w, stop := world.Start(t, func(ctx context.Context, d string) error {
		once[map[string]int{"a": 0, "b": 1}[d]].Do(both.Done)
		both.Wait() // returns only if the other Look begins
		return nil
	}, none)
	defer stop()
	world.wake(t, w, "a")
	world.wake(t, w, "b")
	world.Pass(enough)
	both.Wait()
}

func oneBlockedDoesNotHoldAll(t *testing.T, world World) {
	var l looks
	release := make(chan struct{})
	w, stop := world.Start(t, func(ctx context.Context, d string) error {
		l.add(d)
		if d == "blocked" {
			<-release
		}
		return nil
	}, none)
	defer stop()
	defer close(release)
	world.wake(t, w, "blocked")
	for i := range 20 {
		world.wake(t, w, fmt.Sprint(i))
	}
	world.Pass(enough)
	for i := range 20 {
		l.wantAtLeast(t, fmt.Sprint(i), 1)
	}
}

// looksAfterARestart ends the process while a Look runs and another deployment waits or fails.
func looksAfterARestart(t *testing.T, world World) {
	var first looks
	begun := make(chan struct{})
	w, stop := world.Start(t, func(ctx context.Context, d string) error {
		if d == "failing" {
			return errors.New("never")
		}
		if first.add(d) == 1 {
			close(begun)
		}
		<-ctx.Done()
		return ctx.Err()
	}, none)
	world.wake(t, w, "failing")
	world.wake(t, w, "running")
	<-begun
	stop()

	var second looks
	_, stop = world.Start(t, func(_ context.Context, d string) error { second.add(d); return nil },
		func() []string { return []string{"running", "failing"} })
	defer stop()
	world.Pass(enough)
	second.wantAtLeast(t, "running", 1)
	second.wantAtLeast(t, "failing", 1)
}

// looksAfterManyWakes has every writer set something and wake; the last Look must see all of it.
func looksAfterManyWakes(t *testing.T, world World) {
	var mu sync.Mutex
	set, seen := map[string]int{}, map[string]int{}
	w, stop := world.Start(t, func(_ context.Context, d string) error {
		mu.Lock()
		defer mu.Unlock()
		seen[d] = set[d]
		return nil
	}, none)
	defer stop()
	var writers sync.WaitGroup
	for i := range 50 {
		writers.Go(func() {
			d := fmt.Sprint(i % 5)
			mu.Lock()
			set[d]++
			mu.Unlock()
			world.wake(t, w, d)
		})
	}
	writers.Wait()
	world.Pass(enough)
	mu.Lock()
	defer mu.Unlock()
	for d, n := range set {
		if seen[d] != n {
			t.Errorf("the last Look at %s saw %d of %d", d, seen[d], n)
		}
	}
}

func refusesNoDeployment(t *testing.T, world World) {
	var l looks
	w, stop := world.Start(t, func(_ context.Context, d string) error { l.add(d); return nil }, none)
	defer stop()
	if err := w.Wake(t.Context(), ""); err == nil {
		t.Error("Wake without a deployment: got no error")
	}
	world.Pass(enough)
	l.mu.Lock()
	defer l.mu.Unlock()
	if slices.Contains(l.begun, "") {
		t.Error("Look was called without a deployment")
	}
}
