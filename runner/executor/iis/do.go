package iis

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"slipway/pipelines/iisconf"
)

// steady says whether an action is worth another try: a start or a stop that
// fails has told something.
func steady(a iisconf.Action) bool {
	switch a.Verb {
	case iisconf.StartPool, iisconf.StartSite, iisconf.StopPool, iisconf.StopSite:
		return false
	}
	return true
}

// beforeStart lets IIS take up a changed configuration.
const beforeStart = time.Second

// do does one action, with retries if they make sense, and returns what IIS has
// then. wait says how long the right to change IIS is waited for.
func (h *Host) do(ctx context.Context, wait waiting, a iisconf.Action, now seen, again bool) (seen, error) {
	if a.Verb == iisconf.StartPool {
		if err := h.sleep(ctx, beforeStart); err != nil {
			return now, err
		}
	}
	tried := false
	try := func() error {
		leave, err := h.alone(ctx, wait)
		if err != nil {
			return err
		}
		defer leave()
		if tried {
			// Somebody else may have changed something, or the last try did all.
			if now, err = h.read(ctx, func(site string) bool { return strings.EqualFold(site, a.Site) }); err != nil {
				return err
			}
			if settled(now, a) {
				return nil
			}
		}
		tried = true
		return h.run(ctx, rest(a, now), now)
	}
	var err error
	if again {
		err = h.Retry(ctx, words(a), try)
	} else if err = try(); err != nil && h.already(ctx, a) {
		err = nil
	}
	if err != nil {
		return now, err
	}
	next, _ := effect(now, a)
	return next, nil
}

// rest is what is left of an action that another try has begun: a pool that is
// there needs only its user.
func rest(a iisconf.Action, now seen) iisconf.Action {
	if _, there := poolOf(now.State, a.Pool.Name); there && a.Verb == iisconf.AddPool && a.Pool.Identity == specificUser {
		a.Verb = iisconf.SetIdentity
	}
	return a
}

// already says whether a start or a stop that failed had nothing to do.
func (h *Host) already(ctx context.Context, a iisconf.Action) bool {
	now, err := h.read(ctx, func(string) bool { return false })
	return err == nil && settled(now, a)
}

// run runs an action's commands.
func (h *Host) run(ctx context.Context, a iisconf.Action, now seen) error {
	if a.Verb == iisconf.AddSite {
		a.SiteID = freeID(now.State, a.SiteID)
	}
	commands, err := commandsOf(a, now.State, newAppID())
	if err != nil {
		return err
	}
	for _, c := range commands {
		var out string
		var err error
		if c.Input == "" {
			out, err = h.Commands.Run(ctx, c.Program, c.Args...)
		} else {
			out, err = h.Commands.Feed(ctx, c.Input, c.Program, c.Args...)
		}
		if err != nil {
			return withWords(err, out)
		}
	}
	return nil
}

// freeID is the number that a new site was to have, or the next free one where
// another site was made meanwhile.
func freeID(s iisconf.State, wanted int) int {
	highest, taken := 0, false
	for _, site := range s.Sites {
		highest, taken = max(highest, site.ID), taken || site.ID == wanted
	}
	if taken {
		return highest + 1
	}
	return wanted
}

// newAppID is a fresh id for an entry of http.sys, as Octopus makes one.
func newAppID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("{%x-%x-%x-%x-%x}", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
