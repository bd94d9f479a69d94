package main

import (
	"fmt"

	"slipway/web/pages"
)

// largeDeployment has a graph that is no plain list, and many hosts.
func largeDeployment() pages.Deployment {
	d := waitingDeployment()
	d.Frame = deploymentFrame("0.19.0 to Prod")
	step := func(id, name string, state pages.State, note string, needs ...string) pages.GraphStep {
		return pages.GraphStep{ID: id, Name: name, Type: "Script", State: state, Note: note, Needs: needs, Path: "/deployments/Deployments-60?step=" + id}
	}
	web := step("web", "Deploy web servers, five per cent at a time", pages.Running, "2 min", "migrate", "assets")
	for i := range 240 {
		state := pages.Queued
		switch {
		case i < 130:
			state = pages.Succeeded
		case i == 130:
			state = pages.Failed
		case i < 143:
			state = pages.Running
		}
		web.Hosts = append(web.Hosts, pages.GraphHost{Name: fmt.Sprintf("web-%d", i), State: state})
	}
	migrate := step("migrate", "Run migrations", pages.Succeeded, "41 s", "backup")
	migrate.Hosts = hosts(pages.Succeeded)
	d.Parts = pages.DeploymentParts{
		State: pages.Running, Sentence: "Step 4 of 6, Deploy web servers, runs on 12 of 240 hosts; 131 are done, 1 of them failed.",
		Graph: pages.Graph{Steps: []pages.GraphStep{
			step("backup", "Back up the database", pages.Succeeded, "1 min 3 s"),
			step("assets", "Publish static files to the content network", pages.Succeeded, "12 s"),
			migrate,
			web,
			step("hotfix", "Undo migrations", pages.Skipped, "nothing failed", "migrate"),
			step("mail", "Tell the harbour", pages.Queued, "", "web", "backup"),
		}},
		Cancel: offerCancel,
	}
	return d
}
