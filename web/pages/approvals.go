package pages

// Approvals are the decisions waiting for the viewer, and those the viewer made.
type Approvals struct {
	Frame
	Items    []ApprovalItem
	Made     []DecisionMade // newest first
	Problems []Problem      // of an answer to a question that is gone
}

// ApprovalItem is one decision in the list: a sign-off, which is answered here, or
// an attempt about which somebody chooses on the deployment's page.
type ApprovalItem struct {
	DeploymentID                  string
	Project, Version, Environment string
	Asked                         Moment
	Who                           string // who wants it deployed: "by Ada"
	Comment                       string // what they said of it
	AskedOnly                     bool   // the viewer may decide it and not see its page
	SignOff                       *SignOff
	Brief                         *Brief
	Step, Text                    string // of a choice
}

// DecisionMade is an answer that the viewer gave.
type DecisionMade struct {
	DeploymentID                  string
	Project, Version, Environment string
	Step, Note, Via               string
	Approved                      bool
	AskedOnly                     bool // the viewer may not see its page
	When                          Moment
}

func (d DecisionMade) state() State {
	if d.Approved {
		return Succeeded
	}
	return Cancelled
}

// said is the step that asked, with the note that was given to it.
func (d DecisionMade) said() string {
	if d.Note == "" {
		return d.Step
	}
	return d.Step + ": " + d.Note
}

func (d DecisionMade) word() string {
	if d.Approved {
		return "Approved"
	}
	return "Rejected"
}

// Answer is the page a sign-off mail leads to. It shows and asks; it never decides
// by being opened. Posts code, note, answer (approve or reject) to AnswerPath(Token, "").
type Answer struct {
	Frame
	Token        string
	Step         string
	Instructions string
	Person       string // who is asked, as the mail said
	Version      string // what the buttons say: "Approve 1.0.9 for Prod"
	Environment  string
	Brief        *Brief
	Taken        *Taken // somebody else has it
	Over         bool   // the box was ticked that takes it over
	Facts        []Fact
	Notes        []string // warnings that belong to the decision
	Wants        string   // "approve" or "reject": the link that was followed
	Code         string   // what was typed, unless it was wrong
	Note         string   // what was typed before a problem came up
	TriesLeft    string   // "4 tries left", after a wrong code
	Problems     []Problem
}

// AnswerResult is what became of an answer given by mail link.
type AnswerResult struct {
	Frame
	Outcome      Outcome
	What         string // "1.0.9 to Prod, step Deployment Sign Off"
	Detail       string // who decided and when, or since when it is over
	DeploymentID string // "" when the reader may not see it
}

// Outcome is how an answer by mail link ends.
type Outcome string

// The ends of an answer.
const (
	Approved       Outcome = "approved"
	Rejected       Outcome = "rejected"
	AlreadyUsed    Outcome = "used"      // the link was used, or somebody else decided
	Expired        Outcome = "expired"   // the time to answer is over
	Dead           Outcome = "dead"      // five wrong codes
	CalledOff      Outcome = "cancelled" // the deployment was cancelled
	NotTheirs      Outcome = "not-yours" // who was asked has left the team
	NoAccount      Outcome = "disabled"  // the account of who was asked is closed
	OnlyOthers     Outcome = "others"    // who was asked has begun the deployment, and somebody else must decide
	Replaced       Outcome = "replaced"  // a newer mail asks
	NoSuchQuestion Outcome = "unknown"   // no such link
)

type outcomeText struct {
	state             State
	heading, why, now string
}

var outcomes = map[Outcome]outcomeText{
	Approved:       {Succeeded, "Approved", "Your approval is recorded.", ""},
	Rejected:       {Cancelled, "Rejected", "Your rejection is recorded. The steps behind this one will not run.", ""},
	AlreadyUsed:    {Skipped, "This is decided already", "A link works once, and one decision is enough.", "There is nothing left to do."},
	Expired:        {Skipped, "The time to answer is over", "Nothing was decided by this link.", "Sign in to see whether the question is still open."},
	Dead:           {Failed, "This link no longer works", "A wrong code was entered five times. Nothing was decided.", "Sign in and answer on the deployment's page; the link of another mail about it works, too."},
	CalledOff:      {Cancelled, "The deployment was cancelled", "There is nothing left to decide.", ""},
	NotTheirs:      {Skipped, "This is not yours to decide any more", "You were asked, and may not answer now. Nothing was decided by this link.", "If you should decide, ask an administrator to add you to the team."},
	NoAccount:      {Skipped, "This is not yours to decide any more", "You were asked, and may not answer now. Nothing was decided by this link.", "If you should decide, ask an administrator to open your account again."},
	OnlyOthers:     {Skipped, "Somebody else must decide this", "Nothing was decided by this link.", ""},
	Replaced:       {Skipped, "A newer mail has taken its place", "Nothing was decided by this link.", "Use the link in the newest mail, or sign in and answer on the deployment's page."},
	NoSuchQuestion: {Unknown, "There is no such question", "The link is incomplete, or older than what is kept.", "Copy the whole link from the mail, or sign in."},
}

func (r AnswerResult) text() outcomeText {
	if t, ok := outcomes[r.Outcome]; ok {
		return t
	}
	return outcomes[NoSuchQuestion]
}

func (r AnswerResult) framed() Frame {
	f := r.Frame
	f.Title = r.text().heading
	return f
}

func answerHelp(v Answer) string {
	help := "It stands beside the link you followed."
	if v.TriesLeft != "" {
		help += " " + v.TriesLeft + "."
	}
	return help
}
