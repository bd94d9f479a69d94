package pipelines

import (
	"strings"
	"time"
)

// Event is one entry of the audit log: who did what, when, to what, from
// where. Entries are only ever added, each to the chain of its subject.
type Event struct {
	// Hash stands first in the stored form, where it is taken out to be checked;
	// package auditlog says how. An entry of a time before the chains has none.
	Hash string `json:"hash,omitempty"`

	ID       string    `json:"id"`
	At       time.Time `json:"at"`
	Category string    `json:"category"` // like "DeploymentQueued"
	Subject  string    `json:"subject"`  // id of what it is about; the chain it belongs to
	UserID   string    `json:"userId"`
	Username string    `json:"username"`
	Via      string    `json:"via"`
	From     string    `json:"from,omitempty"` // the address that the request came from
	// Credential is the id of the API key that it was done with, "" for none.
	Credential string `json:"credential,omitempty"`
	Message    string `json:"message"`
	// Project and Environment are the ids of where it was, "" where it is about none.
	Project     string            `json:"project,omitempty"`
	Environment string            `json:"environment,omitempty"`
	Related     []string          `json:"related,omitempty"` // ids
	Details     map[string]string `json:"details,omitempty"`

	// Number counts the entries of the subject's chain from 1, and Previous is the
	// hash of the one before.
	Number   int64  `json:"number,omitempty"`
	Previous string `json:"previous,omitempty"`
}

// Did is the entry of what a principal did.
func (p Principal) Did(id string, at time.Time, category, subject, message string) Event {
	e := Event{
		ID: id, At: at, Category: category, Subject: subject,
		UserID: p.UserID, Username: p.Username, Via: p.Via, From: p.From, Message: message,
	}
	if strings.HasPrefix(p.Credential, "APIKeys-") { // a session says no more than who it is
		e.Credential = p.Credential
	}
	return e
}
