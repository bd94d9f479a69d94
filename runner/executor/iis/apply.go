package iis

import (
	"context"
	"fmt"
	"slices"
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
	if err := h.check(actions, before); err != nil {
		return err
	}
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

// check finds what only fails in the middle otherwise, and says what others will
// notice. Nothing was changed yet.
func (h *Host) check(actions []iisconf.Action, before seen) error {
	for _, a := range actions {
		if a.Verb == iisconf.SetBindings {
			if _, err := bindingArgs(a, before.State); err != nil {
				return err
			}
		}
		if a.Certificate.Custom && a.Verb == iisconf.DropCertificate && replaced(actions, a) {
			h.warn("IIS: the certificate on %s has settings of its own (client certificates, revocation checks or a list of trusted roots), and its successor has Windows's defaults: "+
				"`netsh http show sslcert %s` shows them now; set them again by `netsh http update sslcert`", a.Certificate.Address, at(a.Certificate))
		}
		if sites := iisconf.SharedBy(a, before.State); replaced(actions, a) && len(sites) > 0 {
			h.warn("IIS: the certificate on %s is shared: %s will answer with the new one, too", a.Certificate.Address, strings.Join(sites, ", "))
		}
	}
	return h.checkAccounts(actions)
}

// replaced says whether a certificate that an action drops has a successor.
func replaced(actions []iisconf.Action, dropped iisconf.Action) bool {
	return slices.ContainsFunc(actions, func(a iisconf.Action) bool {
		return a.Verb == iisconf.BindCertificate && sameAddress(a.Certificate, dropped.Certificate)
	})
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
func (h *Host) perform(caller context.Context, actions []iisconf.Action, now seen) error {
	// Nothing may be left half done because somebody stops the step.
	ctx := context.WithoutCancel(caller)
	wait := waitAsLongAs(caller)
	for _, a := range actions {
		h.note("IIS: %s", words(a))
		next, err := h.do(ctx, wait, a, now, steady(a))
		wait = boundedWait
		if err != nil {
			return explain(a, err)
		}
		now = next
	}
	return h.stillRuns(ctx, actions)
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
