package main

import "slipway/web/pages"

func settingsSamples() []sample {
	return []sample{
		{Name: "settings", Page: pages.SettingsPage(sampleSettings())},
		{Name: "settings-none", Page: pages.SettingsPage(sampleNoServer())},
		{Name: "settings-wrong", Page: pages.SettingsPage(sampleWrongServer())},
		{Name: "settings-outage", Page: pages.SettingsPage(sampleOutage())},
		{Name: "settings-aws", Page: pages.SettingsPage(sampleSES())},
	}
}

func sampleSettings() pages.Settings {
	return pages.Settings{
		Frame: signedIn(pages.InSettings, "Settings", ""),
		Mail: pages.MailSettings{
			State: pages.Succeeded, Stands: "Mails go out through smtp.example.org, port 587, with STARTTLS.",
			Facts: []pages.Fact{{Label: "Sender", Text: `"Slipway" <deploy@example.org>`}, {Label: "Changed", Text: "Tuesday by ada", Exact: "2026-11-17 09:12:01 CET"}},
			Form:  &pages.MailForm{Host: "smtp.example.org", Port: "587", Security: "starttls", User: "deploy", PasswordSet: true, From: "deploy@example.org", FromName: "Slipway", Revision: 3},
			Test: &pages.MailTest{To: "ada@example.org", Result: &pages.MailTestResult{OK: true, Sentence: "The server has taken the mail to ada@example.org. Whether it arrives is its word from here on.", Lines: []pages.MailTestLine{
				{Who: "note", Text: "connected to 192.0.2.25:587"},
				{Who: "server", Text: "220 smtp.example.org ESMTP"},
				{Who: "us", Text: "EHLO localhost"},
				{Who: "server", Text: "250 smtp.example.org"},
				{Who: "server", Text: "250 STARTTLS"},
				{Who: "us", Text: "STARTTLS"},
				{Who: "server", Text: "220 2.0.0 Ready to start TLS"},
				{Who: "note", Text: "TLS 1.3, certificate of smtp.example.org, valid until 2027-03-01"},
				{Who: "us", Text: "(what proves who we are)"},
				{Who: "server", Text: "235 2.7.0 Authentication succeeded"},
				{Who: "us", Text: "MAIL FROM:<deploy@example.org>"},
				{Who: "server", Text: "250 2.1.0 Ok"},
				{Who: "us", Text: "RCPT TO:<ada@example.org>"},
				{Who: "server", Text: "250 2.1.5 Ok"},
				{Who: "us", Text: "DATA"},
				{Who: "server", Text: "354 End data with <CR><LF>.<CR><LF>"},
				{Who: "us", Text: "(the mail, 612 bytes)"},
				{Who: "server", Text: "250 2.0.0 Ok: queued as 4F1C2D3"},
			}}},
		},
		Server: []pages.Fact{{Label: "Address", Text: "https://deploy.example.org/slipway"}, {Label: "Version", Text: "0.7.0", Code: true}, {Label: "Data", Text: "/var/lib/slipway", Code: true}},
		Links:  []pages.SettingsLink{{Text: "Feeds", Path: pages.FeedsPath, What: "where packages lie outside of Slipway"}, {Text: "Sign-in", Path: pages.SignInSettingsPath, What: "identity providers, and CI without a stored key"}},
	}
}

func sampleNoServer() pages.Settings {
	v := sampleSettings()
	v.Mail = pages.MailSettings{State: pages.Waiting, Stands: "Mails are kept here for reading, and sent to nobody: there is no mail server yet.", Form: &pages.MailForm{}, Test: &pages.MailTest{To: "ada@example.org"}}
	v.Links = append(v.Links, pages.SettingsLink{Text: "Held mail", Path: pages.MailPath, What: "what was kept for reading instead of sent"})
	return v
}

func sampleWrongServer() pages.Settings {
	v := sampleSettings()
	form := *v.Mail.Form
	form.Security, form.Host, form.Port = "plain", "smtp.example.org:25", "25"
	form.Warning = "Without TLS everybody between here and smtp.example.org can read the mails, with their sign-off links and codes."
	form.Problems = []pages.Problem{
		{Field: "host", Text: "The host is a name like smtp.example.org, without port and without ://; got \"smtp.example.org:25\"."},
		{Field: "security", Text: "Without TLS the password of deploy could be read on the way to smtp.example.org: choose STARTTLS or TLS, or no user."},
	}
	v.Mail.Form = &form
	v.Mail.Test = &pages.MailTest{To: "ada", Problems: []pages.Problem{{Field: "to", Text: "A test mail goes to one address, like ada@example.org."}}}
	return v
}

func sampleOutage() pages.Settings {
	v := sampleSettings()
	why := "Mail server smtp.example.org: not now: nobody listens at smtp.example.org:587: look at host and port, and whether the server runs."
	v.Mail.State, v.Mail.Stands = pages.Failed, v.Mail.Stands+" 2 mails wait: they are tried again until the server takes them."
	v.Mail.Waiting = []pages.MailTrouble{
		{To: "grace@example.org", Subject: "Sign-off needed: Random Quotes 1.0.9 to Prod", DeploymentID: "Deployments-52", When: at("20 min ago", "2026-11-20 13:45:51"), Tried: "tried 9 times, the last 4 min ago", Why: why},
		{To: "team@example.org", Subject: "Random quotes deployment status", DeploymentID: "Deployments-51", When: at("1 h ago", "2026-11-20 13:05:51"), Tried: "tried 12 times, the last 10 min ago", Why: why},
	}
	v.Mail.Failures = []pages.MailTrouble{{To: "nobody@example.org", Subject: "Random quotes deployment status", DeploymentID: "Deployments-41", When: at("Tuesday", "2026-11-17 09:12:01"), Why: "Mail to nobody@example.org was refused: recipient nobody@example.org: 550 5.1.1 no such user."}}
	v.Mail.Test = &pages.MailTest{To: "ada@example.org", Result: &pages.MailTestResult{Sentence: why}}
	return v
}

func sampleSES() pages.Settings {
	v := sampleSettings()
	v.Mail = pages.MailSettings{State: pages.Succeeded, Stands: "Mails go out through Amazon SES.", Facts: []pages.Fact{{Label: "Set by", Text: "the stack's parameter MailFrom"}, {Label: "Sender", Text: "Slipway <deploy@example.org>"}}}
	v.Server[2].Text = "table slipway, bucket slipway-packages"
	return v
}
