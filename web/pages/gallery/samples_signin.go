package main

import (
	"strings"

	"slipway/web/pages"
)

// signInSamples are the pages of signing in, and of one's own account.
func signInSamples() []sample {
	frame := func(title, sentence string) pages.Frame { return stranger(title, sentence) }
	ways := []pages.Way{{ID: "gitlab", Name: "Acme GitLab", Linked: true, As: "ada@example.org"}, {ID: "entra", Name: "Entra"}}
	offer := &pages.Offer{Secret: strings.Repeat("GEZDGNBV", 4), Groups: []string{"GEZD", "GNBV", "GY3T", "QOJQ", "GEZD", "GNBV", "GY3T", "QOJQ"}, Size: 25}
	for y := range 25 {
		for x := range 25 {
			if (x*7+y*13+x*y)%3 == 0 {
				offer.Dots = append(offer.Dots, pages.Dot{X: x, Y: y})
			}
		}
	}
	profile := pages.Profile{
		Frame: signedIn(pages.InProfile, "Profile", "What belongs to you: name, password, and where you are signed in."), Username: "ada", Display: "Ada Lovelace", Mail: "ada@example.org",
		HasPassword: true, Factor: pages.FactorState{On: true, Since: pages.Moment{Text: "12 Oct", Exact: "2026-10-12 09:14:00 UTC"}, Recovery: 9}, Ways: ways,
		Sessions: []pages.SessionRow{
			{ID: "Sessions-1", Browser: "Firefox on Linux", Address: "192.0.2.1", Begun: pages.Moment{Text: "2 h ago", Exact: "2026-11-22 12:00:00 UTC"}, Seen: pages.Moment{Text: "just now", Exact: "2026-11-22 14:00:00 UTC"}, Expires: pages.Moment{Text: "in 7 d", Exact: "2026-11-29 12:00:00 UTC"}, Here: true},
			{ID: "Sessions-2", Browser: "Safari on iPhone", Address: "2001:db8:1:2::/64", Begun: pages.Moment{Text: "Monday", Exact: "2026-11-16 08:00:00 UTC"}, Seen: pages.Moment{Text: "yesterday", Exact: "2026-11-21 20:00:00 UTC"}, Expires: pages.Moment{Text: "in 1 d", Exact: "2026-11-23 08:00:00 UTC"}},
		},
	}
	wrong, first, hostile := profile, profile, profile
	wrong.Form, wrong.Problems = "password", []pages.Problem{{Field: "old", Text: "This is not your password now."}}
	first.Factor, first.Ways, first.Sessions, first.Done = pages.FactorState{}, nil, profile.Sessions[:1], "Saved."
	hostile.Display, hostile.Written, hostile.Folder = strings.Repeat("Ж<script>alert(1)</script>\u202e", 18), true, "production"
	return []sample{
		{Name: "signin-providers", Page: pages.SignInPage(pages.SignIn{Frame: frame("Sign in", ""), Next: "/", Forgot: true, Providers: ways})},
		{Name: "signin-second", Page: pages.SecondPage(pages.Second{Frame: frame("Second step", "Signing in as ada."), Next: "/"})},
		{Name: "signin-second-problem", Page: pages.SecondPage(pages.Second{Frame: frame("Second step", "Signing in as ada."), Next: "/", Problems: []pages.Problem{{Field: "code", Text: "The code is wrong, or was used before: wait for the next one."}}})},
		{Name: "signin-second-required", Page: pages.SecondPage(pages.Second{Frame: frame("Second step", "Signing in as ada."), Next: "/", SetUp: true})},
		{Name: "signin-second-setup", Page: pages.SecondPage(pages.Second{Frame: frame("Second step", "Signing in as ada."), Next: "/", SetUp: true, Offer: offer})},
		{Name: "signin-leadout", Page: pages.LeadOutPage(pages.LeadOut{Frame: frame("One moment", "Your identity provider asks who you are."), Address: base + "/authorize", Host: "gitlab.example.org"})},
		{Name: "forgot", Page: pages.ForgotPage(pages.Forgot{Frame: frame("Forgot your password?", "")})},
		{Name: "invitation", Page: pages.TicketPage(pages.Ticket{Frame: frame("Welcome, Nina Newcomer", "Choose a password, and you are in."), Path: "/invitation/k3v9", Username: "nina"})},
		{Name: "reset-problem", Page: pages.TicketPage(pages.Ticket{Frame: frame("Choose a new password", ""), Path: "/reset/k3v9", Username: "nina", Problems: []pages.Problem{{Field: "again", Text: "The two passwords differ: type the same one twice."}}})},
		{Name: "profile", Page: pages.ProfilePage(profile)},
		{Name: "profile-new", Page: pages.ProfilePage(first)},
		{Name: "profile-wrong", Page: pages.ProfilePage(wrong)},
		{Name: "profile-hostile", Page: pages.ProfilePage(hostile)},
		{Name: "profile-enrol", Page: pages.EnrolPage(pages.Enrol{Frame: signedIn(pages.InProfile, "Set up a second factor", ""), Offer: offer})},
		{Name: "profile-recovery", Page: pages.RecoveryPage(pages.Recovery{Frame: signedIn(pages.InProfile, "Recovery codes", ""), Codes: []string{"k7m2-qx4b-6ttc-mz2h-wq7e-p3dn", "a2b3-c4d5-e6f7-g2h3-j4k5-l6m7"}, Next: "/profile"})},
		{Name: "settings-sign-in", Page: pages.SignInSettingsPage(pages.SignInSettings{
			Frame: signedIn(pages.InSettings, "Signing in", "How people and builds prove who they are."), SecondFactor: "administrators", Accounts: []string{"ci"},
			Providers: []pages.ProviderRow{{ID: "gitlab", Name: "Acme GitLab", Issuer: "https://gitlab.example.org"}, {ID: "entra", Name: "Entra", Issuer: "https://login.microsoftonline.com/7c1f/v2.0", Off: true}},
			Provider:  pages.ProviderForm{Redirect: "https://deploy.example.org/signin/oidc/ID/callback"},
			Trusts:    []pages.TrustRow{{ID: "Trusts-1", Account: "ci", Issuer: "https://token.actions.githubusercontent.com", Subject: "repo:acme/random-quotes:ref:refs/heads/main", Audience: "https://deploy.example.org", Minutes: 15}},
		})},
		{Name: "settings-sign-in-problem", Page: pages.SignInSettingsPage(pages.SignInSettings{
			Frame: signedIn(pages.InSettings, "Signing in", "How people and builds prove who they are."), Form: "provider", Problems: []pages.Problem{{Text: "The identity provider gitlab.example.org could not be asked: no such host."}},
			Provider: pages.ProviderForm{ID: "gitlab", Name: "Acme GitLab", Issuer: "https://gitlab.example.org", ClientID: "slipway", HasSecret: true, There: true, NewUsers: true, Groups: "ops = Production Deployers\n", Redirect: "https://deploy.example.org/signin/oidc/gitlab/callback"},
		})},
	}
}
