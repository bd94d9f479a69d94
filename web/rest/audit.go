package rest

import (
	"time"

	"slipway/pipelines"
)

// Audit is a page of the audit log, newest first.
type Audit struct {
	Entries []AuditEntry `json:"entries"`
	// Next is the cursor of what is further back, "" at the end of the log.
	Next string `json:"next,omitempty"`
	// Short says that the page ends before it is full, since one request looks
	// through so many entries only: go on with Next. LookedTo is how far it came.
	Short    bool       `json:"short,omitempty"`
	LookedTo *time.Time `json:"lookedTo,omitempty"`
}

// AuditKey is the public key that exports of the log are signed by.
type AuditKey struct {
	Key string `json:"key"`
}

// AuditEntry is one entry, with the names that its ids have today.
type AuditEntry struct {
	pipelines.Event
	ProjectName     string `json:"projectName,omitempty"`
	EnvironmentName string `json:"environmentName,omitempty"`
	Damaged         bool   `json:"damaged,omitempty"`
}
