package letters

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/pipelines"
)

var update = flag.Bool("update", false, "write the goldens anew")

func whole() SignOff {
	return SignOff{
		Project: "Random Quotes", Release: "1.0.7", Environment: "Prod", Step: "Deployment Sign Off",
		Instructions: "Open the application and confirm it meets all the requirements.",
		Where:        "1 host: web-1", Address: "https://quotes.example.org", StartedBy: "Priya Production, Sun 22 Nov 2026, 14:02 UTC",
		Approvals: "2 of Project Stakeholders must approve; Sam Stakeholder has",
		Until:     "Fri 27 Nov 2026, 14:02 UTC", Silence: "counts as rejected on Fri 27 Nov 2026, 14:02 UTC", Team: "Project Stakeholders",
		Replaces: "1.0.5", Packages: []pipelines.Selected{{Package: "RandomQuotes", Version: "1.0.7"}, {Package: "RandomQuotes.Assets", Version: "2.1.0"}},
		Changes: pipelines.Changes{From: "1.0.5", To: "1.0.7", Packages: []pipelines.PackageChange{{Package: "RandomQuotes", From: "1.0.5", To: "1.0.7", Builds: []pipelines.BuildInformation{
			{Package: "RandomQuotes", Version: "1.0.7", Type: pipelines.Git, Commits: []pipelines.Commit{{ID: "f00dfeedf00dfeedf00d", Message: "Wrap longer quotes, so that they stay inside of the frame on narrow telephones\n\nmore", Author: "Ida Internal"}}},
			{Package: "RandomQuotes", Version: "1.0.6", Type: pipelines.Git, Commits: []pipelines.Commit{{ID: "0badcafe0badcafe0bad", Message: "Bring the quote of the day back"}}},
		}}}},
		Notes:      "## What is new\n\n- The quote of the day is back.\n- Longer quotes **wrap**.",
		Comment:    "Asked for by ACME, before their fair",
		ApproveURL: "https://deploy.example.org/answer/q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k?as=approve",
		RejectURL:  "https://deploy.example.org/answer/q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k?as=reject",
		PageURL:    "https://deploy.example.org/deployments/d-4711",
		Code:       "K7M2QX",
	}
}

// hostile is what people could write into names; the letter shows it and no more.
func hostile() SignOff {
	return SignOff{
		Project: "Quotes\r\nBcc: all@example.org", Release: "1.0.7+<b>bold</b>", Environment: "Prod & Test", Step: `"quoted"`,
		StartedBy: "\u202egro.elpmaxe@ada", Team: "\u05e6\u05d5\u05d5\u05ea", Where: strings.Repeat("w\u00e4", 250), Notes: "<!-- -->\u2028</td></table>\x00",
		Packages:     []pipelines.Selected{{Package: "</p><img src=x>", Version: "1.0.7\r\nX-Header: 1"}},
		Instructions: "First <script>alert(1)</script>\r\n\r\nthen\nlook.\n",
		ApproveURL:   "https://deploy.example.org/a?x=1&y=\"2\"", RejectURL: "http://localhost:8400/b",
		Code: "K7M2QX",
	}
}

func TestSignOffLetter(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]SignOff{"whole": whole(), "hostile": hostile()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, err := s.Letter()
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name+".html", l.HTML)
			golden(t, name+".txt", "Subject: "+l.Subject+"\n\n"+l.Text)
		})
	}
}

// A reminder says that it is one, and nothing else differs.
func TestAReminderSaysSo(t *testing.T) {
	t.Parallel()
	s := whole()
	first, err := s.Letter()
	if err != nil {
		t.Fatal(err)
	}
	s.Reminder = 2
	again, err := s.Letter()
	if err != nil {
		t.Fatal(err)
	}
	if again.Subject != "Reminder: sign-off needed: "+s.what() {
		t.Errorf("subject %q", again.Subject)
	}
	for form, texts := range map[string][2]string{"text": {first.Text, again.Text}, "html": {afterHead(first.HTML), afterHead(again.HTML)}} {
		if strings.Replace(texts[1], "still waits for your decision.", "waits for your decision.", 1) != texts[0] || texts[0] == texts[1] {
			t.Errorf("the reminder's %s is\n%s", form, texts[1])
		}
	}
}

func TestChoiceLetter(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]Choice{
		"unknown": {
			Project: "Random Quotes", Release: "1.0.7", Environment: "Prod", Deployment: "Deployments-14", Step: "Deploy web app", Target: "web-1", Attempt: 2,
			Known: "host web-1 was lost in the middle and has been out of reach for 10m0s; the step may have gone on there: look at the host",
			Asked: true, PageURL: "https://deploy.example.org/deployments/Deployments-14",
		},
		"failed": {
			Project: "Quotes\r\nBcc: all@example.org", Release: "1.0.7+<b>bold</b>", Environment: "Prod & Test", Deployment: "Deployments-14", Step: `"quoted"`,
			Known: "exit code 1: <script>alert(1)</script>", Failed: true, PageURL: "http://localhost:8400/deployments/Deployments-14?x=\"1\"&y=2",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, err := c.Letter()
			if err != nil {
				t.Fatal(err)
			}
			if strings.ContainsAny(l.Subject, "\r\n") {
				t.Errorf("subject %q holds a line break", l.Subject)
			}
			for i, line := range strings.Split(l.Text, "\n") {
				if len(line) > 78 && !strings.Contains(line, "://") {
					t.Errorf("text line %d has %d characters: %s", i+1, len(line), line)
				}
			}
			for _, form := range []string{l.Text, afterHead(l.HTML)} {
				for _, want := range []string{"Retry", "Ignore", "Fail", c.Deployment} {
					if !strings.Contains(form, want) {
						t.Errorf("%q is missing in\n%s", want, form)
					}
				}
			}
			golden(t, "choice-"+name+".html", l.HTML)
			golden(t, "choice-"+name+".txt", "Subject: "+l.Subject+"\n\n"+l.Text)
		})
	}
	for _, page := range []string{"", "/deployments/1", "javascript:alert(1)"} {
		if l, err := (Choice{PageURL: page}).Letter(); err == nil {
			t.Errorf("Letter() with the page %q = %+v, want an error", page, l)
		}
	}
}

// The decision comes first, then the ways to answer, in both forms.
func TestBothFormsSayTheSameInTheSameOrder(t *testing.T) {
	t.Parallel()
	s := whole()
	l, err := s.Letter()
	if err != nil {
		t.Fatal(err)
	}
	for form, text := range map[string]string{"html": afterHead(l.HTML), "text": l.Text} {
		at := -1
		for _, want := range []string{"Random Quotes 1.0.7 to Prod", s.Instructions, "Replaces 1.0.5", "RandomQuotes", "f00dfeed", "Wrap longer quotes", "Ida Internal", "0badcafe", "RandomQuotes.Assets", "2.1.0", "Deployment Sign Off", s.Where, s.StartedBy, s.Comment, s.Approvals, s.Until, s.Silence, s.ApproveURL, s.RejectURL, "K7M 2QX", "Longer quotes", s.PageURL, s.Team} {
			i := strings.Index(text[at+1:], want)
			if i < 0 {
				t.Fatalf("%s: %q is missing, or comes too early", form, want)
			}
			at += 1 + i
		}
	}
	for form, want := range map[string]string{l.HTML: "<strong>wrap</strong>", l.Text: "- Longer quotes **wrap**."} {
		if !strings.Contains(form, want) {
			t.Errorf("the release notes are not written as %q", want)
		}
	}
}

// afterHead leaves out what only previews show.
func afterHead(html string) string { return html[strings.Index(html, "<h1"):] }

func TestSubjectIsOneLine(t *testing.T) {
	t.Parallel()
	l, err := hostile().Letter()
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(l.Subject, "\r\n") {
		t.Errorf("subject %q holds a line break", l.Subject)
	}
}

func TestLetterNobodyCouldAnswerIsRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*SignOff){
		"script":     func(s *SignOff) { s.ApproveURL = "javascript:alert(1)" },
		"path only":  func(s *SignOff) { s.RejectURL = "/answer/x" },
		"no link":    func(s *SignOff) { s.RejectURL = "" },
		"no code":    func(s *SignOff) { s.Code = "" },
		"other page": func(s *SignOff) { s.PageURL = "file:///etc/passwd" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := whole()
			change(&s)
			if l, err := s.Letter(); err == nil {
				t.Errorf("Letter() = %+v, want an error", l)
			}
		})
	}
}

// Mail programs cut a mail at about 100 KB, and some hide what is behind.
func TestLetterIsSmall(t *testing.T) {
	t.Parallel()
	l, err := whole().Letter()
	if err != nil {
		t.Fatal(err)
	}
	if n := len(l.HTML); n > 20<<10 {
		t.Errorf("the letter has %d bytes of HTML, want at most 20 KB", n)
	}
	for i, line := range strings.Split(l.Text, "\n") {
		if len(line) > 78 && !strings.Contains(line, "://") {
			t.Errorf("text line %d has %d characters: %s", i+1, len(line), line)
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs from what was written (-update writes it anew); got:\n%s", name, got)
	}
}

// outsideNotes is a letter without its release notes, in which links may stand.
func outsideNotes(html string) string {
	before, notes, _ := strings.Cut(html, `data-testid="notes"`)
	_, after, _ := strings.Cut(notes, "</div>")
	return before + after
}

// Whatever names hold, a letter is bounded, and nothing in it begins a line, a
// header or an element of its own, or turns the words around it.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	for what, text := range map[string]string{
		"script": "<script>alert(1)</script>", "attribute": `"><a href=javascript:alert(1)>`, "header": "x\r\nBcc: all@example.org\r\n\r\nbody",
		"template": "#{x} {{.}} ${y}", "override": "\u202eProd ot 1.0.7\u202c", "isolate": "\u2066Prod\u2069", "hebrew": "\u05e9\u05dc\u05d5\u05dd", "long": strings.Repeat("x", 500), "words": strings.Repeat("long ", 2000),
		"nul": "a\x00b\x1b[31mred", "invalid": "a\xffb", "paragraph": "a\u2028b\u2029c", "empty": "", "comment": "--><!--", "css": "</style><style>*{display:none}",
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			s := whole()
			for _, field := range []*string{&s.Project, &s.Release, &s.Environment, &s.Step, &s.Where, &s.StartedBy, &s.Approvals, &s.Team, &s.Instructions, &s.Notes, &s.Comment, &s.Replaces} {
				*field = text
			}
			for i := range s.Packages {
				s.Packages[i].Package, s.Packages[i].Version = text, text
			}
			s.Changes.Packages[0].Package, s.Changes.Packages[0].From = text, text
			s.Changes.Packages[0].Builds[0].Commits = []pipelines.Commit{{ID: text, Message: text, Author: text}}
			l, err := s.Letter()
			if err != nil {
				t.Fatal(err)
			}
			if strings.ContainsAny(l.Subject, "\r\n\x00\u202e\u2066\u2028") || len([]rune(l.Subject)) > 700 {
				t.Errorf("subject %q", l.Subject)
			}
			if strings.ContainsAny(l.Text, "\r\x00\x1b\u202e\u2066\u2028\ufffd") || strings.Contains(l.Text, "\nBcc:") {
				t.Errorf("text\n%q", l.Text)
			}
			if strings.ContainsAny(l.HTML, "\x00\x1b\u202e\u2066") || strings.Count(l.HTML, "<script") > 0 || strings.Count(l.HTML, "<style") != 1 || strings.Count(outsideNotes(l.HTML), "<a ") != 3 || strings.Contains(l.HTML, "<!--") {
				t.Errorf("html\n%s", l.HTML)
			}
			if len(l.HTML) > 90<<10 {
				t.Errorf("the letter has %d bytes of HTML; mail programs cut at 100 KB", len(l.HTML))
			}
		})
	}
}
