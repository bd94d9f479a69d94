package runner_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/requests"
	"slipway/runner/table"
)

// noting keeps how many items each write had.
type noting struct {
	table.Table
	mu     sync.Mutex
	writes []int
}

func (n *noting) Write(ctx context.Context, changes ...table.Change) error {
	n.note(changes) // before anybody can see it
	return n.Table.Write(ctx, changes...)
}

func (n *noting) note(changes []table.Change) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(changes) > 0 {
		n.writes = append(n.writes, len(changes))
	}
}

// since begins to count anew, and gives what was written before.
func (n *noting) since() (writes []int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	writes, n.writes = n.writes, nil
	return writes
}

// TestWhatADeploymentCostsTheTable: S steps on one target are S+1 writes of one
// item and two small transactions, for its start and its end.
func TestWhatADeploymentCostsTheTable(t *testing.T) {
	t.Parallel()
	for _, steps := range []int{1, 3, 12} {
		t.Run(fmt.Sprint(steps), func(t *testing.T) {
			t.Parallel()
			k := newKit(t, t.TempDir())
			k.environments("Dev")
			k.target("web-1", []string{"web"}, "Dev")
			k.project(pipelines.Project{Name: "Chain", Steps: chain(steps)})
			_, err := k.requests.CreateRelease(t.Context(), k.admin, requests.ReleaseRequest{Project: "Chain", Number: "1.0.0"})
			must(t, err)
			k.until(k.deploy("Chain"), pipelines.Succeeded) // pins the host's key
			k.untilRetired()
			k.rows.since()
			k.until(k.deploy("Chain"), pipelines.Succeeded)
			k.untilRetired()
			writes := k.rows.since()
			single, several, most := 0, 0, 0
			for _, n := range writes {
				if n == 1 {
					single++
					continue
				}
				several++
				most = max(most, n)
			}
			t.Logf("%d steps: writes of %v items", steps, writes)
			if single != steps+1 || several != 2 || most > 12 {
				t.Errorf("%d writes of one item and %d of several, at most %d; want %d, and 2 of at most 12", single, several, most, steps+1)
			}
		})
	}
}

// untilRetired waits until no deployment is alive.
func (k *kit) untilRetired() {
	k.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(5 * time.Millisecond) {
		active, err := k.records.Active(k.t.Context())
		must(k.t, err)
		if len(active) == 0 {
			return
		}
		if time.Now().After(deadline) {
			k.t.Fatalf("still alive: %s", strings.Join(active, ", "))
		}
	}
}
