package iis

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"slipway/pipelines/iisconf"
)

// Restore brings back what the journal holds, so that what was served before is
// served again, and takes our app_offline.htm away. What somebody else has
// changed or come to use meanwhile stays, with a warning. Without a journal there
// is nothing to do. When it returns an error, the journal is kept.
func (h *Host) Restore(ctx context.Context) error {
	_, err := h.restore(ctx)
	return err
}

// restore says, too, whether the new folder stays because the step asks for it.
func (h *Host) restore(ctx context.Context) (kept bool, err error) {
	ctx = context.WithoutCancel(ctx)
	j, err := h.readJournal()
	if err != nil {
		return false, err
	}
	now, err := h.lookBack(ctx, j)
	if err == nil {
		kept, err = h.putBack(ctx, j, now)
	}
	if err != nil {
		return false, errors.Join(err, h.lift())
	}
	return kept, h.Finish()
}

// lookBack reads what IIS has now of what a journal is about.
func (h *Host) lookBack(ctx context.Context, j journal) (now seen, err error) {
	if len(j.Actions) == 0 {
		return now, nil
	}
	chosen := func(site string) bool { _, ok := siteOf(j.Before, site); return ok }
	err = h.Retry(ctx, "reading IIS's configuration", func() (err error) {
		now, err = h.read(ctx, chosen)
		return err
	})
	return now, err
}

// putBack does all of the way back that can be done. Its error says what cannot.
func (h *Host) putBack(ctx context.Context, j journal, now seen) (kept bool, err error) {
	if len(j.Actions) == 0 {
		return false, nil
	}
	if j.Keep && (j.Done || switched(j.Actions, now.State)) {
		h.note("IIS: the new folder is served already and stays, as the step asks for")
		return true, nil
	}
	before := seen{State: j.Before, passwords: h.former, users: j.Users}
	list, left := back(j.Actions, before, now)
	for _, text := range left {
		h.warn("IIS: %s", text)
	}
	list = h.possible(list, now)
	if len(list) == 0 {
		return false, nil
	}
	h.note("IIS: bringing back what was there before")
	var failed []error
	for _, a := range list {
		h.note("IIS: %s", words(a))
		// Here a start is tried again, too: the old version is to serve.
		next, err := h.do(ctx, boundedWait, a, now, true)
		if err != nil {
			failed = append(failed, explain(a, err))
			continue
		}
		now = next
	}
	switch {
	case len(failed) > 0:
		return false, errors.Join(failed...)
	case len(left) == 0:
		h.note("IIS: all of it is as it was before this deployment")
	}
	return false, nil
}

// RestoreOrSetAside is Restore for whoever comes later and has IIS to change:
// what cannot be brought back must not stand in the way of every deployment to
// come. Then it is set aside, and the log says where. Only an IIS that cannot be
// read is an error; nobody could change it either.
func (h *Host) RestoreOrSetAside(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	j, err := h.readJournal()
	if err != nil {
		return h.setAside(err)
	}
	now, err := h.lookBack(ctx, j)
	if err != nil {
		return err
	}
	if _, err := h.putBack(ctx, j, now); err != nil {
		return h.setAside(errors.Join(err, h.lift()))
	}
	if err := h.Finish(); err != nil {
		return h.setAside(err)
	}
	return nil
}

// Keep takes what an interrupted attempt has made of IIS for good. What was
// there before is set aside, for people.
func (h *Host) Keep() error {
	if err := h.lift(); err != nil {
		return h.setAside(err)
	}
	aside := h.Journal + ".aside"
	if err := os.Rename(h.Journal, aside); err != nil {
		return err
	}
	h.note("IIS: what was there before stands in %s", aside)
	return nil
}

// setAside puts a journal where it is in nobody's way.
func (h *Host) setAside(why error) error {
	aside := h.Journal + ".aside"
	if err := os.Rename(h.Journal, aside); err != nil {
		return errors.Join(why, err)
	}
	h.warn("IIS: an earlier attempt was interrupted, and not all that was there before could be brought back: %v. What it was stands in %s; look at IIS on this host. This deployment goes on", why, aside)
	return nil
}

// possible leaves out what takes a password that only the interrupted attempt
// knew.
func (h *Host) possible(list []iisconf.Action, now seen) []iisconf.Action {
	return slices.DeleteFunc(list, func(a iisconf.Action) bool {
		if a.Verb != iisconf.SetIdentity || a.Pool.Identity != specificUser || h.former != nil {
			return false
		}
		there, _ := poolOf(now.State, a.Pool.Name)
		if there.Identity != specificUser || !strings.EqualFold(there.User, a.Pool.User) {
			h.warn("IIS: application pool %q ran as user %s, whose password is kept nowhere: it goes on as it is; deploy again, or set the user by hand", a.Pool.Name, a.Pool.User)
		}
		return true
	})
}

// switched says whether a switch of the list has happened.
func switched(actions []iisconf.Action, now iisconf.State) bool {
	return slices.ContainsFunc(actions, func(a iisconf.Action) bool {
		if a.Verb != iisconf.SetPath {
			return false
		}
		site, _ := siteOf(now, a.Site)
		folder, ok := folderOf(site, a.Application, a.Directory())
		return ok && folder == a.Physical
	})
}

// giveUp brings back what was there and returns why.
func (h *Host) giveUp(ctx context.Context, why error) error {
	kept, err := h.restore(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("%w. Then IIS could not be brought back to what it was: %v; %s says what that is, and the next attempt at this step tries again",
			why, err, h.Journal)
	case kept:
		return fmt.Errorf("%w. What was switched stays, as the step asks for", why)
	}
	return fmt.Errorf("%w. IIS is as it was before", why)
}
