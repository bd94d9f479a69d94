package runner

import (
	"slices"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/runner/graph"
	"slipway/runner/records"
)

func TestPrevious(t *testing.T) {
	t.Parallel()
	at := func(version string, ok bool) task.Installed {
		return task.Installed{Version: version, Directory: "/a/" + version, Succeeded: ok}
	}
	unknown := task.Installed{Version: "9"}
	for _, tt := range []struct {
		name string
		lane []task.Installed
		want []string
	}{
		{"first time", nil, nil},
		{"newest succeeded", []task.Installed{at("2", true), at("1", true)}, []string{"2"}},
		{"newest failed", []task.Installed{at("3", false), at("2", false), at("1", true)}, []string{"3", "1"}},
		{"nobody knows", []task.Installed{unknown, at("1", true)}, []string{"9", "1"}},
		{"none succeeded", []task.Installed{at("1", false)}, []string{"1"}},
	} {
		var got []string
		for _, p := range previous(tt.lane) {
			got = append(got, p.Version)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// What is retired is never what is live, nor the way back, whatever the clocks
// and the order of waiting say.
func TestWhatIsRetired(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	entry := func(dir string, days int, ok bool) task.Installed {
		return task.Installed{Directory: dir, At: now.AddDate(0, 0, -days), Succeeded: ok}
	}
	at := records.Loaded{Deployment: pipelines.Deployment{ID: "Deployments-9", Created: now.AddDate(0, 0, -60)}, Plan: plan.Plan{}}
	for _, tt := range []struct {
		name string
		rule pipelines.Retention
		lane []task.Installed // newest first
		want []string
	}{
		{"by number", pipelines.Retention{Keep: 1}, []task.Installed{entry("/c", 1, true), entry("/b", 2, true), entry("/a", 3, true)}, []string{"/b", "/a"}},
		{"by days", pipelines.Retention{Days: 30}, []task.Installed{entry("/c", 40, true), entry("/b", 50, true)}, []string{"/b"}},
		{"the way back is old", pipelines.Retention{Days: 30}, []task.Installed{entry("/c", 1, false), entry("/b", 40, true), entry("/a", 50, true)}, []string{"/a"}},
		{"another's clock is ahead", pipelines.Retention{Days: 30}, []task.Installed{entry("/c", -2, false), entry("/b", 40, true), entry("/a", 50, true)}, []string{"/a"}},
		{"one folder twice", pipelines.Retention{Keep: 2}, []task.Installed{entry("/c", 1, true), entry("/a", 2, true), entry("/b", 3, true), entry("/a", 4, true)}, []string{"/b"}},
		{"nobody knows where", pipelines.Retention{Keep: 1}, []task.Installed{{At: now}, entry("/c", 1, true), entry("/b", 2, true)}, []string{"/b"}},
	} {
		got := tt.rule.Retire(kept(&at, graph.RunTask{Attempt: 1}, tt.lane, now), now).Directories
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v go, want %v", tt.name, got, tt.want)
		}
	}
}
