package openings_test

import (
	"testing"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/runner/requests/openings"
)

func TestNoRuleGoesBack(t *testing.T) {
	t.Parallel()
	live, begun := pipelines.Deployment{ID: "Deployments-1", Release: "1.0.8"}, pipelines.Deployment{ID: "Deployments-2", Release: "1.0.6"}
	for _, c := range []struct {
		release string
		in      records.Current
		by, why string
	}{
		{"1.0.7", records.Current{}, "", ""},
		{"1.0.7", records.Current{Begun: &begun}, "", ""},
		{"1.0.8", records.Current{Live: &live}, "", ""},
		{"1.0.7", records.Current{Begun: &begun, Live: &live}, "Deployments-1", "release 1.0.7 is older than 1.0.8, which is in Test, or was last on its way there; a person can still deploy it"},
		{"1.0.5", records.Current{Begun: &begun}, "Deployments-2", "release 1.0.5 is older than 1.0.6, which is in Test, or was last on its way there; a person can still deploy it"},
	} {
		by, why := openings.TooOld(c.release, "Test", c.in)
		id := ""
		if by != nil {
			id = by.ID
		}
		if id != c.by || why != c.why {
			t.Errorf("TooOld(%s) = %s, %q; want %s, %q", c.release, id, why, c.by, c.why)
		}
	}
}

func TestReplaced(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		release   string
		newer     string
		automatic bool
		want      string
	}{
		{"1.0.7", "1.0.8", false, "replaced by Deployments-3 (1.0.8)"},
		{"1.0.7", "1.0.8", true, "replaced by Deployments-3 (1.0.8)"},
		{"1.0.7", "1.0.7", true, "replaced by Deployments-3 (1.0.7)"},
		{"1.0.7", "1.0.6", false, "replaced by Deployments-3 (1.0.6)"},
		{"1.0.7", "1.0.6", true, ""},
	} {
		if got := openings.Replaced(c.release, pipelines.Deployment{ID: "Deployments-3", Release: c.newer, Automatic: c.automatic}); got != c.want {
			t.Errorf("Replaced(%s, %s, automatic %v) = %q, want %q", c.release, c.newer, c.automatic, got, c.want)
		}
	}
}
