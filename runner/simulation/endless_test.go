package simulation

import (
	"context"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/runner/requests"
)

// A run that goes round in circles is ended long before its last step, and says
// what is tried again and again, and which deployment has not ended.
func TestOnAndOn(t *testing.T) {
	t.Parallel()
	w := Tutorial(Stays)
	w.Actors = append(w.Actors[:len(w.Actors):len(w.Actors)], Actor{User: w.Actors[0].User, Do: func(p *Person) {
		_ = p.asks("move the moon", func(context.Context, *requests.Requests) error {
			return pipelines.Refuse(pipelines.Unavailable, "it is too heavy: try again")
		}, func() bool { return false })
	}})
	r := Run(t.Context(), w, Options{Seed: 1, Mode: Stays, Faults: []Fault{}, Calm: true})
	if r.Broken == nil || r.Broken.Invariant != comesToRest {
		t.Fatalf("what never ends is found to be %v", r.Broken)
	}
	if r.Steps > 2*mostIdle {
		t.Errorf("it took %d steps to find that nothing moves", r.Steps)
	}
	for _, want := range []string{"it goes on and on; for ", w.Actors[0].User + " asks to move the moon, ", " times; the last time: it is too heavy"} {
		if !strings.Contains(r.Broken.How, want) {
			t.Errorf("it is told as\n%s\nwithout %q", r.Broken.How, want)
		}
	}
}
