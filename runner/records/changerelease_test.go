package records_test

import (
	"errors"
	"sync"
	"testing"

	"slipway/pipelines"
)

// TestChangesOfOneReleaseFollowEachOther: nobody's change is lost, and the list
// shows what the release says.
func TestChangesOfOneReleaseFollowEachOther(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	made, err := k.AddRelease(t.Context(), release("1.0.0"), none)
	k.must(err)
	const writers = 8
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			_, err := k.ChangeRelease(t.Context(), made.ID, func(r pipelines.Release) (pipelines.Release, []pipelines.Event, error) {
				r.Notes += "x"
				r.Project.Variables = append(r.Project.Variables, pipelines.Variable{Name: "X"})
				r.Sets = []pipelines.VariableSet{{Name: "S"}}
				return r, []pipelines.Event{{ID: r.Notes, At: noon}}, nil
			})
			if err != nil {
				t.Errorf("ChangeRelease = %v", err)
			}
		})
	}
	all.Wait()
	whole, err := k.Release(t.Context(), made.ID)
	k.must(err)
	heads, err := k.Releases(t.Context(), "Projects-1", 0)
	k.must(err)
	if len(whole.Notes) != writers || len(whole.Project.Variables) != writers || len(whole.Sets) != 1 {
		t.Errorf("after %d changes the release is %+v", writers, whole)
	}
	if len(heads) != 1 || len(heads[0].Notes) != writers || heads[0].Sets != nil || heads[0].Project.Variables != nil {
		t.Errorf("the list has %+v", heads)
	}
	refused := errors.New("no")
	if _, err := k.ChangeRelease(t.Context(), made.ID, func(r pipelines.Release) (pipelines.Release, []pipelines.Event, error) { return r, nil, refused }); !errors.Is(err, refused) {
		t.Errorf("a refused change = %v", err)
	}
	if _, err := k.ChangeRelease(t.Context(), "Releases-9", nil); pipelines.CodeOf(err) != pipelines.NotFound {
		t.Errorf("a release that is not there = %v", err)
	}
}

func TestReleaseBefore(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	first, err := k.AddRelease(t.Context(), release("1.0.0"), none)
	k.must(err)
	other := release("9.0.0")
	other.ProjectID = "Projects-2"
	_, err = k.AddRelease(t.Context(), other, none)
	k.must(err)
	second, err := k.AddRelease(t.Context(), release("0.9.0"), none)
	k.must(err)
	if before, ok, err := k.ReleaseBefore(t.Context(), "Projects-1", second.ID); !ok || err != nil || before.ID != first.ID {
		t.Errorf("before %s was %+v, %v, %v; want %s", second.ID, before, ok, err, first.ID)
	}
	if before, ok, err := k.ReleaseBefore(t.Context(), "Projects-1", first.ID); ok || err != nil {
		t.Errorf("before the first was %+v, %v", before, err)
	}
}
