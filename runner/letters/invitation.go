package letters

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/a-h/templ"
)

// Invitation asks somebody who has an account to choose their password.
type Invitation struct {
	Username string // what they sign in with
	By       string // who invites
	Server   string // its address
	URL      string // the page that asks for the password
	Until    string // like "Fri 27 Nov 2026, 14:02 UTC"
}

// Letter writes the invitation.
func (i Invitation) Letter() (Letter, error) {
	by := name(i.By)
	if by == "" {
		by = "Somebody"
	}
	return password{
		title: "Welcome to Slipway", lead: by + " made an account for you. Choose a password, and you are in.",
		button: "Choose a password", url: i.URL,
		facts:   []fact{{"Your name", name(i.Username)}, {"Server", i.Server}, {"Until", i.Until}},
		because: "You get this mail because an account was made with your address. If you expect none, ignore it: without a password nobody can use the account.",
	}.letter("Slipway: your account at " + hostOf(i.Server))
}

// Reset lets somebody choose a new password who has forgotten theirs.
type Reset struct {
	Username, Server, URL, Until string
}

// Letter writes the mail.
func (r Reset) Letter() (Letter, error) {
	return password{
		title: "A new password", lead: "Somebody, hopefully you, asked for a new password for " + name(r.Username) + ".",
		button: "Choose a new password", url: r.URL,
		facts:   []fact{{"Your name", name(r.Username)}, {"Server", r.Server}, {"Until", r.Until}},
		because: "If it was not you, do nothing: your password stays as it is, and the link dies by itself.",
	}.letter("Slipway: a new password for " + hostOf(r.Server))
}

// password is a letter that leads to a page which asks for one.
type password struct {
	title, lead, button, url, because string
	facts                             []fact
}

func (p password) letter(subject string) (Letter, error) {
	if u, err := url.Parse(p.url); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return Letter{}, errors.New("the letter's link is no web address: set the server's base URL, like https://deploy.example.org")
	}
	var html bytes.Buffer
	if err := passwordLetter(p).Render(context.Background(), &html); err != nil {
		return Letter{}, fmt.Errorf("letter %q: %w", p.title, err)
	}
	return Letter{Subject: oneLine(subject), Text: p.text(), HTML: html.String()}, nil
}

func (p password) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%s\n\n", oneLine(p.title), wrapped(oneLine(p.lead), 0))
	for _, f := range p.facts {
		fmt.Fprintf(&b, "%-12s %s\n", f.label, wrapped(oneLine(f.value), 13))
	}
	fmt.Fprintf(&b, "\n%s:\n%s\n\nThe link works once. Opening it changes nothing.\n\n-- \n%s\n", p.button, p.url, wrapped(p.because, 0))
	return b.String()
}

// oneLine is a text that becomes a header or a line, whatever it holds.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func hostOf(server string) string {
	if u, err := url.Parse(server); err == nil && u.Host != "" {
		return u.Host
	}
	return server
}

func link(address string) templ.SafeURL { return templ.URL(address) }
