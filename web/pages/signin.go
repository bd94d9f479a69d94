package pages

// SetUp is the form that makes the first administrator, reached by a one-time link.
// Posts name, display, mail, password, again.
type SetUp struct {
	Frame
	Token               string
	Name, Display, Mail string
	Problems            []Problem
}

// SignIn is the sign-in form. Posts name, password, next.
type SignIn struct {
	Frame
	Name      string
	Next      string // path to go to afterwards, below the base path
	Providers []Way
	Forgot    bool // a mail to set a new password can be asked for
	Problems  []Problem
}

// Message is a page that only says something: what happened, why, what now.
type Message struct {
	Frame
	What      string
	Why       string
	Now       string // the way out, in words
	Command   string // to copy, when the way out is a command
	Path      string // where the way out leads; with PathText
	PathText  string
	Reference string // what the operator finds in the log
}
