package polls

import (
	"context"
	"errors"
	"fmt"
	"time"

	"slipway/pipelines"
	"slipway/runner/records"
)

const (
	// longestRound bounds a round, and lease how long others keep away from a feed
	// that is being asked: longer, so that it ends before they begin.
	longestRound = 13 * time.Minute
	lease        = 15 * time.Minute
	// longestPause bounds how rarely a feed is asked that does not answer, unless
	// it is to be asked even more rarely anyway.
	longestPause = time.Hour
	// mostNews bounds how many versions one round tells of: a feed that shows
	// hundreds at once has been moved, and nobody wants a release of each.
	mostNews = 10
)

// round asks one feed for all that is due, and sets its timer again.
func (p *Polls) round(ctx context.Context, feedID string) error {
	mine := false
	now, err := p.agree(ctx, feedID, func(f *records.FeedPoll) {
		at := p.Env.Now()
		if mine = !f.Busy.After(at) && !f.Due().After(at); mine {
			f.Busy = at.Add(lease)
		}
	})
	if err != nil {
		return err
	}
	if mine && len(now.Packages) > 0 {
		if now, err = p.askAll(ctx, now); err != nil {
			return err
		}
	}
	return p.arm(ctx, now)
}

// askAll asks for one package after the other, until the feed does not answer.
func (p *Polls) askAll(ctx context.Context, f records.FeedPoll) (records.FeedPoll, error) {
	feed, err := p.Records.Feed(ctx, f.FeedID)
	if err != nil {
		return f, err
	}
	within, stop := context.WithTimeout(ctx, longestRound)
	defer stop()
	began := p.Env.Now()
	for _, one := range f.Packages {
		if one.Next.After(began) {
			continue
		}
		found := p.ask(within, feed.Noun, one)
		if ctx.Err() != nil {
			return f, ctx.Err() // the process ends; whoever comes next begins again
		}
		if f, err = p.note(ctx, f.FeedID, one, found); err != nil {
			return f, err
		}
		if found.silent {
			break
		}
	}
	return p.change(ctx, f.FeedID, func(f *records.FeedPoll) { f.Busy = time.Time{} })
}

// finding is what came of asking for one package.
type finding struct {
	newest  string
	known   bool
	silent  bool   // the feed has not answered, or not to the end
	trouble string // for people
}

// ask tells of what is new in the feed. The first time it only remembers what is
// there.
func (p *Polls) ask(ctx context.Context, f pipelines.Feed, one records.PolledPackage) finding {
	out := finding{newest: one.Newest, known: one.Known}
	news, newest, err := p.Requests.News(ctx, f, one.ID, one.Newest, mostNews)
	if err != nil {
		return p.silent(out, f, err)
	}
	if !one.Known {
		out.known, out.newest = true, newest
		return out
	}
	by := pipelines.System("poll of feed " + f.Name)
	for _, version := range news {
		heard, err := p.Requests.Announced(ctx, by, f.ID, one.ID, version)
		switch code := pipelines.CodeOf(err); {
		case err == nil && len(heard.Problems) > 0:
			out.trouble = fmt.Sprintf("%s %s: %s", one.ID, version, heard.Problems[0])
		case code == "" && err != nil, code == pipelines.Unavailable:
			return p.silent(out, f, err)
		case err != nil: // it stays so: the next version is another matter
			out.trouble = err.Error()
		}
		out.newest = version
	}
	return out
}

func (p *Polls) silent(out finding, f pipelines.Feed, err error) finding {
	out.silent, out.trouble = true, err.Error()
	if pipelines.CodeOf(err) == "" {
		p.Log.Error("a feed could not be asked", "feed", f.Name, "error", err)
		out.trouble = "asking feed " + f.Name + " went wrong here; the server's log says how"
		if errors.Is(err, context.DeadlineExceeded) {
			out.trouble = "feed " + f.Name + " took longer than " + longestRound.String()
		}
	}
	return out
}

// note keeps what was found of a package. It may not be wanted any more.
func (p *Polls) note(ctx context.Context, feedID string, asked records.PolledPackage, found finding) (records.FeedPoll, error) {
	return p.change(ctx, feedID, func(f *records.FeedPoll) {
		now := p.Env.Now()
		f.Asked = now
		if f.Failures++; !found.silent {
			f.Failures = 0
		}
		if found.trouble != "" {
			f.Trouble, f.Since = found.trouble, now
		}
		for i := range f.Packages {
			one := &f.Packages[i]
			switch {
			case pipelines.SameName(one.ID, asked.ID):
				one.Known, one.Newest = found.known, found.newest
				one.Next = now.Add(pause(one.Every, f.Failures))
			case found.silent && !one.Next.After(now):
				one.Next = now.Add(pause(one.Every, f.Failures))
			}
		}
	})
}

// pause is how long to wait after that many failures in a row: each time twice as
// long.
func pause(every pipelines.Duration, failures int) time.Duration {
	usual := time.Duration(every)
	if failures == 0 {
		return usual
	}
	return max(usual, min(usual<<min(failures, 6), longestPause))
}
