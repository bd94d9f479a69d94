package signin

import (
	"slipway/pipelines"
	"slipway/pipelines/excerpt"
)

// The categories of entries, in Octopus's words.
const (
	created  = "Created"
	modified = "Modified"
)

// event is an entry about an account.
func (s *SignIn) event(category, userID, username, via, from, message string) pipelines.Event {
	return pipelines.Event{
		ID: s.Env.NewID(), At: s.Env.Now(), Category: category, Subject: userID,
		UserID: userID, Username: username, Via: via, From: from, Message: message,
	}
}

// told is the entry about what a principal did, by whichever key they came.
func (s *SignIn) told(p pipelines.Principal, category, subject, message string) []pipelines.Event {
	return []pipelines.Event{p.Did(s.Env.NewID(), s.Env.Now(), category, subject, message)}
}

// shortened keeps what somebody typed as a name from filling the audit log.
func shortened(name string) string { return excerpt.Of(name, 100) }
