package runner_test

import (
	"testing"

	"slipway/pipelines"
	"slipway/runner/requests"
)

// TestARejectedSignOffTakenUpAgainHidesNoClaims: the deployment takes its place
// again, has nothing left to do on a host, and ends in the same turn. Whoever
// claims anything afterwards must still find out who holds what.
func TestARejectedSignOffTakenUpAgainHidesNoClaims(t *testing.T) {
	t.Parallel()
	k := newKit(t, t.TempDir())
	k.tutorial()
	_, err := k.requests.ReceivePackage(t.Context(), k.admin, nupkg(t, "RandomQuotes", "1.0.1", "hello"))
	must(t, err)
	deploy := func(environment string) string {
		d, err := k.requests.Deploy(t.Context(), k.admin, requests.DeployRequest{Project: "Random Quotes", Release: "1.0.1", Environment: environment})
		must(t, err)
		return d.ID
	}
	stella, err := k.records.Principal(t.Context(), "Users-2", "test")
	must(t, err)
	answer := func(id string, proceed bool) {
		must(t, k.requests.Answer(t.Context(), stella, requests.AnswerRequest{Deployment: id, Proceed: proceed, Note: "seen"}))
	}
	test := deploy("Test")
	k.until(test, pipelines.Waiting)
	answer(test, false)
	k.until(test, pipelines.Failed)
	must(t, k.requests.Resume(t.Context(), k.admin, test, "again"))
	k.until(test, pipelines.Waiting)
	answer(test, true)
	k.until(test, pipelines.Succeeded)
	prod := deploy("Prod")
	k.until(prod, pipelines.Waiting)
	answer(prod, true)
	k.until(prod, pipelines.Succeeded)
	k.untilRetired()
}
