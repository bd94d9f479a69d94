package records

import (
	"context"
	"time"

	"slipway/runner/secrets"
	"slipway/runner/table"
)

// MailWait is a mail that did not go out yet.
type MailWait struct {
	Key        string    `json:"key"`
	To         []string  `json:"to"`
	Subject    string    `json:"subject"`
	Deployment string    `json:"deployment,omitempty"`
	Step       string    `json:"step,omitempty"`
	Since      time.Time `json:"since"`
	Tried      time.Time `json:"tried"`
	Tries      int       `json:"tries"`
	Why        string    `json:"why"` // the newest reason
	// Kept is the mail itself, sealed, where it goes out by itself; nil where whoever
	// asked for it tries on.
	Kept *secrets.Sealed `json:"kept,omitempty"`
	Next time.Time       `json:"next,omitzero"` // when a kept one is tried again
}

// MailFailure is a mail that will not go out.
type MailFailure struct {
	Key        string    `json:"key"`
	To         []string  `json:"to"`
	Subject    string    `json:"subject"`
	Deployment string    `json:"deployment,omitempty"`
	Step       string    `json:"step,omitempty"`
	At         time.Time `json:"at"`
	Why        string    `json:"why"`
}

// MailLate is what became of a deployment's mail after its step had ended.
type MailLate struct {
	Step    string    `json:"step"`
	To      []string  `json:"to"`
	At      time.Time `json:"at"`
	Sent    bool      `json:"sent"`
	GivenUp bool      `json:"givenUp,omitempty"`
	Why     string    `json:"why,omitempty"`
}

// MailWait reads what is known of a mail that waits.
func (r *Records) MailWait(ctx context.Context, mailKey string) (MailWait, int64, bool, error) {
	return get[MailWait](ctx, r, key("mail-waits", mailKey))
}

// MailWaits are all mails that wait.
func (r *Records) MailWaits(ctx context.Context) ([]MailWait, error) {
	return all[MailWait](ctx, r, table.Range{Partition: "mail-waits"})
}

// SetMailWait is the change of what was read at revision, 0 for nothing.
func SetMailWait(w MailWait, revision int64) Change {
	if revision == 0 {
		return table.Create(key("mail-waits", w.Key), encode(w))
	}
	return table.Replace(key("mail-waits", w.Key), encode(w), revision)
}

// RemoveMailWait is the change after which a mail waits no longer.
func RemoveMailWait(mailKey string, revision int64) Change {
	return table.RemoveAt(key("mail-waits", mailKey), revision)
}

// MailFailures are the newest, newest first.
func (r *Records) MailFailures(ctx context.Context, limit int) ([]MailFailure, error) {
	return all[MailFailure](ctx, r, table.Range{Partition: "mail-failed", Descending: true, Limit: limit})
}

// keptFailures is how many failures are remembered.
const keptFailures = 20

// AddMailFailure are the changes that remember a failure, and forget the oldest.
func (r *Records) AddMailFailure(ctx context.Context, f MailFailure) ([]Change, error) {
	known, err := r.MailFailures(ctx, keptFailures+10)
	if err != nil {
		return nil, err
	}
	changes := []Change{table.Put(f.key(), encode(f))}
	for i := keptFailures - 1; i < len(known); i++ {
		if known[i].key() != f.key() {
			changes = append(changes, table.Remove(known[i].key()))
		}
	}
	return changes, nil
}

// ForgetMailFailures are the changes that forget those of one mail.
func (r *Records) ForgetMailFailures(ctx context.Context, mailKey string) ([]Change, error) {
	known, err := r.MailFailures(ctx, keptFailures+10)
	var changes []Change
	for _, f := range known {
		if f.Key == mailKey {
			changes = append(changes, table.Remove(f.key()))
		}
	}
	return changes, err
}

func (f MailFailure) key() table.Key {
	return key("mail-failed", f.At.UTC().Format("2006-01-02T15:04:05.000000000Z"), f.Key)
}

// SetMailLate is the change that says on a deployment what became of a mail.
func SetMailLate(deployment, mailKey string, l MailLate) Change {
	return table.Put(key("deployment/"+deployment, "mail", mailKey), encode(l))
}

// MailsLate are those of a deployment.
func (r *Records) MailsLate(ctx context.Context, deployment string) ([]MailLate, error) {
	return all[MailLate](ctx, r, table.Range{Partition: "deployment/" + deployment, Prefix: "mail/"})
}
