package main

import "slipway/web/pages"

// base makes the links of a sample work from its own folder.
const base = "."

// stranger is the frame of a page for somebody who is not signed in.
func stranger(title, sentence string) pages.Frame {
	return pages.Frame{Base: base, Title: title, Sentence: sentence}
}

// signedIn is the frame of a page for Ada, for whom two decisions wait.
func signedIn(section pages.Section, title, sentence string, crumbs ...pages.Crumb) pages.Frame {
	return pages.Frame{
		Base: base, Title: title, Sentence: sentence, Section: section, Crumbs: crumbs, Zone: "Europe/Berlin (CET)",
		Viewer: &pages.Viewer{Name: "ada", Display: "Ada Lovelace", Approvals: 2, Packages: true, Targets: true, Library: true, People: true, HeldMail: true, KeptEvents: true},
	}
}

func entrySamples() []sample {
	setUp := stranger("Set up Slipway", "This link works once. It makes the first administrator.")
	signIn := stranger("Sign in", "")
	return []sample{
		{Name: "setup", Page: pages.SetUpPage(pages.SetUp{Frame: setUp, Token: "k3v9"})},
		{Name: "setup-problems", Page: pages.SetUpPage(pages.SetUp{Frame: setUp, Token: "k3v9", Name: "ada", Display: "Ada Lovelace", Mail: "ada", Problems: []pages.Problem{
			{Field: "mail", Text: "“ada” is no mail address: it needs a name, an @ and a domain."},
			{Field: "again", Text: "The two passwords differ. Type the same one twice."},
		}})},
		{Name: "signin", Page: pages.SignInPage(pages.SignIn{Frame: signIn, Next: "/deployments/Deployments-42"})},
		{Name: "signin-problem", Page: pages.SignInPage(pages.SignIn{Frame: signIn, Name: "ada", Next: "/", Problems: []pages.Problem{
			{Text: "Name and password do not belong together. After five tries, wait a minute before the next."},
		}})},
		{Name: "message-error", Page: pages.MessagePage(pages.Message{
			Frame:     signedIn("", "The page could not be made", ""),
			What:      "Reading deployment Deployments-42 did not work.",
			Why:       "The store did not answer within 5 s.",
			Now:       "Nothing was changed. Load the page again in a moment; if it stays, tell your administrator the reference.",
			Path:      "/deployments/Deployments-42",
			PathText:  "Load the page again",
			Reference: "7f3c-19ab",
		})},
		{Name: "message-setup", Page: pages.MessagePage(pages.Message{
			Frame:   stranger("Slipway is not set up yet", ""),
			What:    "The first administrator is made by a one-time link.",
			Why:     "Until then no page and no API answers, so that nobody else can be first.",
			Now:     "Whoever runs this server gets the link with:",
			Command: "slipway init --data /var/lib/slipway",
		})},
		{Name: "not-found", Page: pages.NotFoundPage(signedIn("", "Not found", ""))},
	}
}
