package pages

import "strings"

// SignOff is a decision that is waited for. Posts answer (approve or reject), note
// and round to ApprovalPath(ID), and do (take, over or back), note and round to
// TakePath(ID).
type SignOff struct {
	ID, Step             string
	Version, Environment string // what the buttons say: "Approve 1.0.9 for Prod"
	Round                int    // how often it was asked before
	Instructions         string
	Asked                []string // teams or people who may decide
	Approved             string   // "1 of 2 have approved: Stella.", or ""
	Else                 string   // what happens if nobody answers in time, or ""
	Until                Moment
	Taken                *Taken // who has it, nil for nobody
	MayAnswer            bool
	WhyNot               string // when the viewer may not: "You are not in Project Stakeholders."
	Note                 string // what was typed before a problem came up
	Problems             []Problem
	FromInbox            bool // the answer leads back to the list of approvals
	OfSeveral            bool // other decisions stand on the same page
}

// Taken is who has a sign-off.
type Taken struct {
	Who   string
	Since Moment
	Note  string // the word with which it was taken over
	Mine  bool
}

// amid is the sign-off among others, or alone.
func (s SignOff) amid(others bool) SignOff {
	s.OfSeveral = others
	return s
}

// anchor is the ID within element ids: htmx finds what it preserves by a selector,
// in which a dot would begin a class.
func (s SignOff) anchor() string { return strings.ReplaceAll(s.ID, ".", "-") }

// formID changes with who has it, so that a page that is open shows other buttons
// then.
func (s SignOff) formID() string {
	id := "signoff-form-" + s.anchor()
	switch {
	case s.Taken == nil:
		return id
	case s.Taken.Mine:
		return id + "-mine"
	}
	return id + "-taken"
}

// others says that somebody else has it.
func (s SignOff) others() bool { return s.Taken != nil && !s.Taken.Mine }

// decisionWords are the words of the two buttons.
type decisionWords struct {
	Approve, Reject string
	OfSeveral       bool // there are other decisions on the page: no button is its primary one
}

func (s SignOff) words() decisionWords {
	say := decisionOn(s.Version, s.Environment)
	say.OfSeveral = s.OfSeveral
	return say
}

// look is how the button that approves looks.
func (w decisionWords) look() string {
	if w.OfSeveral {
		return "deploy"
	}
	return "primary"
}

func decisionOn(version, environment string) decisionWords {
	if version == "" {
		return decisionWords{Approve: "Approve", Reject: "Reject"}
	}
	return decisionWords{Approve: "Approve " + version + " for " + environment, Reject: "Reject " + version}
}

// Brief is what is decided: what comes, held against what is there.
type Brief struct {
	Replaces string // the release that is there now, "" for none
	There    string // what is there where Replaces is ""
	Older    bool   // it is older than that
	Packages []BriefPackage
	Notes    string // release notes, as HTML that is safe
}

// BriefPackage is a package that comes.
type BriefPackage struct {
	Name, Version string
	Was           string // the version that is there now, "" for none
	Same          bool   // it is there already
	SHA256        string
	Commits       []BriefCommit // newest first
	More          string        // "and 12 more commits", or ""
}

// BriefCommit is one change that comes with a package.
type BriefCommit struct {
	Short, Message, Author string
	Address                string // where it can be read, "" for nowhere
}
