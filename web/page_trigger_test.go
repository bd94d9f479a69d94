package web

import (
	"testing"
	"time"

	"slipway/pipelines"
)

func TestPackageOf(t *testing.T) {
	t.Parallel()
	for want, trigger := range map[string]pipelines.Trigger{
		"Quotes": {Package: "Quotes"},
		"Quotes that the feed Artifactory tells of":                 {Package: "Quotes", Feed: "Artifactory"},
		"Quotes in the feed Artifactory, which is asked every 10m,": {Package: "Quotes", Feed: "Artifactory", Poll: pipelines.Duration(10 * time.Minute)},
	} {
		if got := packageOf(trigger); got != want {
			t.Errorf("packageOf(%+v) = %q, want %q", trigger, got, want)
		}
	}
}
