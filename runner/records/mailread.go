package records

import (
	"context"
	"time"

	"slipway/pipelines"
	"slipway/runner/table"
)

// mailReadLasts is for how long the parts of a kept mail belong to its being read.
const mailReadLasts = 10 * time.Minute

// SeeMail notes, with its entry, that somebody reads a kept mail.
func (r *Records) SeeMail(ctx context.Context, userID, mail string, told pipelines.Event) error {
	return r.Tell(ctx, []pipelines.Event{told}, table.Put(mailRead(userID, mail), encode(told.At)).Until(told.At.Add(mailReadLasts)))
}

// SeeMailPart is SeeMail for a part of it that a browser asks for by itself: it is
// noted where the person did not read the mail a moment ago.
func (r *Records) SeeMailPart(ctx context.Context, userID, mail string, told pipelines.Event) error {
	last, _, there, err := get[time.Time](ctx, r, mailRead(userID, mail))
	if err != nil || there && told.At.Before(last.Add(mailReadLasts)) {
		return err
	}
	return r.SeeMail(ctx, userID, mail, told)
}

func mailRead(userID, mail string) table.Key { return key("mailread/"+userID, mail) }
