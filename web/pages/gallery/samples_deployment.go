package main

import (
	"fmt"
	"strings"

	"slipway/web/pages"
)

func deploymentSamples() []sample {
	return []sample{
		{Name: "deployment-waiting", Page: pages.DeploymentPage(waitingDeployment())},
		{Name: "deployment-running", Page: pages.DeploymentPage(runningDeployment())},
		{Name: "deployment-failed", Page: pages.DeploymentPage(withArtifacts(failedDeployment()))},
		{Name: "deployment-queued", Page: pages.DeploymentPage(queuedDeployment())},
		{Name: "deployment-scheduled", Page: pages.DeploymentPage(scheduledDeployment())},
		{Name: "deployment-succeeded", Page: pages.DeploymentPage(succeededDeployment())},
		{Name: "deployment-values", Page: pages.ValuesUsedPage(sampleValuesUsed())},
		{Name: "deployment-questions", Page: pages.DeploymentPage(askingDeployment())},
		{Name: "deployment-cancelling", Page: pages.DeploymentPage(cancellingDeployment())},
		{Name: "deployment-unknown", Page: pages.DeploymentPage(unknownDeployment())},
		{Name: "deployment-choice", Page: pages.DeploymentPage(choosingDeployment())},
		{Name: "deployment-retry", Page: pages.DeploymentPage(retriableDeployment())},
		{Name: "deployment-large", Page: pages.DeploymentPage(largeDeployment())},
		{Name: "deployment-find", Page: pages.DeploymentPage(searchedDeployment())},
		{Name: "deployment-live", Page: pages.DeploymentLivePart(liveAnswer()), Fragment: true},
	}
}

func deploymentFrame(title string) pages.Frame {
	return signedIn(pages.InDashboard, title, "", pages.Crumb{Text: "Dashboard", Path: "/"}, pages.Crumb{Text: "Random Quotes", Path: "/projects/Projects-1"}, pages.Crumb{Text: "1.0.9", Path: "/projects/Projects-1/releases/1.0.9"})
}

func sampleFacts() []pages.Fact {
	return []pages.Fact{
		{Label: "Release", Text: "1.0.9", Code: true, Path: "/projects/Projects-1/releases/1.0.9"},
		{Label: "Environment", Text: "Test"},
		{Label: "Started", Text: "2 min ago", Exact: "2026-11-20 14:05:40 CET"},
		{Label: "By", Text: "Ada Lovelace"},
		{Label: "Cost", Text: "$0.000166", Code: true},
		{Label: "Counted", Text: "26 bucket writes, 62 table write units, 14 function calls, 29.2 GB-ms of functions, 31 table read units, 14 bucket reads and 12 commands to hosts, at the prices of us-east-1 in November 2026"},
		{Label: "Package", Text: "RandomQuotes 1.0.9", Code: true, Path: "/packages/RandomQuotes"},
		{Label: "SHA-256", Text: sampleHash, Code: true},
		{Label: "Commit", Text: "4f1c9e2d (main)", Code: true, Address: "https://github.com/OctopusSamples/RandomQuotes-Ruby/commit/4f1c9e2d07a55c6e8b13f9a0d4472c9e6b8a1f03"},
		{Label: "Build", Text: "118", Address: "https://ci.example.org/random-quotes/118"},
		{Label: "Replaces", Text: "1.0.7", Code: true},
	}
}

// tutorialGraph is the three steps of the example in the given states.
func tutorialGraph(deploy, signOff, mail pages.GraphStep) pages.Graph {
	deploy.ID, deploy.Name, deploy.Type = "deploy", "Deploy web app to Nginx", "NGINX"
	signOff.ID, signOff.Name, signOff.Type, signOff.Needs = "signoff", "Deployment Sign Off", "Approval", []string{"deploy"}
	mail.ID, mail.Name, mail.Type, mail.Needs = "mail", "Random quotes deployment status", "Mail", []string{"signoff"}
	g := pages.Graph{Steps: []pages.GraphStep{deploy, signOff, mail}}
	for i := range g.Steps {
		g.Steps[i].Path = "/deployments/Deployments-52?step=" + g.Steps[i].ID
	}
	return g
}

func hosts(states ...pages.State) []pages.GraphHost {
	var all []pages.GraphHost
	for i, s := range states {
		all = append(all, pages.GraphHost{Name: fmt.Sprintf("web-%d", i+1), State: s})
	}
	return all
}

var offerCancel = &pages.Cancel{Button: "Cancel this deployment", Question: "Running steps are stopped within a minute, then the steps that always run. What was changed on hosts stays changed."}

func waitingDeployment() pages.Deployment {
	return pages.Deployment{
		Frame: deploymentFrame("1.0.9 to Test"), ID: "Deployments-52",
		Parts: pages.DeploymentParts{
			State: pages.Waiting, Sentence: "Deployment Sign Off waits for you or another of Project Stakeholders.",
			Graph: tutorialGraph(
				pages.GraphStep{State: pages.Succeeded, Note: "11 s", Hosts: hosts(pages.Succeeded, pages.Succeeded, pages.Succeeded)},
				pages.GraphStep{State: pages.Waiting, Note: "asks Project Stakeholders"},
				pages.GraphStep{State: pages.Queued}),
			SignOffs: []pages.SignOff{{Approved: "1 of 2 have approved: Stella Stakeholder.", Else: "(then it counts as rejected)", ID: "Deployments-52.1", Step: "Deployment Sign Off", Instructions: "Open the application and confirm it meets all the requirements.", Asked: []string{"Project Stakeholders"}, Until: at("Friday 14:05", "2026-11-27 14:05:40"), MayAnswer: true}},
			Cancel:   offerCancel,
			Record:   waitingRecord(),
		},
		Facts: sampleFacts(), Log: sampleLog(), LivePath: "/deployments/Deployments-52/live?after=26&rev=4",
	}
}

func runningDeployment() pages.Deployment {
	d := waitingDeployment()
	d.Parts = pages.DeploymentParts{
		State: pages.Running, Sentence: "Step 1 of 3, Deploy web app to Nginx, runs on 2 of 12 hosts; 7 are done.",
		Graph: tutorialGraph(
			pages.GraphStep{State: pages.Running, Note: "8 s", Selected: true, Hosts: hosts(pages.Succeeded, pages.Succeeded, pages.Succeeded, pages.Succeeded, pages.Succeeded, pages.Succeeded, pages.Succeeded, pages.Running, pages.Running, pages.Queued, pages.Queued, pages.Queued)},
			pages.GraphStep{State: pages.Queued},
			pages.GraphStep{State: pages.Queued}),
		Cancel: offerCancel,
	}
	d.Log.Lines, d.Log.Total = d.Log.Lines[:15], "25 lines"
	d.Log.Filter, d.Log.All, d.Log.Later = "step Deploy web app to Nginx", "/deployments/Deployments-52", ""
	return d
}

func withArtifacts(v pages.Deployment) pages.Deployment {
	v.Parts.Artifacts = []pages.Artifact{
		{Name: "unicorn.log", Path: "/deployments/Deployments-49/artifacts/1", Size: "12 kB", From: "Deploy web app to Nginx on web-1"},
		{Name: "a-report-with-a-rather-long-name.html", Path: "/deployments/Deployments-49/artifacts/2", Size: "1.2 MB", From: "Deploy web app to Nginx on web-2"},
		{Name: "core.dump", From: "Deploy web app to Nginx on web-2", Missing: "It is larger than 100 MB."},
	}
	return v
}

func failedDeployment() pages.Deployment {
	d := waitingDeployment()
	d.Parts = pages.DeploymentParts{
		State: pages.Failed, Sentence: "Deploy web app to Nginx failed on web-2: nginx -t refused the new configuration. The former one is back.",
		Graph: tutorialGraph(
			pages.GraphStep{State: pages.Failed, Note: "9 s", Hosts: hosts(pages.Succeeded, pages.Failed, pages.Unknown, pages.Cancelled)},
			pages.GraphStep{State: pages.Skipped, Note: "step Deploy web app to Nginx did not succeed", Selected: true},
			pages.GraphStep{State: pages.Succeeded, Note: "1 s"}),
		Record:  failedRecord(),
		Unknown: []pages.UnknownAttempt{{Step: "Deploy web app to Nginx", Host: "web-3", Text: "the host was gone before it said how the step ended. It is asked again when it answers."}},
	}
	d.Parts.Again = deploy("Projects-1", "1.0.9", 1)
	d.LivePath = ""
	d.Log = failedLog()
	d.Log.Filter, d.Log.All, d.Log.Said = "step Deployment Sign Off", "/deployments/Deployments-52", []string{"Skipped: step Deploy web app to Nginx did not succeed."}
	return d
}

// askingDeployment waits for two people at once; an answer to the first was refused.
func askingDeployment() pages.Deployment {
	d := waitingDeployment()
	first := d.Parts.SignOffs[0]
	first.Note, first.Problems = "The quote of the day is missing.", []pages.Problem{{Text: "Press Approve or Reject: the form came without either."}}
	d.Parts.SignOffs = []pages.SignOff{first, {ID: "Deployments-52.2", Step: "Harbour master", Instructions: "Is the harbour quiet?", Asked: []string{"Harbour"}, WhyNot: "You are in none of the teams that are asked: Harbour."}}
	return d
}

func cancellingDeployment() pages.Deployment {
	d := waitingDeployment()
	d.Parts = pages.DeploymentParts{
		State: pages.Cancelling, Sentence: "Ada Lovelace cancelled it: what runs is stopped, then the steps that always run follow.",
		Graph: tutorialGraph(
			pages.GraphStep{State: pages.Running, Note: "since 14:05:40", Hosts: hosts(pages.Cancelled, pages.Running, pages.Queued)},
			pages.GraphStep{State: pages.Cancelled, Note: "the deployment was cancelled"},
			pages.GraphStep{State: pages.Queued}),
		Cancel: &pages.Cancel{Button: "End it at once", Question: "It is being cancelled already. Ending it at once also leaves out the steps that always run, and what still runs on a host may go on there."},
	}
	return d
}

func unknownDeployment() pages.Deployment {
	d := failedDeployment()
	d.Parts.State, d.Parts.Sentence = pages.Unknown, "Nobody knows how Deploy web app to Nginx ended on web-3."
	d.Parts.Graph.Steps[0].State = pages.Unknown
	d.Parts.Graph.Steps[0].Hosts = hosts(pages.Succeeded, pages.Succeeded, pages.Unknown)
	return d
}

func queuedDeployment() pages.Deployment {
	d := waitingDeployment()
	d.Frame, d.Facts = deploymentFrame("1.0.6 to Test"), nil
	d.Notes = []string{"1.0.6 is older than 1.0.7, which it replaces."}
	d.Parts = pages.DeploymentParts{
		State: pages.Queued, Sentence: "1.0.6 waits until Test is free.", Queue: "2nd in the queue, behind 1.0.8.",
		Graph:  tutorialGraph(pages.GraphStep{State: pages.Queued, Hosts: hosts(pages.Queued, pages.Queued, pages.Queued)}, pages.GraphStep{State: pages.Queued}, pages.GraphStep{State: pages.Queued}),
		Cancel: offerCancel,
	}
	d.Log = pages.Log{Empty: "No line yet. Lines appear here as hosts print them.", LogLinks: pages.LogLinks{Total: "0 lines"}}
	return d
}

func scheduledDeployment() pages.Deployment {
	d := queuedDeployment()
	d.Notes, d.Facts = nil, sampleFacts()
	d.Parts.State, d.Parts.Sentence, d.Parts.Queue = pages.Scheduled, "It is to begin on Tuesday 1 December 2026 at 22:00 UTC, if Test is free then.", ""
	return d
}

func succeededDeployment() pages.Deployment {
	d := waitingDeployment()
	d.Parts = pages.DeploymentParts{
		State: pages.Succeeded, Sentence: "1.0.9 is in Test: it took 2 min 40 s, of which 2 min 21 s were waiting for people.",
		Graph: tutorialGraph(
			pages.GraphStep{State: pages.Succeeded, Note: "11 s", Hosts: hosts(pages.Succeeded, pages.Succeeded, pages.Succeeded)},
			pages.GraphStep{State: pages.Succeeded, Note: "approved by Stella Stakeholder"},
			pages.GraphStep{State: pages.Succeeded, Note: "1 s"}),
		Record: waitingRecord(), Again: deploy("Projects-1", "1.0.9", 1),
	}
	d.Notes = []string{"Its nginx site `random-quotes-test` on web-1 was taken by Harbour Office in Test on 20 Nov 2026, 16:10 UTC."}
	d.LivePath = ""
	for i := range d.Parts.Record {
		d.Parts.Record[i].State = pages.Succeeded
	}
	return d
}

func sampleValuesUsed() pages.ValuesUsed {
	text := func(all ...pages.Piece) pages.VariableValue { return pages.VariableValue{Text: all} }
	return pages.ValuesUsed{
		Frame: signedIn(pages.InDashboard, "Values it used", "What the deployment of 1.0.9 to Test was planned with. This never changes.", pages.Crumb{Text: "Dashboard", Path: "/"}, pages.Crumb{Text: "Random Quotes", Path: "/projects/Projects-1"}, pages.Crumb{Text: "1.0.9", Path: "/projects/Projects-1/releases/1.0.9"}, pages.Crumb{Text: "to Test", Path: "/deployments/Deployments-52"}),
		Facts: sampleFacts(),
		Given: []pages.UsedValue{{Name: "Reason", Value: text(pages.Piece{Text: "the fair opens on Friday"})}},
		Own: []pages.UsedValue{
			{Name: "Database Password", Where: "every step", Value: pages.VariableValue{Secret: "db-password"}},
			{Name: "Nginx Port", Where: "every step", Value: text(pages.Piece{Text: "8082"})},
			{Name: "Nginx Port", Where: "step Deploy web app to Nginx on web-1", Value: text(pages.Piece{Text: "8092"}), Repeat: true},
			{Name: "Socket", Where: "every step", Value: text(pages.Piece{Text: "http://unix:/home/deploy/Applications/Test/RandomQuotes/1.0.9/tmp/sockets/unicorn.sock"})},
		},
		Texts: []pages.UsedText{
			{Step: "Random quotes deployment status", Path: "Subject", Value: text(pages.Piece{Text: "Random Quotes 1.0.9 is in Test"})},
			{Step: "Random quotes deployment status", Path: "Body", Value: text(pages.Piece{Text: strings.Repeat("Random Quotes 1.0.9 is in Test, and Ada Lovelace has put it there. ", 20)})},
		},
		System: []pages.UsedValue{
			{Name: "Octopus.Environment.Name", Where: "every step", Value: text(pages.Piece{Text: "Test"})},
			{Name: "Octopus.Action[Deploy web app to Nginx].Package[RandomQuotes].ExtractedPath", Where: "step Deploy web app to Nginx on web-1", Value: text(pages.Piece{Text: "/home/deploy/Applications/Test/RandomQuotes/1.0.9/" + strings.Repeat("releases/", 30)})},
		},
	}
}

func liveAnswer() pages.DeploymentLive {
	d := waitingDeployment()
	return pages.DeploymentLive{Frame: d.Frame, ID: d.ID, LivePath: "/deployments/Deployments-52/live?after=28&rev=5", Asked: at("now", "2026-11-20 14:07:40"), Parts: &d.Parts, Lines: d.Log.Lines[:2]}
}

// choosingDeployment waits for a choice about two attempts, one of which the viewer
// may not make.
func choosingDeployment() pages.Deployment {
	d := waitingDeployment()
	d.Parts.SignOffs = nil
	d.Parts.Sentence = "Deploy web app to Nginx waits for somebody to choose."
	d.Parts.Graph = tutorialGraph(
		pages.GraphStep{State: pages.Waiting, Note: "waits for a choice", Hosts: hosts(pages.Succeeded, pages.Succeeded, pages.Unknown, pages.Failed)},
		pages.GraphStep{State: pages.Queued}, pages.GraphStep{State: pages.Queued})
	d.Parts.Choices = []pages.Choice{
		{ID: "2", Step: "Deploy web app to Nginx", Host: "web-3", Attempt: 1, MayChoose: true, Text: "The attempt was interrupted (the host was restarted) and nobody can say how far it came; the last thing it said was: unpacking 1.0.9."},
		{ID: "3", Step: "Deploy web app to Nginx", Host: "web-4", Attempt: 4, Failed: true, Text: "nginx -t refused the new configuration. The former one is back.", WhyNot: "You may not deploy to Test."},
	}
	return d
}

func retriableDeployment() pages.Deployment {
	d := failedDeployment()
	d.Parts.Unknown = nil
	d.Parts.Retry = &pages.Retry{Again: []string{"Deploy web app to Nginx", "Deployment Sign Off", "Random quotes deployment status"}, Kept: []string{"Migrate the database", "Deploy web app to Nginx on web-1"}}
	return d
}
