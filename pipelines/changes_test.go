package pipelines

import "testing"

func TestWhatIsThereWithoutSuccess(t *testing.T) {
	t.Parallel()
	failed := &Left{Deployment: "Deployments-4", Release: "1.0.1", Status: Failed, Targets: []string{"web-1"}}
	many := &Left{Deployment: "Deployments-5", Release: "1.0.2", Status: Running, Targets: []string{"a", "b", "c", "d", "e", "f", "g"}}
	for _, c := range []struct {
		of         Changes
		deployment string
		want       string
	}{
		{Changes{From: "1.0.0", Left: failed}, "", ""},
		{Changes{}, "", "Nothing is there yet."},
		{Changes{Bare: true}, "", "No deployment has succeeded here yet."},
		{Changes{Bare: true, Ran: true}, "", "No deployment has succeeded here yet; earlier steps of this one have run here."},
		{Changes{Left: failed}, "Deployments-9", "No deployment has succeeded here yet; 1.0.1 is installed on web-1 by Deployments-4 (failed)."},
		{Changes{Left: failed}, "Deployments-4", "No deployment has succeeded here yet; this deployment has installed 1.0.1 on web-1."},
		{Changes{Left: many}, "", "No deployment has succeeded here yet; 1.0.2 is installed on a, b, c, d, e and 2 more by Deployments-5 (running)."},
	} {
		if got := c.of.Unreplaced(c.deployment); got != c.want {
			t.Errorf("%+v, %q: %q, want %q", c.of, c.deployment, got, c.want)
		}
	}
}
