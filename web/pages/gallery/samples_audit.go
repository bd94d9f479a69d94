package main

import "slipway/web/pages"

func auditSamples() []sample {
	some := pages.Audit{
		Frame: signedIn(pages.InAudit, "Audit", "Who did what, when, and from where."),
		Filter: pages.AuditFilter{
			Kinds:        []pages.AuditOption{{Value: "sign-in", Text: "Signing in and out"}, {Value: "configuration", Text: "Changes of configuration"}, {Value: "deployment", Text: "Deployments"}},
			People:       []pages.AuditOption{{Value: "ada", Text: "Ada Lovelace"}, {Value: "internaldeployer", Text: "Ida Internal"}},
			Projects:     []pages.AuditOption{{Value: "Random Quotes", Text: "Random Quotes"}},
			Environments: []pages.AuditOption{{Value: "Dev", Text: "Dev"}, {Value: "Prod", Text: "Prod"}},
		},
		Rows: []pages.AuditRow{
			{ID: "e3", At: at("2 min ago", "2026-11-20 14:05:20"), What: "Refused", Message: "Refused POST /v1/deployments: internaldeployer needs the permission DeploymentCreate in project \"Random Quotes\" for environment \"Prod\".", Who: "internaldeployer", Via: "on the page", From: "192.0.2.7", Place: "Random Quotes, Prod", About: "internaldeployer", AboutPath: "/users/Users-4", History: "subject=Users-4", Refused: true, Facts: []pages.Fact{{Label: "Permission", Text: "DeploymentCreate"}, {Label: "Chain", Text: "Users-4, entry 12"}, {Label: "Hash", Text: sampleHash, Code: true}}},
			{ID: "e2", At: at("6 min ago", "2026-11-20 14:01:20"), What: "Changed", Message: "Changed project Random Quotes.", Who: "ada", Via: "by API key", From: "192.0.2.8", Place: "Random Quotes", About: "Random Quotes", AboutPath: "/projects/Projects-1", History: "subject=Projects-1", Lines: []pages.AuditDiffLine{{Text: "variables:"}, {Sign: "-", Text: "{ name: Nginx Port, value: 8081, environments: [Dev] }"}, {Sign: "+", Text: "{ name: Nginx Port, value: 9081, environments: [Dev] }"}}, Facts: []pages.Fact{{Label: "Chain", Text: "Projects-1, entry 3"}}},
			{ID: "e1", At: at("yesterday", "2026-11-19 14:01:20"), What: "Deployment queued", Message: "Deploy Random Quotes 1.0.7 to Dev.", Who: "system", Via: "trigger: package RandomQuotes pushed by ada", Place: "Random Quotes, Dev", About: "Deployments-7", AboutPath: "/deployments/Deployments-7", History: "subject=Deployments-7", Facts: []pages.Fact{{Label: "Chain", Text: "none: it was written before there were chains"}}},
		},
		Older: "/audit?after=x",
	}
	auditor := *some.Viewer
	auditor.Audit = true
	some.Viewer = &auditor
	none, short, wrong := some, some, some
	none.Rows, none.Older = nil, ""
	short.Rows, short.Short, short.Query, short.First = nil, "Looked back to 3 Oct 2026, 12:00 UTC.", "text=payroll", "/audit?text=payroll"
	short.Filter.Text, short.Filter.Any, short.Filter.Subject = "payroll", true, "Projects-1"
	wrong.Rows, wrong.Older = nil, ""
	wrong.Filter.Since, wrong.Filter.Any = "yesterday", true
	wrong.Problems = []pages.Problem{{Field: "since", Text: "This is a day like 2026-03-01 or a moment like 2026-03-01T12:00:00Z."}}
	return []sample{
		{Name: "audit", Page: pages.AuditPage(some)},
		{Name: "audit-empty", Page: pages.AuditPage(none)},
		{Name: "audit-short", Page: pages.AuditPage(short)},
		{Name: "audit-wrong", Page: pages.AuditPage(wrong)},
	}
}
