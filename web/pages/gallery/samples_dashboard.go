package main

import (
	"slices"
	"strings"

	"slipway/web/pages"
)

var threeEnvironments = []pages.Environment{{ID: "Environments-1", Name: "Dev"}, {ID: "Environments-2", Name: "Test"}, {ID: "Environments-3", Name: "Prod"}}

func at(text, exact string) pages.Moment { return pages.Moment{Text: text, Exact: exact + " CET"} }

func deploy(project, version string, to int) *pages.DeployLink {
	e := threeEnvironments[to]
	return &pages.DeployLink{ProjectID: project, EnvironmentID: e.ID, Version: version, Environment: e.Name}
}

func dashboardSamples() []sample {
	frame := signedIn(pages.InDashboard, "Dashboard", "1 deployment runs, 2 wait for a person. 1 project failed where it was deployed last.")
	first := signedIn(pages.InDashboard, "Dashboard", "")
	first.Viewer.Approvals = 0
	return []sample{
		{Name: "dashboard", Page: pages.DashboardPage(pages.Dashboard{Frame: frame, Environments: threeEnvironments, Projects: dashboardRows(), LivePath: "/live?rev=77", New: pages.NewProjectPath})},
		{Name: "dashboard-empty", Page: pages.DashboardPage(pages.Dashboard{Frame: first, FirstCommand: "slipway login https://deploy.example.org\nslipway apply ./deploy", New: pages.NewProjectPath})},
		{Name: "dashboard-unseen", Page: pages.DashboardPage(pages.Dashboard{Frame: first})},
		{Name: "dashboard-scoped", Page: pages.DashboardPage(scopedDashboard())},
		{Name: "dashboard-long", Page: pages.DashboardPage(longDashboard())},
		{Name: "dashboard-wide", Page: pages.DashboardPage(wideDashboard())},
	}
}

func dashboardRows() []pages.ProjectRow {
	return []pages.ProjectRow{
		{ID: "Projects-1", Name: "Random Quotes", Cells: []pages.Cell{
			{Version: "1.0.9", DeploymentID: "Deployments-51", State: pages.Succeeded, When: at("4 min ago", "2026-11-20 14:03:22"), Who: "by itself, on push", Why: "A new version of RandomQuotes made release 1.0.9."},
			{Version: "1.0.8", DeploymentID: "Deployments-46", State: pages.Succeeded, When: at("yesterday", "2026-11-19 15:12:01"), Who: "by Ada Lovelace",
				Beside: &pages.Cell{Version: "1.0.9", DeploymentID: "Deployments-52", State: pages.Waiting, When: at("2 min ago", "2026-11-20 14:05:40"), Who: "by Ada Lovelace", Why: "Deployment Sign Off waits for 1 of Project Stakeholders."}},
			{Version: "1.0.7", DeploymentID: "Deployments-44", State: pages.Succeeded, When: at("Tuesday", "2026-11-17 09:12:01"), Who: "by Grace Hopper", Why: "Approved by Grace Hopper."},
		}},
		{ID: "Projects-2", Name: "Harbour Office", Cells: []pages.Cell{
			{Version: "2.4.1", DeploymentID: "Deployments-39", State: pages.Succeeded, When: at("yesterday", "2026-11-19 16:40:10"), Who: "by itself, on push"},
			{Version: "2.4.1", DeploymentID: "Deployments-40", State: pages.Succeeded, When: at("yesterday", "2026-11-19 17:02:55"), Who: "by Grace Hopper"},
			{Version: "2.4.1", DeploymentID: "Deployments-41", State: pages.Succeeded, When: at("3 h ago", "2026-11-20 11:00:00"), Who: "by Grace Hopper"},
		}},
		{ID: "Projects-3", Name: "Tide Tables", Cells: []pages.Cell{
			{Version: "0.19.0-rc.2", DeploymentID: "Deployments-53", State: pages.Running, When: at("20 s ago", "2026-11-20 14:07:10"), Who: "by itself, on push", Why: "Step 1 of 2 runs on web-1."},
			{Version: "0.18.2", DeploymentID: "Deployments-21", State: pages.Succeeded, When: at("9 Nov", "2026-11-09 09:10:10"), Who: "by Ada Lovelace",
				Beside: &pages.Cell{Version: "0.18.3", DeploymentID: "Deployments-30", State: pages.Failed, When: at("2 days ago", "2026-11-18 10:10:10"), Who: "by Edsger Dijkstra", Why: "Run migrations failed on db-1: exit code 3."}, Deploy: deploy("Projects-3", "0.18.3", 1)},
			{Version: "0.18.2", DeploymentID: "Deployments-22", State: pages.Succeeded, When: at("9 Nov", "2026-11-09 10:00:00"), Who: "by Ada Lovelace",
				Beside: &pages.Cell{Version: "0.18.3", DeploymentID: "Deployments-54", State: pages.Scheduled, When: at("for 22 Nov, 22:42", "2026-11-22 22:42:00"), Who: "by Ada Lovelace"}, More: "and 1 more", MorePath: "/queue"},
		}},
		{ID: "Projects-4", Name: "Lighthouse", Cells: []pages.Cell{
			{Version: "3.1.0", DeploymentID: "Deployments-47", State: pages.Succeeded, When: at("1 h ago", "2026-11-20 13:00:41"), Who: "by itself, on push"},
			{Version: "3.0.8", DeploymentID: "Deployments-48", State: pages.Cancelled, Note: "nothing has succeeded here yet", When: at("50 min ago", "2026-11-20 13:15:41"), Who: "by Ada Lovelace", Why: "Cancelled by Ada Lovelace.", Deploy: deploy("Projects-4", "3.1.0", 1)},
			{Deploy: nil},
		}},
		{ID: "Projects-5", Name: "Customs Declarations Gateway", Cells: []pages.Cell{
			{Version: "12.0.1", DeploymentID: "Deployments-12", State: pages.Unknown, When: at("6 h ago", "2026-11-20 08:07:41"), Who: "by itself, on push", Why: "Nobody knows how Deploy ended on web-3."},
			{Outside: true},
			{Version: "11.9.4", DeploymentID: "Deployments-8", State: pages.Succeeded, When: at("12 Oct", "2026-10-12 08:07:41"), Who: "by Grace Hopper", Deploy: deploy("Projects-5", "12.0.1", 2)},
		}},
	}
}

// scopedDashboard is what somebody sees whose roles are for some environments only.
func scopedDashboard() pages.Dashboard {
	d := pages.Dashboard{Frame: signedIn(pages.InDashboard, "Dashboard", "Everything is quiet."), Environments: threeEnvironments, Projects: dashboardRows()[:2]}
	for i := range d.Projects {
		d.Projects[i].Cells[2] = pages.Cell{Unseen: true}
	}
	d.Projects[1].Cells[1] = pages.Cell{Unseen: true, Deploy: deploy("Projects-2", "2.4.1", 1)}
	return d
}

// longDashboard has names that no line can be broken in.
func longDashboard() pages.Dashboard {
	long := strings.Repeat("x", 150)
	d := pages.Dashboard{Frame: signedIn(pages.InDashboard, "Dashboard", "2 deployments are scheduled."), Environments: slices.Clone(threeEnvironments), Projects: dashboardRows()[2:4]}
	d.Environments[2].Name, d.Projects[0].Name = long, long
	d.Projects[1].Cells[0].Version = "1.0.0-" + long
	d.Projects[0].Cells[2].Beside.Version = "1.0.0-" + long
	return d
}

func wideDashboard() pages.Dashboard {
	names := []string{"Dev", "Integration", "Test", "Acceptance", "Performance", "Staging", "Prod North", "Prod South"}
	d := pages.Dashboard{Frame: signedIn(pages.InDashboard, "Dashboard", "Everything is quiet.")}
	row := pages.ProjectRow{ID: "Projects-1", Name: "Random Quotes"}
	for i, n := range names {
		d.Environments = append(d.Environments, pages.Environment{ID: n, Name: n})
		version := "1.0.9"
		if i > 3 {
			version = "1.0.7"
		}
		row.Cells = append(row.Cells, pages.Cell{Version: version, DeploymentID: "Deployments-" + n, State: pages.Succeeded, When: at("yesterday", "2026-11-19 16:40:10"), Who: "by Ada Lovelace"})
	}
	d.Projects = []pages.ProjectRow{row}
	return d
}
