package records_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/runner/records"
)

// TestDeploymentsOfARelease: all of them by pages of any size, and the newest in
// each environment, whether they are listed or looked through for.
func TestDeploymentsOfARelease(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	made, err := k.AddRelease(t.Context(), release("1.0.0"), none)
	k.must(err)
	for n := range 12 {
		k.deployTo(fmt.Sprintf("Environments-%d", []int{1, 2, 1, 10}[n%4]), made.ID)
		k.deployTo("Environments-1", "Releases-9") // of another release
	}
	listed, err := k.ReleaseHead(t.Context(), made.ID)
	k.must(err)
	if !listed.Listed {
		t.Fatal("a new release is not listed")
	}
	unlisted := listed
	unlisted.Listed = false
	var want []string
	for n := 23; n > 0; n -= 2 {
		want = append(want, fmt.Sprintf("Deployments-%d", n))
	}
	for _, head := range []records.ReleaseHead{listed, unlisted} {
		for _, limit := range []int{1, 2, 5, 11, 12, 13} {
			var got []string
			for before, more := "", true; more; {
				var ids []string
				ids, more, err = k.DeploymentsOf(t.Context(), head, before, limit)
				k.must(err)
				if len(ids) == 0 {
					break
				}
				got, before = append(got, ids...), ids[len(ids)-1]
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("listed %v, by pages of %d: %s, want %s", head.Listed, limit, strings.Join(got, " "), strings.Join(want, " "))
			}
		}
	}
	newest, err := k.NewestOf(t.Context(), listed)
	k.must(err)
	if want := map[string]string{"Environments-1": "Deployments-21", "Environments-2": "Deployments-19", "Environments-10": "Deployments-23"}; !reflect.DeepEqual(newest, want) {
		t.Errorf("NewestOf = %v, want %v", newest, want)
	}
}

// deployTo stores a deployment of a release.
func (k *kit) deployTo(environment, release string) pipelines.Deployment {
	k.t.Helper()
	id, take, err := k.NextDeployment(k.t.Context())
	k.must(err)
	d := pipelines.Deployment{ID: id, ProjectID: "Projects-1", Project: "Quotes", ReleaseID: release, Release: "1.0.0", EnvironmentID: environment, Environment: environment, Created: noon, Status: pipelines.Queued}
	d, err = k.AddDeployment(k.t.Context(), records.Request{Deployment: d, Plan: planOf(d, 1, 1), Take: take, At: noon, EventID: "start-" + id})
	k.must(err)
	return d
}
