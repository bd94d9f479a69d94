package records

import (
	"context"
	"time"

	"slipway/runner/secrets"
	"slipway/runner/table"
)

// MailServer is the mail server as an administrator has set it.
type MailServer struct {
	Host     string          `json:"host"`
	Port     int             `json:"port"`
	Security string          `json:"security"` // starttls, tls or plain
	User     string          `json:"user,omitempty"`
	Password *secrets.Sealed `json:"password,omitempty"`
	From     string          `json:"from"` // the address
	FromName string          `json:"fromName,omitempty"`
	Hello    string          `json:"hello,omitempty"` // how we name ourselves
	Changed  time.Time       `json:"changed"`
	By       string          `json:"by"`
}

// MailServer reads it with its revision, 0 where none is set.
func (r *Records) MailServer(ctx context.Context) (MailServer, int64, error) {
	m, revision, there, err := get[MailServer](ctx, r, mailServerKey)
	if !there {
		revision = 0
	}
	return m, revision, err
}

// SetMailServer is the change of one that was read at revision.
func SetMailServer(m MailServer, revision int64) Change {
	if revision == 0 {
		return table.Create(mailServerKey, encode(m))
	}
	return table.Replace(mailServerKey, encode(m), revision)
}

// RemoveMailServer is the change after which none is set.
func RemoveMailServer(revision int64) Change { return table.RemoveAt(mailServerKey, revision) }

var mailServerKey = key("settings", "mail-server")
