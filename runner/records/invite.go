package records

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"slipway/runner/links"
	"slipway/runner/table"
)

// Ticket is a mailed link by which one user sets their password: an invitation
// or a reset. It opens something as long as it stands among the user's tickets.
type Ticket struct {
	Key    string     `json:"key"` // of the link
	UserID string     `json:"userId"`
	By     string     `json:"by,omitempty"` // who invited, as the mail calls them
	Link   links.Link `json:"link"`

	standing int64 // the revision at which it stood among the user's
}

// Tickets are those of a user that stand.
type Tickets struct {
	All      []TicketMade // the newest last
	revision int64
}

// TicketMade is what is known of a ticket that stands.
type TicketMade struct {
	Key     string    `json:"key"`
	Purpose string    `json:"purpose"`
	By      string    `json:"by,omitempty"`
	Made    time.Time `json:"made"`
	Expires time.Time `json:"expires"`
}

// UnmarshalJSON reads also what stood there before tickets stood side by side: the
// key of the newest.
func (t *Tickets) UnmarshalJSON(text []byte) error {
	var newest string
	if json.Unmarshal(text, &newest) == nil {
		t.All = []TicketMade{{Key: newest}}
		return nil
	}
	return json.Unmarshal(text, &t.All)
}

func (t Tickets) has(linkKey string) bool {
	return slices.ContainsFunc(t.All, func(one TicketMade) bool { return one.Key == linkKey })
}

// Ticket reads the ticket behind a link's key, with the revision it was read at.
// One that does not stand any more is none.
func (r *Records) Ticket(ctx context.Context, linkKey string) (Ticket, int64, bool, error) {
	t, revision, ok, err := get[Ticket](ctx, r, key("tickets", linkKey))
	if err != nil || !ok {
		return t, 0, false, err
	}
	all, err := r.Tickets(ctx, t.UserID)
	t.standing = all.revision
	return t, revision, all.has(linkKey), err
}

// Tickets are those of a user that stand. Some may have expired.
func (r *Records) Tickets(ctx context.Context, userID string) (Tickets, error) {
	all, revision, _, err := get[Tickets](ctx, r, ticketsOf(userID))
	all.revision = revision
	return all, err
}

// AddTicket are the changes that give a user a ticket in place of all others.
func AddTicket(t Ticket, now time.Time) []Change {
	all := []TicketMade{{t.Key, t.Link.Purpose, t.By, now, t.Link.Expires}}
	return []Change{
		table.Create(key("tickets", t.Key), encode(t)).Until(t.Link.Expires),
		table.Put(ticketsOf(t.UserID), encode(all)).Until(t.Link.Expires),
	}
}

// AddTicketBeside are the changes that give a user a ticket beside those that stand,
// unless there was a change to them since they were read.
func AddTicketBeside(t Ticket, beside Tickets, now time.Time) []Change {
	changes := AddTicket(t, now)
	all, until := []TicketMade{}, t.Link.Expires
	for _, one := range beside.All {
		if !one.Expires.IsZero() && !now.Before(one.Expires) {
			continue
		}
		if all = append(all, one); one.Expires.After(until) {
			until = one.Expires
		}
	}
	all = append(all, TicketMade{t.Key, t.Link.Purpose, t.By, now, t.Link.Expires})
	changes[1] = table.Create(ticketsOf(t.UserID), encode(all)).Until(until)
	if beside.revision > 0 {
		changes[1] = table.Replace(ticketsOf(t.UserID), encode(all), beside.revision).Until(until)
	}
	return changes
}

// UseTicket are the changes that use up a ticket that was read at revision, and with
// it all others of the user, unless there was a change to them meanwhile.
func UseTicket(t Ticket, revision int64) []Change {
	return []Change{table.RemoveAt(key("tickets", t.Key), revision), table.RemoveAt(ticketsOf(t.UserID), t.standing)}
}

// DropTickets is the change that makes all tickets of a user worthless.
func DropTickets(userID string) Change { return table.Remove(ticketsOf(userID)) }

func ticketsOf(userID string) table.Key { return key("user/"+userID, "ticket") }
