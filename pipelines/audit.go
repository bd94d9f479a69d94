package pipelines

import "time"

// Event is one entry of the audit log: who did what, when, to what, from
// where. Entries are only ever added.
type Event struct {
	ID       string    `json:"id"`
	At       time.Time `json:"at"`
	Category string    `json:"category"` // like "DeploymentQueued"
	Subject  string    `json:"subject"`  // id of what it is about; the chain it belongs to
	UserID   string    `json:"userId"`
	Username string    `json:"username"`
	Via      string    `json:"via"`
	From     string    `json:"from,omitempty"` // the address that the request came from
	Message  string    `json:"message"`
	// Project and Environment are the ids of where it was, "" where it is about none.
	Project     string            `json:"project,omitempty"`
	Environment string            `json:"environment,omitempty"`
	Related     []string          `json:"related,omitempty"` // ids
	Details     map[string]string `json:"details,omitempty"`
}
