// Package letters writes the mails that Slipway sends in its own words: the
// question for a sign-off, and the one for a choice.
//
// It sends nothing, formats no time and makes no link: everything comes in as
// text that is ready to be shown. Each letter exists twice, as HTML and as
// plain text, and neither is a shadow of the other: many people, and every
// terminal, read the second.
package letters

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/markdown"
)

//go:generate templ generate

// Letter is what goes into a mail.
type Letter struct{ Subject, Text, HTML string }

// SignOff is what the person is asked who may approve or reject a deployment.
// All fields are shown as they are; an empty one is left out with its label.
type SignOff struct {
	Deployment   string // its id
	Project      string
	Release      string
	Environment  string
	Replaces     string // the release that is there now, "" for none
	Older        bool   // it is older than that
	Packages     []pipelines.Selected
	Changes      pipelines.Changes // against what is there now
	Notes        string            // of the release, as Markdown
	Step         string            // the approval's name, like "Deployment Sign Off"
	Instructions string            // what the project wants to be looked at; line breaks are kept
	Where        string            // what it touches, like "1 host: web-1"
	Address      string            // where the application is found there
	StartedBy    string            // like "Ida Internal, today 14:02 UTC"
	Comment      string            // of whoever started it
	Approvals    string            // where one is not enough, like "2 of QA must approve; Ida Internal has"
	Until        string            // when the question ends, like "Fri 27 Nov 2026, 14:02 UTC"
	Silence      string            // what it comes to if nobody answers, like "counts as approved on Fri 27 Nov 2026, 14:02 UTC"
	Team         string            // whose member is asked, like "Project Stakeholders"
	ApproveURL   string
	RejectURL    string
	PageURL      string // the deployment's page
	Code         string // what links.New gave
	Reminder     int    // which reminder it is, 0: the question itself
}

// Letter writes the sign-off mail. A link that is no web address is an error:
// a letter that cannot be answered must not go out.
func (s SignOff) Letter() (Letter, error) {
	for _, link := range []string{s.ApproveURL, s.RejectURL, s.PageURL} {
		if u, err := url.Parse(link); err != nil || link != "" && (u.Scheme != "https" && u.Scheme != "http" || u.Host == "") {
			return Letter{}, errors.New("sign-off letter: a link is no web address: set the server's base URL, like https://deploy.example.org")
		}
	}
	if s.ApproveURL == "" || s.RejectURL == "" || s.Code == "" {
		return Letter{}, errors.New("sign-off letter: both links and the code must be there")
	}
	var html bytes.Buffer
	if err := signOff(s).Render(context.Background(), &html); err != nil {
		return Letter{}, fmt.Errorf("sign-off letter: %w", err)
	}
	return Letter{Subject: s.subject(), Text: s.text(), HTML: html.String()}, nil
}

func (s SignOff) subject() string {
	if s.Reminder > 0 {
		return "Reminder: sign-off needed: " + s.what()
	}
	return "Sign-off needed: " + s.what()
}

// waits says what is wanted.
func (s SignOff) waits() string {
	if s.Reminder > 0 {
		return "still waits for your decision."
	}
	return "waits for your decision."
}

// preview is what mail programs show beside the subject.
func (s SignOff) preview() string {
	if s.Until == "" {
		return "Approve or reject with the code in this mail."
	}
	return "Open until " + s.Until + ". Approve or reject with the code in this mail."
}

// what is the deployment in words: one line whatever the names hold, since it
// becomes a header.
func (s SignOff) what() string {
	return fmt.Sprintf("%s %s to %s", name(s.Project), line(s.Release), name(s.Environment))
}

// fact is one line of the table under the question.
type fact struct{ label, value string }

// facts are the lines that have something to say.
func (s SignOff) facts() []fact {
	all := []fact{
		{"Project", s.Project},
		{"Release", s.Release},
		{"Environment", s.Environment},
		{"Step", s.Step},
		{"Where", s.Where},
		{"Application", s.Address},
		{"Started by", s.StartedBy},
		{"Comment", s.Comment},
		{"Approvals", s.Approvals},
		{"Open until", s.Until},
		{"No answer", s.Silence},
	}
	var said []fact
	for _, f := range all {
		switch {
		case f.value == "":
		case f.label == "Comment":
			said = append(said, fact{f.label, words(f.value, mostComment)})
		default:
			said = append(said, fact{f.label, name(f.value)})
		}
	}
	return said
}

// lines are the instructions, line by line.
func (s SignOff) lines() []string { return lines(s.Instructions, 60) }

// notes are the release's, line by line.
func (s SignOff) notes() []string { return lines(s.Notes, mostNotes) }

// notesHTML are the notes as they look on the release's page.
func (s SignOff) notesHTML() string {
	return strings.ReplaceAll(markdown.HTML(strings.Join(s.notes(), "\n")), "<!-- raw HTML omitted -->", "")
}

// spacedCode is the code in two groups, as people read it aloud.
func (s SignOff) spacedCode() string {
	if len(s.Code) != 6 {
		return s.Code
	}
	return s.Code[:3] + " " + s.Code[3:]
}

// because says why this person got the mail.
func (s SignOff) because() string {
	if s.Team == "" {
		return "You get this mail because you may decide this sign-off."
	}
	return fmt.Sprintf("You get this mail because you belong to %s.", name(s.Team))
}
