package records

import (
	"context"

	"slipway/runner/links"
	"slipway/runner/table"
)

// Ticket is a mailed link by which one user sets their password: an invitation
// or a reset. A newer one of a user takes the place of those before.
type Ticket struct {
	Key    string     `json:"key"` // of the link
	UserID string     `json:"userId"`
	Link   links.Link `json:"link"`

	newest int64 // the revision at which it was the user's newest
}

// Ticket reads the ticket behind a link's key, with the revision it was read at.
// One that a newer has replaced is none.
func (r *Records) Ticket(ctx context.Context, linkKey string) (Ticket, int64, bool, error) {
	t, revision, ok, err := get[Ticket](ctx, r, key("tickets", linkKey))
	if err != nil || !ok {
		return t, 0, false, err
	}
	newest, at, ok, err := get[string](ctx, r, newestTicket(t.UserID))
	t.newest = at
	return t, revision, ok && newest == linkKey, err
}

// NewestTicket is the ticket that a user has now, if there is one.
func (r *Records) NewestTicket(ctx context.Context, userID string) (Ticket, bool, error) {
	newest, _, ok, err := get[string](ctx, r, newestTicket(userID))
	if err != nil || !ok {
		return Ticket{}, false, err
	}
	t, _, ok, err := get[Ticket](ctx, r, key("tickets", newest))
	return t, ok, err
}

// AddTicket are the changes that give a user a ticket.
func AddTicket(t Ticket) []Change {
	return []Change{
		table.Create(key("tickets", t.Key), encode(t)).Until(t.Link.Expires),
		table.Put(newestTicket(t.UserID), encode(t.Key)).Until(t.Link.Expires),
	}
}

// UseTicket are the changes that use up a ticket that was read at revision, unless
// it was dropped meanwhile or a newer took its place.
func UseTicket(t Ticket, revision int64) []Change {
	return []Change{table.RemoveAt(key("tickets", t.Key), revision), table.RemoveAt(newestTicket(t.UserID), t.newest)}
}

// DropTickets is the change that makes all tickets of a user worthless.
func DropTickets(userID string) Change { return table.Remove(newestTicket(userID)) }

func newestTicket(userID string) table.Key { return key("user/"+userID, "ticket") }
