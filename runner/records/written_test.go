package records

import (
	"fmt"
	"testing"

	"slipway/pipelines"
	"slipway/runner/graph"
	"slipway/runner/table"
)

func standing(id, plan string, revision int64, parts int) *Loaded {
	return &Loaded{
		Deployment: pipelines.Deployment{ID: id, Plan: plan}, Revision: revision, Asked: []string{"run-task-0"},
		State: graph.State{Head: graph.Head{Status: pipelines.Running}, Parts: make([]graph.Part, parts)},
	}
}

func TestWrittenKnowsTheSameTurnOnly(t *testing.T) {
	t.Parallel()
	value := []byte(`{"revision":7}`)
	closed := standing("Deployments-1", "p", 7, 1)
	closed.State.Head.Closed = true
	for _, c := range []struct {
		name string
		kept *Loaded
		is   []byte
		plan string
		read []table.Item
		want bool
	}{
		{"the same", standing("Deployments-1", "p", 7, 1), value, "p", []table.Item{{Key: turnKey("Deployments-1", 7), Value: []byte(`{"revision":7}`)}}, true},
		{"other bytes", standing("Deployments-1", "p", 7, 1), value, "p", []table.Item{{Key: turnKey("Deployments-1", 7), Value: []byte(`{"revision":8}`)}}, false},
		{"another turn with these bytes", standing("Deployments-1", "p", 7, 1), value, "p", []table.Item{{Key: turnKey("Deployments-1", 8), Value: value}}, false},
		{"a part of its snapshot", standing("Deployments-1", "p", 7, 1), value, "p", []table.Item{{Key: snapshotKey("Deployments-1", 7, 0), Value: value}}, false},
		{"another deployment", standing("Deployments-2", "p", 7, 1), value, "p", []table.Item{{Key: turnKey("Deployments-1", 7), Value: value}}, false},
		{"another plan under the same id", standing("Deployments-1", "p", 7, 1), value, "q", []table.Item{{Key: turnKey("Deployments-1", 7), Value: value}}, false},
		{"no turn", standing("Deployments-1", "p", 7, 1), value, "p", nil, false},
		{"a wide one", standing("Deployments-1", "p", 7, 2), value, "p", []table.Item{{Key: turnKey("Deployments-1", 7), Value: value}}, false},
		{"a long one", standing("Deployments-1", "p", 7, 1), make([]byte, 9<<10), "p", []table.Item{{Key: turnKey("Deployments-1", 7), Value: make([]byte, 9<<10)}}, false},
		{"one that needs nothing more", closed, value, "p", []table.Item{{Key: turnKey("Deployments-1", 7), Value: value}}, true},
	} {
		var w written
		w.keep(standing("Deployments-1", "p", 6, 1), []byte("the turn before"))
		w.keep(c.kept, c.is)
		l := standing("Deployments-1", c.plan, 0, 1)
		l.State.Head.Status, l.Asked = pipelines.Queued, nil
		if got := w.knows(c.read, l); got != c.want {
			t.Errorf("%s: known %v, want %v", c.name, got, c.want)
		}
		if known := l.Revision == 7 && len(l.Asked) == 1 && l.State.Head.Status == pipelines.Running; known != c.want || !known && l.Revision != 0 {
			t.Errorf("%s: brought to revision %d, %+v", c.name, l.Revision, l.State.Head)
		}
	}
}

func TestWrittenStaysSmall(t *testing.T) {
	t.Parallel()
	var w written
	for i := range 3 * mostWritten {
		w.keep(standing(fmt.Sprintf("Deployments-%d", i), "p", 1, 1), []byte("x"))
		if len(w.of) > mostWritten {
			t.Fatalf("%d deployments are kept", len(w.of))
		}
	}
}
