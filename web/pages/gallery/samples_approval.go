package main

import (
	"github.com/a-h/templ"

	"slipway/web/pages"
)

func approvalSamples() []sample {
	inbox := signedIn(pages.InApprovals, "Approvals", "4 decisions wait for you; somebody else has taken 1 of them on.")
	idle := signedIn(pages.InApprovals, "Approvals", "")
	idle.Viewer.Approvals = 0
	answer := sampleAnswer()
	wrong := answer
	wrong.Wants, wrong.Note, wrong.TriesLeft = "reject", "The quote of the day is missing.", "3 tries left"
	wrong.Problems = []pages.Problem{{Field: "code", Text: "This is not the code from the mail."}}
	held := answer
	held.Taken = &pages.Taken{Who: "Stella Maris", Since: at("since 20 Nov, 09:12", "2026-11-20 09:12:44")}
	return []sample{
		{Name: "approvals", Page: pages.ApprovalsPage(pages.Approvals{Frame: inbox, Items: sampleInbox(), Made: sampleMade()})},
		{Name: "queue", Page: pages.QueuePage(sampleQueue())},
		{Name: "queue-empty", Page: pages.QueuePage(pages.Queue{Frame: sampleQueue().Frame})},
		{Name: "approvals-empty", Page: pages.ApprovalsPage(pages.Approvals{Frame: idle})},
		{Name: "answer", Page: pages.AnswerPage(answer)},
		{Name: "answer-held", Page: pages.AnswerPage(held)},
		{Name: "answer-wrong", Page: pages.AnswerPage(wrong)},
		{Name: "answer-approved", Page: outcome(pages.Approved, "You approved it just now.")},
		{Name: "answer-rejected", Page: outcome(pages.Rejected, "You rejected it just now.")},
		{Name: "answer-used", Page: outcome(pages.AlreadyUsed, "Grace Hopper approved it on 2026-11-20 at 14:12 CET.")},
		{Name: "answer-expired", Page: outcome(pages.Expired, "It was over on 2026-11-27 at 14:05 CET.")},
		{Name: "answer-dead", Page: outcome(pages.Dead, "")},
		{Name: "answer-cancelled", Page: outcome(pages.CalledOff, "Ada Lovelace cancelled it on 2026-11-20 at 14:20 CET.")},
		{Name: "answer-disabled", Page: outcome(pages.NoAccount, "The account grace is disabled.")},
		{Name: "answer-others", Page: outcome(pages.OnlyOthers, "You have caused Deployments-17 (RandomQuotes pushed by grace) and cannot answer Sign off.")},
		{Name: "answer-replaced", Page: outcome(pages.Replaced, "")},
		{Name: "answer-unknown", Page: pages.AnswerResultPage(pages.AnswerResult{Frame: stranger("", ""), Outcome: pages.NoSuchQuestion})},
		{Name: "mails", Page: pages.HeldMailsPage(pages.HeldMails{Frame: signedIn(pages.InMail, "Held mail", "2 mails are kept here for reading; nobody has got them."), Settings: pages.SettingsPath, Items: []pages.HeldMailItem{
			{ID: "3", From: "slipway@example.org", To: "grace@example.org", Subject: "Approve 1.0.9 to Test? Random Quotes", When: at("2 min ago", "2026-11-20 14:05:51")},
			{ID: "2", From: "slipway@example.org", To: "team@example.org", Subject: "Random quotes deployment status", When: at("Tuesday", "2026-11-17 09:12:01")},
		}})},
		{Name: "mails-empty", Page: pages.HeldMailsPage(pages.HeldMails{Frame: signedIn(pages.InMail, "Held mail", "Mails are kept here for reading, and sent to nobody."), Settings: pages.SettingsPath})},
		{Name: "mail", Page: pages.HeldMailPage(sampleMail())},
	}
}

func sampleBrief() *pages.Brief {
	return &pages.Brief{
		Replaces: "1.0.7", Notes: "<h3>What is new</h3><ul><li>The quote of the day is back.</li><li>Longer quotes <strong>wrap</strong>.</li></ul>",
		Packages: []pages.BriefPackage{
			{Name: "RandomQuotes", Version: "1.0.9", Was: "1.0.7", More: "and 2 more commits", Commits: []pages.BriefCommit{
				{Short: "f00dfeed", Message: "Wrap longer quotes", Author: "Grace Hopper", Address: "https://github.com/example/random-quotes/commit/f00dfeed"},
				{Short: "0badcafe", Message: "Bring the quote of the day back", Author: "Ada Lovelace"},
			}},
			{Name: "RandomQuotes.Assets", Version: "2.1.0", Same: true},
		},
	}
}

func sampleSignOff(id, version, environment string) *pages.SignOff {
	return &pages.SignOff{
		ID: id, Step: "Deployment Sign Off", Version: version, Environment: environment, MayAnswer: true, FromInbox: true,
		Instructions: "Open the application and confirm it meets all the requirements.", Asked: []string{"Project Stakeholders"},
	}
}

// sampleInbox has a question that nobody has, one of mine, one of somebody else's,
// and a choice.
func sampleInbox() []pages.ApprovalItem {
	free, mine, theirs := sampleSignOff("Deployments-52.1", "1.0.9", "Test"), sampleSignOff("Deployments-49.0", "2.5.0", "Prod"), sampleSignOff("Deployments-47.1", "1.0.8", "Prod")
	free.Approved, free.Until, free.Else = "1 of 2 have approved: Stella Maris.", at("Fri 27 Nov 14:05", "2026-11-27 14:05:51"), "(then it counts as rejected)"
	mine.Taken = &pages.Taken{Who: "Grace Hopper", Since: at("since 20 Nov, 13:50", "2026-11-20 13:50:02"), Mine: true}
	theirs.Taken = &pages.Taken{Who: "Stella Maris", Since: at("since 20 Nov, 09:12", "2026-11-20 09:12:44"), Note: "Ada is away until Monday."}
	return []pages.ApprovalItem{
		{DeploymentID: "Deployments-52", Project: "Random Quotes", Version: "1.0.9", Environment: "Test", Asked: at("2 min ago", "2026-11-20 14:05:51"), Who: "by Ada Lovelace", SignOff: free, Brief: sampleBrief()},
		{DeploymentID: "Deployments-49", Project: "Harbour Office", Version: "2.5.0", Environment: "Prod", Asked: at("yesterday", "2026-11-19 18:00:00"), Who: "by itself, HarbourOffice 2.5.0", SignOff: mine, Brief: &pages.Brief{There: "No deployment has succeeded here yet; 2.4.0 is installed on office-1 by Deployments-41 (failed).", Packages: []pages.BriefPackage{{Name: "HarbourOffice", Version: "2.5.0"}}}},
		{DeploymentID: "Deployments-47", Project: "Random Quotes", Version: "1.0.8", Environment: "Prod", Asked: at("yesterday", "2026-11-19 17:00:00"), Who: "by Ada Lovelace", SignOff: theirs, Brief: &pages.Brief{Replaces: "1.0.9", Older: true, Packages: []pages.BriefPackage{{Name: "RandomQuotes", Version: "1.0.8", Was: "1.0.9"}}}},
		{DeploymentID: "Deployments-46", Project: "Harbour Office", Version: "2.4.9", Environment: "Test", Asked: at("Wednesday", "2026-11-18 18:00:00"), Who: "by Ada Lovelace", Step: "Deploy web app", Text: "Nobody knows how it ended on web-2: choose what becomes of it."},
	}
}

func sampleMade() []pages.DecisionMade {
	return []pages.DecisionMade{
		{DeploymentID: "Deployments-41", Project: "Random Quotes", Version: "1.0.7", Environment: "Prod", Step: "Deployment Sign Off", Approved: true, Note: "Looks good on all three.", Via: "by mail link", When: at("Tuesday", "2026-11-17 09:12:01")},
		{DeploymentID: "Deployments-40", Project: "Random Quotes", Version: "1.0.6", Environment: "Prod", Step: "Deployment Sign Off", Note: "The quote of the day is missing.", Via: "on the page", When: at("Monday", "2026-11-16 16:40:09")},
	}
}

func outcome(o pages.Outcome, detail string) templ.Component {
	return pages.AnswerResultPage(pages.AnswerResult{Frame: stranger("", ""), Outcome: o, What: "Random Quotes 1.0.9 to Test, step Deployment Sign Off", Detail: detail, DeploymentID: "Deployments-52"})
}

func sampleAnswer() pages.Answer {
	return pages.Answer{
		Frame: stranger("Random Quotes 1.0.9 to Test", "It waits for your decision."),
		Token: "tok", Step: "Deployment Sign Off", Person: "Grace Hopper", Wants: "approve", Version: "1.0.9", Environment: "Test", Brief: sampleBrief(),
		Instructions: "Open the application and confirm it meets all the requirements.",
		Facts: []pages.Fact{
			{Label: "Project", Text: "Random Quotes"}, {Label: "Release", Text: "1.0.9", Code: true}, {Label: "Environment", Text: "Test"}, {Label: "Where", Text: "2 hosts: web-1, web-2"},
			{Label: "Started by", Text: "Ada Lovelace"}, {Label: "Answer until", Text: "Fri 27 Nov 2026, 14:05", Exact: "2026-11-27 14:05:51 CET"}, {Label: "Plan", Text: sampleHash, Code: true},
		},
	}
}

func sampleMail() pages.HeldMail {
	return pages.HeldMail{
		Frame: signedIn(pages.InMail, "Approve 1.0.9 to Test? Random Quotes", "Kept here for reading. Nobody has got it.", pages.Crumb{Text: "Held mail", Path: "/mail"}),
		ID:    "3", From: "slipway@example.org", To: "grace@example.org", Subject: "Approve 1.0.9 to Test?", When: at("2 min ago", "2026-11-20 14:05:51"), HasHTML: true,
		Text: "Random Quotes 1.0.9 is in Test and waits for your word.\n\nOpen the application and confirm it meets all the requirements.\n\nApprove: https://slipway.example.org/answer/4yXK…?wants=approve\nReject:  https://slipway.example.org/answer/4yXK…?wants=reject\nCode:    718 204\n\nAnswer until Friday, 27 November 2026, 14:05 CET.",
	}
}

// sampleMailHTML stands for what a mail's own HTML part may look like.
const sampleMailHTML = `<!doctype html><html lang="en"><body style="margin:0;padding:24px;background:#fbfaf7;color:#17222b;font:16px/1.5 sans-serif">
<h1 style="font-size:22px;margin:0 0 12px">Approve 1.0.9 to Test?</h1>
<p>Random Quotes 1.0.9 is in Test and waits for your word.</p>
<p>Open the application and confirm it meets all the requirements.</p>
<p><a href="https://slipway.example.org/answer/4yXK" style="display:inline-block;padding:10px 20px;background:#0b5a63;color:#fff">Approve</a></p>
<p>Code: <b>718 204</b></p></body></html>
`

func sampleQueue() pages.Queue {
	return pages.Queue{
		Frame: signedIn(pages.InQueue, "Queue", "One deployment at a time is carried out for each project and environment."),
		Places: []pages.QueuePlace{
			{ProjectID: "Projects-1", Project: "Random Quotes", Environment: "Test", Policy: "One that a newer release waits behind is left out.", Rows: []pages.QueueRow{
				{ID: "Deployments-52", Version: "1.0.9", State: pages.Running, Stands: "has the place", Sentence: "Step 1 of 3, Deploy web app to Nginx, runs on 2 of 12 hosts; 7 are done.", Since: at("2 min ago", "2026-11-20 14:05:51"), Who: "by Ada Lovelace"},
				{ID: "Deployments-53", Version: "1.0.10", State: pages.Queued, Stands: "1st in the queue", Since: at("1 min ago", "2026-11-20 14:06:51"), Who: "by itself, RandomQuotes 1.0.10"},
				{ID: "Deployments-50", Version: "1.0.8", State: pages.Waiting, Stands: "needs no place while people think", Sentence: "Deployment Sign Off waits for one of Project Stakeholders. Other deployments may go to Test meanwhile.", Since: at("yesterday", "2026-11-19 14:06:51"), Who: "by Ada Lovelace"},
			}},
			{ProjectID: "Projects-2", Project: "Harbour Office", Environment: "Prod", Rows: []pages.QueueRow{
				{ID: "Deployments-54", Version: "2.5.0", State: pages.Scheduled, Stands: "scheduled for 1 Dec 2026, 22:00 UTC", Since: at("1 min ago", "2026-11-20 14:06:51"), Who: "by Grace Hopper"},
			}},
		},
	}
}
