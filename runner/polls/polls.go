// Package polls asks feeds for new versions, where a project's trigger wants
// that.
//
// It makes no release itself: it tells requests what is new. There are no
// recurring timers: each feed that is asked has one timer, which is set again
// after each round and exists only while a project wants it. So a server without
// such a project never wakes up for it. What a newcomer would miss: one timer for
// all packages of a feed, one after the other, is what keeps a feed from being
// asked by two at once.
package polls

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/runner/env"
	"slipway/runner/records"
	"slipway/runner/requests"
	"slipway/runner/timers"
)

// Polls asks feeds. All fields are set once, before the first call.
type Polls struct {
	Records  *records.Records
	Requests *requests.Requests
	Timers   timers.Timers
	Env      env.Env
	Log      *slog.Logger
}

// timerOf is the id of a feed's timer.
const timerOf = "feed-poll/"

// Ring takes the rings of feeds' timers, and hands on all others.
func (p *Polls) Ring(others timers.Ring) timers.Ring {
	return func(ctx context.Context, id string, payload []byte) error {
		if feed, ours := strings.CutPrefix(id, timerOf); ours {
			return p.round(ctx, feed)
		}
		return others(ctx, id, payload)
	}
}

// Arrange sets the timers that projects want now, and removes the others. Doing
// it again is harmless.
func (p *Polls) Arrange(ctx context.Context) error { return p.arrange(ctx, false) }

// Resume is Arrange at the start of a process that is the only one: whoever was
// asking is not there any more.
func (p *Polls) Resume(ctx context.Context) error { return p.arrange(ctx, true) }

func (p *Polls) arrange(ctx context.Context, alone bool) error {
	wanted, err := wants(ctx, p.Records)
	if err != nil {
		return err
	}
	there, err := p.Records.FeedPolls(ctx)
	if err != nil {
		return err
	}
	for _, one := range there {
		if _, ok := wanted[one.FeedID]; !ok {
			wanted[one.FeedID] = nil
		}
	}
	for feed := range wanted {
		if err := p.settle(ctx, feed, alone); err != nil {
			return err
		}
	}
	return nil
}

// settle makes what is kept of a feed what is wanted, and sets its timer.
func (p *Polls) settle(ctx context.Context, feed string, alone bool) error {
	now, err := p.agree(ctx, feed, func(f *records.FeedPoll) {
		if alone {
			f.Busy = time.Time{}
		}
	})
	if err != nil {
		return err
	}
	return p.arm(ctx, now)
}

// arm sets the timer of a feed for its next round, or removes it. It looks once more
// afterwards: who has changed the feed meanwhile may have set the timer before us.
func (p *Polls) arm(ctx context.Context, f records.FeedPoll) error {
	for range 50 {
		at := next(f)
		var err error
		if at.IsZero() {
			err = p.Timers.Cancel(ctx, timerOf+f.FeedID)
		} else {
			err = p.Timers.Set(ctx, timerOf+f.FeedID, at, nil)
		}
		if err != nil {
			return err
		}
		feed := f.FeedID
		if f, _, err = p.Records.FeedPoll(ctx, feed); err != nil || next(f).Equal(at) {
			return err
		}
		f.FeedID = feed
	}
	return nil // others change it all the time, and each of them looks after the timer
}

// next is when the feed is to be asked again, zero if never.
func next(f records.FeedPoll) time.Time {
	if at := f.Due(); at.After(f.Busy) || len(f.Packages) == 0 {
		return at
	}
	return f.Busy
}

// change writes what edit makes of what is kept of a feed. It begins again where
// somebody else was faster.
func (p *Polls) change(ctx context.Context, feed string, edit func(*records.FeedPoll)) (records.FeedPoll, error) {
	return p.changed(ctx, feed, func(f *records.FeedPoll) error { edit(f); return nil })
}

// agree is change after what is wanted of the feed at this moment. That is read after
// what is kept of it, and again with each try: what is wanted newly is arranged by
// somebody who writes the latter, so that none of it is ever taken away as unknown.
func (p *Polls) agree(ctx context.Context, feed string, edit func(*records.FeedPoll)) (records.FeedPoll, error) {
	return p.changed(ctx, feed, func(f *records.FeedPoll) error {
		wanted, err := wants(ctx, p.Records)
		if err != nil {
			return err
		}
		f.Packages = agreed(f.Packages, wanted[feed], p.Env.Now())
		edit(f)
		return nil
	})
}

func (p *Polls) changed(ctx context.Context, feed string, edit func(*records.FeedPoll) error) (records.FeedPoll, error) {
	for range 50 {
		f, revision, err := p.Records.FeedPoll(ctx, feed)
		if err != nil {
			return f, err
		}
		before := len(f.Packages)
		f.FeedID = feed
		if err := edit(&f); err != nil {
			return f, err
		}
		if before == 0 && len(f.Packages) == 0 {
			return f, nil
		}
		err = p.Records.Write(ctx, records.SetFeedPoll(f, revision))
		if !records.Conflict(err) {
			return f, err
		}
	}
	return records.FeedPoll{}, pipelines.Refuse(pipelines.Unavailable, "too many change how feed %s is asked at this moment: try again", feed)
}
