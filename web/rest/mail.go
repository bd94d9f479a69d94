package rest

import (
	"time"

	"slipway/runner/smtpmail"
)

// MailServer answers GET /v1/mail-server. Its upper half, with a password, is the
// body of PUT /v1/mail-server; without one the password that is kept stays.
type MailServer struct {
	Host     string `json:"host,omitempty"`
	Port     int    `json:"port,omitempty"`
	Security string `json:"security,omitempty"` // starttls, tls or plain
	User     string `json:"user,omitempty"`
	Password string `json:"password,omitempty"` // never in an answer
	From     string `json:"from,omitempty"`
	FromName string `json:"fromName,omitempty"`
	Hello    string `json:"hello,omitempty"`
	Revision int64  `json:"revision,omitempty"` // of what was read; 0: there is none yet

	Kind        string `json:"kind,omitempty"` // smtp, ses, or held: mails are kept for reading
	PasswordSet bool   `json:"passwordSet,omitempty"`
	// Fixed is what has set it at the start, so that it cannot be changed here.
	Fixed    string        `json:"fixed,omitempty"`
	Waiting  []WaitingMail `json:"waiting,omitempty"`
	Failures []FailedMail  `json:"failures,omitempty"` // newest first
}

// WaitingMail did not go out yet.
type WaitingMail struct {
	To         []string  `json:"to"`
	Subject    string    `json:"subject"`
	Deployment string    `json:"deployment,omitempty"`
	Since      time.Time `json:"since"`
	Tried      time.Time `json:"tried"`
	Tries      int       `json:"tries"`
	Why        string    `json:"why"`
}

// FailedMail will not go out.
type FailedMail struct {
	To         []string  `json:"to"`
	Subject    string    `json:"subject"`
	Deployment string    `json:"deployment,omitempty"`
	At         time.Time `json:"at"`
	Why        string    `json:"why"`
}

// MailTest is the body of POST /v1/mail-server/test, to whom a test mail goes.
type MailTest struct {
	To string `json:"to"`
}

// MailTested answers it: what was said, and "" or why the mail did not go out.
type MailTested struct {
	Kind  string          `json:"kind"`
	From  string          `json:"from"`
	To    string          `json:"to"`
	Lines []smtpmail.Line `json:"lines"`
	Error string          `json:"error,omitempty"`
}

// Approval is a sign-off that waits for whoever asks: an item of GET /v1/approvals.
// POST /v1/approvals/{id}/assign (body: requests.AssignRequest without deployment)
// answers 204; the id is this one, or that of the deployment.
type Approval struct {
	ID          string     `json:"id"`
	Deployment  string     `json:"deployment"`
	Project     string     `json:"project"`
	Release     string     `json:"release"`
	Environment string     `json:"environment"`
	Step        string     `json:"step"`
	Teams       []string   `json:"teams"`
	Asked       time.Time  `json:"asked"`
	Until       *time.Time `json:"until,omitempty"`
	Taken       *Taken     `json:"taken,omitempty"`
}

// Taken is who has a sign-off.
type Taken struct {
	By    string    `json:"by"`
	Since time.Time `json:"since"`
	Mine  bool      `json:"mine"`
	Note  string    `json:"note,omitempty"`
}
