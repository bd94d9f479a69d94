package conventions

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"slipway/pipelines/octostache"
	"slipway/pipelines/task"
	"slipway/runner/executor/masking"
)

// systemd answers `systemctl show` from a history: what a unit is from a
// moment on.
type systemd struct {
	begun   time.Time
	history map[string][]moment
}

type moment struct {
	from  time.Duration
	state string // "LoadState ActiveState SubState NRestarts MainPID"
}

func (s systemd) Run(_ context.Context, name string, args ...string) (string, error) {
	unit := args[len(args)-1]
	if name == "journalctl" {
		return "starting\nunicorn: no such file\n", nil
	}
	for i := len(s.history[unit]) - 1; i >= 0; i-- {
		if m := s.history[unit][i]; time.Since(s.begun) >= m.from {
			f := strings.Fields(m.state)
			return "LoadState=" + f[0] + "\nActiveState=" + f[1] + "\nSubState=" + f[2] + "\nNRestarts=" + f[3] + "\nMainPID=" + f[4] + "\n", nil
		}
	}
	return "", errors.New("no answer")
}

func (s systemd) Sudo(ctx context.Context, name string, args ...string) (string, error) {
	return s.Run(ctx, name, args...)
}

func TestServices(t *testing.T) {
	t.Parallel()
	const up, again, gone = "loaded active running 0 100", "loaded active running 1 200", "loaded failed failed 0 0"
	const waiting, starting, dead = "loaded activating auto-restart 1 0", "loaded activating start 0 90", "loaded inactive dead 0 0"
	for _, tt := range []struct {
		name    string
		history []moment
		other   []moment
		message string // "" for up
		after   time.Duration
	}{
		{"up", []moment{{0, up}}, nil, "", 5 * time.Second},
		{"slow", []moment{{0, starting}, {7 * time.Second, up}}, nil, "", 12 * time.Second},
		{"never", []moment{{0, starting}}, nil, "not all of app are active", time.Minute},
		{"restarts", []moment{{0, up}, {2 * time.Second, again}}, nil, "started again by itself: unicorn: no such file", 2 * time.Second},
		{"waits for its restart", []moment{{0, up}, {time.Second, waiting}}, nil, "auto-restart", time.Second},
		{"restarts before we look", []moment{{0, waiting}}, nil, "auto-restart", 0},
		{"fails late", []moment{{0, up}, {4 * time.Second, gone}}, nil, "failed", 4 * time.Second},
		{"ends quietly", []moment{{0, up}, {time.Second, dead}}, nil, "inactive", time.Second},
		{"does not exist", []moment{{0, "not-found inactive dead 0 0"}}, nil, "does not exist", 0},
		{"one of two", []moment{{0, up}}, []moment{{0, up}, {3 * time.Second, gone}}, "service other", 3 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				names := []string{"#{Unit}", "#{Empty}"}
				if tt.other != nil {
					names = append(names, "other")
				}
				vars := octostache.NewVariables()
				vars.Set("Unit", "app")
				vars.Set("Empty", "")
				a := &attempt{
					Job:    Job{Mask: masking.New(), Log: &kept{}, Now: time.Now, Commands: systemd{begun, map[string][]moment{"app": tt.history, "other": tt.other}}, Order: task.Order{}},
					values: &Values{vars: vars},
				}
				err := a.watchServices(t.Context(), names)
				if tt.message == "" && err != nil || tt.message != "" && (err == nil || !strings.Contains(err.Error(), tt.message)) {
					t.Errorf("watchServices = %v, want %q", err, tt.message)
				}
				if took := time.Since(begun); took < tt.after || took > tt.after+time.Second {
					t.Errorf("took %s, want about %s", took, tt.after)
				}
			})
		})
	}
}
