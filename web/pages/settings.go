package pages

// The addresses of the settings.
const (
	MailServerPath       = SettingsPath + "/mail"
	MailServerRemovePath = MailServerPath + "/remove"
	MailTestPath         = MailServerPath + "/test"
)

// Settings is how the server works.
type Settings struct {
	Frame
	Mail   MailSettings
	Server []Fact // base URL, version, where the data lies
	Links  []SettingsLink
}

// SettingsLink leads to settings that have a page of their own.
type SettingsLink struct{ Text, Path, What string }

// MailSettings is how mails leave.
type MailSettings struct {
	State    State
	Stands   string // "Mails go out through smtp.example.org." in one sentence
	Facts    []Fact
	Form     *MailForm // nil where the start has set it
	Test     *MailTest // nil where another process sends
	Waiting  []MailTrouble
	Failures []MailTrouble
}

// MailForm is the mail server. Posts host, port, security, user, password, from,
// fromName, hello and revision to MailServerPath.
type MailForm struct {
	Host, Port, Security, User string
	PasswordSet                bool
	From, FromName, Hello      string
	Revision                   int64
	Problems                   []Problem
	Warning                    string // what a choice means: mails can be read on the way
}

func (v MailForm) passwordHelp() string {
	if v.PasswordSet {
		return "Kept sealed and shown to nobody. Leave it empty to keep the one that is set."
	}
	return "Kept sealed and shown to nobody. Gmail and Microsoft 365 want an app password."
}

// MailTest sends a mail to somebody and shows what was said. Posts to to
// MailTestPath.
type MailTest struct {
	To       string
	Problems []Problem
	Result   *MailTestResult
}

// MailTestResult is what came of it.
type MailTestResult struct {
	OK       bool
	Sentence string
	Lines    []MailTestLine
}

// MailTestLine is one line of the conversation.
type MailTestLine struct {
	Who  string // "us", "server", "note"
	Text string
}

func (l MailTestLine) says() string {
	switch l.Who {
	case "us":
		return "Slipway"
	case "server":
		return "Server"
	}
	return ""
}

// MailTrouble is a mail that waits, or that will not go out.
type MailTrouble struct {
	To, Subject  string
	DeploymentID string
	When         Moment // since when it waits, or when it failed
	Tried        string // "tried 4 times, the last 2 min ago", or ""
	Why          string
}
