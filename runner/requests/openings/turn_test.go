package openings_test

import (
	"testing"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/runner/requests/openings"
)

func TestGivesWay(t *testing.T) {
	t.Parallel()
	live := pipelines.Deployment{ID: "Deployments-1", Release: "1.0.8"}
	for _, c := range []struct {
		policy    pipelines.QueuePolicy
		to        string
		automatic bool
		want      string
	}{
		{pipelines.QueueWait, "1.0.9", false, ""},
		{pipelines.QueueSkipSuperseded, "1.0.9", true, "superseded by Deployments-3 (1.0.9), which waits behind it"},
		{pipelines.QueueSkipSuperseded, "1.0.7", false, "superseded by Deployments-3 (1.0.7), which waits behind it"},
		{pipelines.QueueSkipSuperseded, "1.0.7", true, ""}, // it is older than what is there
		{pipelines.QueueSkipSuperseded, "1.0.5", false, ""},
		{pipelines.QueueSkipSuperseded, "1.0.4", false, ""},
		{pipelines.QueueReplaceWaiting, "1.0.4", false, "replaced by Deployments-3 (1.0.4)"},
		{pipelines.QueueReplaceWaiting, "1.0.8", true, "replaced by Deployments-3 (1.0.8)"},
		{pipelines.QueueReplaceWaiting, "1.0.7", true, ""},
	} {
		d := pipelines.Deployment{ID: "Deployments-2", Release: "1.0.5"}
		to := pipelines.Deployment{ID: "Deployments-3", Release: c.to, Automatic: c.automatic}
		if got := openings.GivesWay(c.policy, d, to, records.Current{Live: &live}); got != c.want {
			t.Errorf("%s: to %s (automatic %v) = %q, want %q", c.policy, c.to, c.automatic, got, c.want)
		}
	}
}
