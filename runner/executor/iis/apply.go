package iis

import (
	"context"
	"fmt"
	"strings"

	"slipway/pipelines/iisconf"
)

// Apply makes it so. When it returns an error, IIS is as it was before; with
// KeepNewPath only as long as nothing was switched. When it returns nil, the
// way back stays open until Finish: see Restore.
func (h *Host) Apply(ctx context.Context, wanted iisconf.Wanted) error {
	for _, text := range iisconf.Warnings(wanted) {
		h.warn("IIS: %s", text)
	}
	before, err := h.look(ctx, wanted)
	if err != nil {
		return err
	}
	actions, err := iisconf.Diff(wanted, before.State)
	if err != nil {
		return err
	}
	actions = fold(actions, before)
	// From here on nothing may be left half done because somebody stops the step.
	ctx = context.WithoutCancel(ctx)
	if len(actions) == 0 {
		h.note("IIS: everything is as wanted, nothing to change")
		return h.lift()
	}
	if err := h.remember(actions, before); err != nil {
		return err
	}
	err = h.perform(ctx, actions, before)
	if err == nil {
		err = h.done()
	}
	if err != nil {
		return h.giveUp(ctx, err)
	}
	return h.lift()
}

// look reads what matters for what is wanted.
func (h *Host) look(ctx context.Context, wanted iisconf.Wanted) (seen, error) {
	chosen := func(site string) bool { return wanted.Site != nil && strings.EqualFold(site, wanted.Site.Name) }
	var s seen
	err := h.Retry(ctx, "reading IIS's configuration", func() (err error) {
		s, err = h.read(ctx, chosen)
		return err
	})
	if err != nil {
		return s, err
	}
	s.Folders = folders(iisconf.Folders(wanted, s.State))
	return s, nil
}

// fold leaves out identities that are as wanted: nobody but appcmd can read a
// pool's password, so the list always has those of users. And it makes a new
// pool with its user at once.
func fold(actions []iisconf.Action, now seen) []iisconf.Action {
	var list []iisconf.Action
	added := map[string]int{} // index in the list by pool
	for _, a := range actions {
		name := strings.ToLower(a.Pool.Name)
		if a.Verb == iisconf.SetIdentity && a.Pool.Identity == specificUser {
			if i, ok := added[name]; ok {
				list[i].Pool = a.Pool
				continue
			}
			if _, changes := effect(now, a); !changes {
				continue
			}
		}
		if a.Verb == iisconf.AddPool {
			added[name] = len(list)
		}
		list = append(list, a)
	}
	return list
}

// perform does the actions, each after it was announced.
func (h *Host) perform(ctx context.Context, actions []iisconf.Action, now seen) error {
	for _, a := range actions {
		h.note("IIS: %s", words(a))
		next, err := h.do(ctx, a, now, steady(a))
		if err != nil {
			return explain(a, err)
		}
		now = next
	}
	return nil
}

// words are what a person reads before an action is done.
func words(a iisconf.Action) string {
	switch a.Verb {
	case iisconf.AddPool:
		if a.Pool.Identity == specificUser {
			return a.String() + ", which runs as user " + a.Pool.User
		}
	case dropSite:
		return fmt.Sprintf("remove site %q, which was not there before", a.Site)
	case dropPool:
		return fmt.Sprintf("remove application pool %q, which was not there before", a.Pool.Name)
	case dropApplication:
		return fmt.Sprintf("remove application %s of site %q, which was not there before", a.Path, a.Site)
	case dropDirectory:
		return fmt.Sprintf("remove virtual directory %s of site %q, which was not there before", a.Path, a.Site)
	}
	return a.String()
}
