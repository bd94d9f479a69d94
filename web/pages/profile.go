package pages

import (
	"fmt"
	"net/url"
	"strings"
)

// The addresses of signing in and of one's own account.
const (
	SecondPath         = SignInPath + "/second"
	SecondNewPath      = SecondPath + "/new"
	ForgotPath         = "/forgot"
	PasswordPath       = ProfilePath + "/password"
	FactorPath         = ProfilePath + "/factor"
	FactorNewPath      = FactorPath + "/new"
	FactorRemovePath   = FactorPath + "/remove"
	FactorRecoveryPath = FactorPath + "/recovery"
	EndOthersPath      = ProfilePath + "/sessions/end-others"
)

// SetOutPath takes the wish to sign in by a provider.
func SetOutPath(provider string) string { return SignInPath + "/oidc/" + url.PathEscape(provider) }

// TicketPath is where the link of an invitation or reset leads.
func TicketPath(purpose, token string) string { return "/" + purpose + "/" + url.PathEscape(token) }

// EndSessionPath takes the order to end one of one's own sessions.
func EndSessionPath(id string) string {
	return ProfilePath + "/sessions/" + url.PathEscape(id) + "/end"
}

// LinkProviderPath takes the wish to link an account at a provider, or with
// unlink to give it up.
func LinkProviderPath(provider, do string) string {
	return ProfilePath + "/providers/" + url.PathEscape(provider) + "/" + do
}

// LinkPasswordField is where the password is typed that linking a provider takes.
func LinkPasswordField(provider string) string { return "link-password-" + provider }

// Way is an identity provider, and whether the viewer has an account there linked.
type Way struct {
	ID, Name string
	Linked   bool
	As       string
}

// LeadOut leads on to a provider by itself; the link is for who waits in vain.
type LeadOut struct {
	Frame
	Address, Host string
}

// Second is the second step of signing in. Posts code, next, and secret where an
// offer is shown.
type Second struct {
	Frame
	Next     string
	SetUp    bool   // the second factor is required and not set up yet
	Offer    *Offer // what to set it up with
	Problems []Problem
}

// Offer is the secret of a new second factor, as a picture and as text.
type Offer struct {
	Secret string
	Groups []string // the secret in fours
	Size   int      // of the picture, in dots
	Dots   []Dot
}

// Dot is a dark dot of the picture.
type Dot struct{ X, Y int }

// Enrol shows an offer to somebody who is signed in.
type Enrol struct {
	Frame
	Offer    *Offer
	Problems []Problem
}

// Recovery shows recovery codes, this once.
type Recovery struct {
	Frame
	Codes []string
	Next  string
}

// Forgot asks who has forgotten their password. Posts name.
type Forgot struct {
	Frame
	Name     string
	Problems []Problem
}

// Ticket sets a password for who came by the link of a mail. Posts password, again.
type Ticket struct {
	Frame
	Path, Username string
	Problems       []Problem
}

// Profile is the viewer's own account.
type Profile struct {
	Frame
	Done          string // what was just done
	Form          string // whose problems these are
	Problems      []Problem
	Typed         bool // Display and Mail are as somebody typed them
	Username      string
	Display, Mail string
	Folder        string // the account is written in this folder of text
	Written       bool
	HasPassword   bool
	Factor        FactorState
	Sessions      []SessionRow
	Ways          []Way
}

func (p Profile) problemsOf(form string) []Problem {
	if p.Form != form {
		return nil
	}
	return p.Problems
}

// FactorState is whether there is a second factor.
type FactorState struct {
	On       bool
	Since    Moment
	Recovery int
}

// SessionRow is one place where the viewer is signed in.
type SessionRow struct {
	ID, Browser, Address string
	Begun, Seen, Expires Moment
	Here                 bool // the session that asks
}

func recoveryLeft(n int) string {
	if n == 1 {
		return "One recovery code is left."
	}
	return fmt.Sprintf("%d recovery codes are left.", n)
}

// path draws the dark dots, each as a square of one.
func (o Offer) path() string {
	var b strings.Builder
	for _, d := range o.Dots {
		fmt.Fprintf(&b, "M%d %dh1v1h-1z", d.X, d.Y)
	}
	return b.String()
}
