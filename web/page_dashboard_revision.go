package web

import (
	"sync"
	"time"

	"slipway/pipelines"
	"slipway/runner/views"
)

// stillness knows of dashboards that are open how they were found right: while the
// mark of all that they show is the same, they are so until a time in them is told
// in other words. It is kept in memory only, so that whoever asks another server,
// or one that was started anew, is answered from what is where.
type stillness struct {
	mu    sync.Mutex
	found map[string]still // by who sees what
}

// still is that a dashboard was found right at a mark, which was there since.
type still struct {
	mark  string
	since time.Time
	sure  bool
	until time.Time
}

const (
	// settled is how long nobody relies on a new mark: while something is being
	// written, a part of it may be seen before another. That takes milliseconds.
	settled = time.Second
	// mostStill is how many are known of; then all are found out again.
	mostStill = 4096
)

// holds says whether what somebody sees is certainly right.
func (s *stillness) holds(who, mark string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.found[who]
	return known.sure && known.mark == mark && now.Before(known.until)
}

// note that it was right when it was read from at on, the mark before that.
func (s *stillness) note(who, mark string, at, until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := still{mark: mark, since: at, until: until}
	if known := s.found[who]; known.mark == mark {
		now.since, now.sure = known.since, known.sure || at.Sub(known.since) >= settled
	}
	if s.found == nil || len(s.found) >= mostStill {
		s.found = map[string]still{}
	}
	s.found[who] = now
}

// longestHeld is for how long a grid without any time in it is the same.
const longestHeld = 24 * time.Hour

// holdsUntil is when the grid says something else by itself: a time in it is told
// in other words, or a deployment is due.
func holdsUntil(rows []views.Row, now time.Time) time.Time {
	until := now.Add(longestHeld)
	sooner := func(t time.Time) {
		if t.Before(until) {
			until = t
		}
	}
	for _, row := range rows {
		for _, c := range row.Cells {
			if c.Newest == nil {
				continue
			}
			sooner(saidUntil(lastMoved(*c.Newest), now))
			if c.Live != nil {
				sooner(saidUntil(lastMoved(*c.Live), now))
			}
			for _, d := range append([]pipelines.Deployment{*c.Newest}, c.Others...) {
				if due := d.NotBefore; due != nil && due.After(now) {
					sooner(*due)
				}
			}
		}
	}
	return until
}

// saidUntil is until when a moment is said as it is now, or a moment before that.
func saidUntil(t, now time.Time) time.Time {
	t, now = t.UTC(), now.UTC()
	since := now.Sub(t)
	unit := time.Second
	switch {
	case since < 0: // clocks differ
		return now.Add(time.Second)
	case since < 5*time.Second:
		return t.Add(5 * time.Second)
	case since < time.Minute:
	case since < time.Hour:
		unit = time.Minute
	default:
		unit = time.Hour
	}
	next := t.Add(since.Truncate(unit) + unit)
	if unit < time.Hour {
		return next
	}
	if midnight := now.Truncate(24 * time.Hour).Add(24 * time.Hour); since >= 12*time.Hour && !sameDay(t, now) || midnight.Before(next) {
		next = midnight
	}
	if week := t.Add(6 * 24 * time.Hour); week.After(now) && week.Before(next) {
		next = week
	}
	return next
}
