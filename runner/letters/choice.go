package letters

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Choice tells somebody that a deployment waits for a person to say what becomes
// of an attempt. All texts are shown as they are; an empty one is left out with
// its label.
type Choice struct {
	Project     string
	Release     string
	Environment string
	Deployment  string // its id
	Step        string
	Target      string
	Attempt     int
	Known       string // what is known of how it ended
	Failed      bool   // it failed; else nobody can say how it ended
	Asked       bool   // the reader asked for the deployment
	PageURL     string // the deployment's page, where one chooses
}

// Letter writes the mail. Without a page to go to it must not go out.
func (c Choice) Letter() (Letter, error) {
	if u, err := url.Parse(c.PageURL); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return Letter{}, errors.New("letter about a choice: the page is no web address: set the server's base URL, like https://deploy.example.org")
	}
	var html bytes.Buffer
	if err := choice(c).Render(context.Background(), &html); err != nil {
		return Letter{}, fmt.Errorf("letter about a choice: %w", err)
	}
	return Letter{Subject: c.subject(), Text: c.text(), HTML: html.String()}, nil
}

func (c Choice) subject() string { return "Your choice needed: " + c.what() }

func (c Choice) what() string {
	return SignOff{Project: c.Project, Release: c.Release, Environment: c.Environment}.what()
}

// waits says in one sentence what it is about.
func (c Choice) waits() string {
	if c.Failed {
		return "A step failed, and the deployment waits for you to say how it goes on."
	}
	return "Nobody can say how a step ended, and the deployment waits for you to say how it goes on."
}

func (c Choice) facts() []fact {
	number := ""
	if c.Attempt > 0 {
		number = strconv.Itoa(c.Attempt)
	}
	var said []fact
	for _, f := range []fact{{"Deployment", c.Deployment}, {"Step", c.Step}, {"Target", c.Target}, {"Attempt", number}, {"What is known", c.Known}} {
		if f.value != "" {
			said = append(said, fact{f.label, name(f.value)})
		}
	}
	return said
}

// choices are the three things a reader can do, with what follows from each.
func (c Choice) choices() []fact {
	look := "Look at the host first: the step may have run there, or may run still."
	fails := "The step ends as unknown, and the deployment goes on as after a failure."
	if c.Failed {
		look = "Do so when you have put right what made it fail."
		fails = "The step ends as failed, and the deployment goes on as after any failure."
	}
	return []fact{
		{"Retry", "The step is run once more on this target. " + look},
		{"Ignore", "The deployment goes on as if the step had succeeded here. It is marked with a warning."},
		{"Fail", fails},
	}
}

func (c Choice) because() string {
	if c.Asked {
		return "You get this mail because you asked for this deployment."
	}
	return fmt.Sprintf("You get this mail because you may deploy %s to %s.", name(c.Project), name(c.Environment))
}

// text is the plain form of the letter.
func (c Choice) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n\n", c.what(), wrapped(c.waits(), 0))
	for _, f := range c.facts() {
		fmt.Fprintf(&b, "%-14s %s\n", f.label, wrapped(f.value, 15))
	}
	b.WriteString("\nWhat you can choose:\n\n")
	for _, f := range c.choices() {
		fmt.Fprintf(&b, "  %-7s %s\n", f.label, wrapped(f.value, 10))
	}
	fmt.Fprintf(&b, "\nChoose on the deployment's page:\n%s\n\n", c.PageURL)
	b.WriteString("-- \n" + wrapped(c.because(), 0) + "\n")
	return b.String()
}

// width is how long a line of plain text may be.
const width = 76

// wrapped breaks a text between words; every line but the first is indented.
func wrapped(text string, indent int) string {
	var b strings.Builder
	at := indent
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i > 0 && at+1+n > width:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			at = indent
		case i > 0:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += n
	}
	return b.String()
}
