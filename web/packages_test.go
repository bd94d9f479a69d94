package web

import (
	"encoding/json"
	"net/http"
	"reflect"
	"testing"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/web/rest"
)

// TestWhereAVersionRuns is told by the API as on the page, and to nobody who may
// not see deployments.
func TestWhereAVersionRuns(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.add(records.Teams, "Testers", func(id string, _ int) any {
		return pipelines.Team{ID: id, Name: "Testers", Members: []string{"guest"}, Roles: []pipelines.RoleGrant{{Role: "Package publisher"}, {Role: "Project viewer", Environments: []string{"Test"}}}}
	})
	k.push("1.0.1")
	d := k.push("1.0.2")
	for username, want := range map[string][]rest.DeployedAt{
		"admin": {{Project: "Random Quotes", Environment: "Dev", Deployment: d.ID}},
		"guest": nil, // who sees Test only
	} {
		var got []rest.PackageVersion
		must(t, json.Unmarshal([]byte(k.browser(username).has("/v1/packages/randomquotes", http.StatusOK).body), &got))
		if len(got) != 2 || got[0].Version != "1.0.2" || !reflect.DeepEqual(got[0].Deployed, want) || got[1].Deployed != nil {
			t.Errorf("%s sees %+v", username, got)
		}
	}
}
