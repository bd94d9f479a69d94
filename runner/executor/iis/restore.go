package iis

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"slipway/pipelines/iisconf"
)

// Restore brings back what the journal holds, so that what was served before is
// served again, and takes our app_offline.htm away. Without a journal there is
// nothing to do. When it returns an error, the journal is kept.
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
	if kept, err = h.putBack(ctx, j); err != nil {
		return false, errors.Join(err, h.lift())
	}
	return kept, h.Finish()
}

func (h *Host) putBack(ctx context.Context, j journal) (kept bool, err error) {
	if len(j.Actions) == 0 {
		return false, nil
	}
	var now seen
	chosen := func(site string) bool { _, ok := siteOf(j.Before, site); return ok }
	err = h.Retry(ctx, "reading IIS's configuration", func() (err error) {
		now, err = h.read(ctx, chosen)
		return err
	})
	if err != nil {
		return false, err
	}
	if j.Keep && (j.Done || switched(j.Actions, now.State)) {
		h.note("IIS: the new folder is served already and stays, as the step asks for")
		return true, nil
	}
	before := seen{State: j.Before, passwords: h.former}
	list := h.possible(back(j.Actions, before, now), now)
	if len(list) == 0 {
		return false, nil
	}
	h.note("IIS: bringing back what was there before")
	for _, a := range list {
		h.note("IIS: %s", words(a))
		// Here a start is tried again, too: the old version is to serve.
		if now, err = h.do(ctx, a, now, true); err != nil {
			return false, explain(a, err)
		}
	}
	h.note("IIS: all of it is as it was before this deployment")
	return false, nil
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
		return fmt.Errorf("%w. Then IIS could not be brought back to what it was: %v; %s says what that is, and the next deployment to this target tries again",
			why, err, filepath.Base(h.Journal))
	case kept:
		return fmt.Errorf("%w. What was switched stays, as the step asks for", why)
	}
	return fmt.Errorf("%w. IIS is as it was before", why)
}
