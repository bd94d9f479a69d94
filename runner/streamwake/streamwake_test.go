package streamwake_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"slipway/runner/streamwake"
	"slipway/runner/wake"
	"slipway/runner/waketest"
)

// modelled is a stream in memory that is asked four times a second, with changes between that wake nobody.
type modelled struct {
	mu      sync.Mutex
	turns   map[string]int
	changes []streamwake.Change
	read    int
}

func (m *modelled) commit(_ *testing.T, deployment string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.turns[deployment]++
	turn := fmt.Sprintf("turn/%010d", m.turns[deployment])
	m.changes = append(m.changes,
		streamwake.Change{Event: "INSERT", Partition: "deployment/" + deployment, Sort: "record"},
		streamwake.Change{Event: "INSERT", Partition: "deployment/" + deployment, Sort: turn},
		streamwake.Change{Event: "INSERT", Partition: "deployment/" + deployment, Sort: turn + "/part/00001"},
		streamwake.Change{Event: "MODIFY", Partition: "deployment/" + deployment, Sort: "brief"})
}

func (m *modelled) follow(ctx context.Context, to func(streamwake.Change)) {
	for {
		select {
		case <-time.After(250 * time.Millisecond):
		case <-ctx.Done():
			return
		}
		m.mu.Lock()
		news := m.changes[m.read:]
		m.read = len(m.changes)
		m.mu.Unlock()
		for _, c := range news {
			to(c)
		}
	}
}

func TestWakeOverAModelledStream(t *testing.T) {
	t.Parallel()
	waketest.Run(t, func(t *testing.T, check func(*testing.T, waketest.World)) {
		synctest.Test(t, func(t *testing.T) {
			check(t, world(&modelled{turns: map[string]int{}}, time.Minute, func(_ *invocations, d time.Duration) {
				time.Sleep(d)
				synctest.Wait()
			}))
		})
	})
}

var _ wake.Wake = streamwake.Wake{}

func TestRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		change streamwake.Change
		want   streamwake.News
		key    string
	}{
		{streamwake.Change{Event: "INSERT", Partition: "deployment/Deployments-12", Sort: "turn/0000000001"}, streamwake.News{Deployment: "Deployments-12", Revision: 1}, "deployment/Deployments-12"},
		{streamwake.Change{Event: "INSERT", Partition: "deployment/Ünï codé/3", Sort: "turn/0000012345"}, streamwake.News{Deployment: "Ünï codé/3", Revision: 12345}, "deployment/Ünï codé/3"},
		{streamwake.Change{Event: "MODIFY", Partition: "deployment/Deployments-12", Sort: "turn/0000000001"}, streamwake.News{}, ""},
		{streamwake.Change{Event: "REMOVE", Partition: "deployment/Deployments-12", Sort: "turn/0000000001"}, streamwake.News{}, ""},
		{streamwake.Change{Event: "INSERT", Partition: "deployment/Deployments-12", Sort: "turn/0000000001/part/00001"}, streamwake.News{}, ""},
		{streamwake.Change{Event: "INSERT", Partition: "deployment/Deployments-12", Sort: "turn/"}, streamwake.News{}, ""},
		{streamwake.Change{Event: "INSERT", Partition: "deployment/Deployments-12", Sort: "turn/-1"}, streamwake.News{}, ""},
		{streamwake.Change{Event: "INSERT", Partition: "deployment/Deployments-12", Sort: "turn/99999999999999999999"}, streamwake.News{}, ""},
		{streamwake.Change{Event: "INSERT", Partition: "deployment/", Sort: "turn/0000000001"}, streamwake.News{}, ""},
		{streamwake.Change{Event: "INSERT", Partition: "place/Projects-1/Environments-2", Sort: "waiting/0000000013"}, streamwake.News{ProjectID: "Projects-1", EnvironmentID: "Environments-2"}, "place/Projects-1/Environments-2"},
		{streamwake.Change{Event: "REMOVE", Partition: "place/Projects-1/Environments-2", Sort: "slot"}, streamwake.News{ProjectID: "Projects-1", EnvironmentID: "Environments-2"}, "place/Projects-1/Environments-2"},
		{streamwake.Change{Event: "INSERT", Partition: "place/Projects-1/Environments-2", Sort: "slot"}, streamwake.News{}, ""},
		{streamwake.Change{Event: "REMOVE", Partition: "place/Projects-1/Environments-2", Sort: "waiting/0000000013"}, streamwake.News{}, ""},
		{streamwake.Change{Event: "REMOVE", Partition: "place/Projects-1", Sort: "slot"}, streamwake.News{}, ""},
		{streamwake.Change{Event: "REMOVE", Partition: "place//Environments-2", Sort: "slot"}, streamwake.News{}, ""},
		{streamwake.Change{}, streamwake.News{}, ""},
	} {
		if got := streamwake.Read(c.change); got != c.want || got.Key() != c.key {
			t.Errorf("Read(%+v) = %+v with key %q, want %+v with %q", c.change, got, got.Key(), c.want, c.key)
		}
	}
}
