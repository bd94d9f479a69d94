package main

import "slipway/web/pages"

func keptSamples() []sample {
	list := func(problems ...pages.Problem) pages.KeptEvents {
		return pages.KeptEvents{
			Frame:    signedIn(pages.InKept, "Failed events", "4 events. What AWS gave up delivering; a replay hands the same event in again."),
			Problems: problems,
			Items: []pages.KeptEvent{
				{Key: "aws/lambda/async/slipway-runner/2026/11/20/2026-11-20T14.01.20-7f3c19ab", What: `Package "RandomQuotes.1.0.9.nupkg"`, Why: "AccessDenied: the role of the runner may not call s3:GetObject on packages/*. Add the statement ReadArrivals of infra/template.yaml to it.", Tries: "After 3 tries.", When: at("6 min ago", "2026-11-20 14:01:20"), Replayable: true},
				{Key: "aws/lambda/1b2c/shardId-0001/2026-11-20T12.44.02-19ab7f3c", What: "Turns of 2 deployments", Deployments: []string{"Deployments-51", "Deployments-52"}, Why: "It failed at every try; the function's log says why, under request 8c1d2e70-52f4-4c0e-9a57-3d2f6b3c9e11.", Tries: "After 6 tries.", When: at("1 h ago", "2026-11-20 12:44:02"), Replayable: true},
				{Key: "aws/lambda/async/slipway-runner/2026/11/19/2026-11-19T16.38.00-aa11", What: "Report of attempt Deployments-44-m3x9q2.t3.1", Deployments: []string{"Deployments-44"}, Why: "It waited longer than the stack allows.", When: at("yesterday", "2026-11-19 16:38:00"), Replayable: true},
				{Key: "aws/lambda/1b2c/shardId-0001/2026-11-16T09.00.00-bb22", What: "1 change of the table that the record does not hold", Why: "It failed at every try.", Tries: "After 1 try.", When: at("Monday", "2026-11-16 09:00:00")},
			},
		}
	}
	return []sample{
		{Name: "kept", Page: pages.KeptEventsPage(list())},
		{Name: "kept-again", Page: pages.KeptEventsPage(list(pages.Problem{Text: "It failed again, and is still kept: the package RandomQuotes 1.0.9 is there already with other content."}))},
		{Name: "kept-empty", Page: pages.KeptEventsPage(pages.KeptEvents{Frame: signedIn(pages.InKept, "Failed events", "")})},
	}
}
