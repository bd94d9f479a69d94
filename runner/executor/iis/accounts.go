package iis

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"slipway/pipelines/iisconf"
)

// Accounts are the users of this machine and of its domain.
type Accounts interface {
	// Check says why a user cannot log on as a pool does, by a wrong password
	// for example. nil is also that nobody can tell.
	Check(user, password string) error
}

// checkAccounts looks whether the users of pools can log on: IIS takes any
// password, and the pool dies with the first request.
func (h *Host) checkAccounts(actions []iisconf.Action) error {
	accounts := h.Accounts
	if accounts == nil {
		accounts = MachineAccounts()
	}
	for _, a := range actions {
		if a.Verb != iisconf.SetIdentity && a.Verb != iisconf.AddPool || a.Pool.Identity != specificUser || isManaged(a.Pool.User) {
			continue
		}
		if err := accounts.Check(a.Pool.User, a.Pool.Password); err != nil {
			return fmt.Errorf("application pool %q cannot run as user %s: %w. The user (DOMAIN\\name or .\\name) and its password must be those of an account that can log on to this host", a.Pool.Name, a.Pool.User, err)
		}
	}
	return nil
}

// isManaged says whether an account has no password that a person knows: a
// managed service account, or one of Windows's own.
func isManaged(user string) bool {
	domain, _, _ := strings.Cut(strings.ToUpper(user), `\`)
	return strings.HasSuffix(user, "$") || domain == "NT AUTHORITY" || domain == "NT SERVICE" || domain == "IIS APPPOOL"
}

// afterStart is what a pool that cannot run takes to stop by itself.
const afterStart = 2 * time.Second

// stillRuns looks after a moment at the pools that were started or changed: one
// whose user cannot log on, or that dies again and again, stops by itself.
func (h *Host) stillRuns(ctx context.Context, actions []iisconf.Action) error {
	var pools []string
	for _, a := range actions {
		switch a.Verb {
		case iisconf.StopPool:
			pools = slices.DeleteFunc(pools, func(name string) bool { return strings.EqualFold(name, a.Pool.Name) })
		case iisconf.StartPool:
			pools = append(pools, a.Pool.Name)
		}
	}
	if len(pools) == 0 {
		return nil
	}
	if err := h.sleep(ctx, afterStart); err != nil {
		return err
	}
	var now seen
	err := h.Retry(ctx, "reading the application pools", func() (err error) {
		now, err = h.read(ctx, func(string) bool { return false })
		return err
	})
	if err != nil {
		return err
	}
	for _, name := range pools {
		if p, ok := poolOf(now.State, name); ok && p.Stopped {
			return fmt.Errorf("application pool %q was started and has stopped by itself, running as %s. Most often its user cannot log on (password, or the right to log on as a batch job), "+
				"or its process died several times in a row (rapid-fail protection): Windows's event log, source WAS, says which", name, runningAs(p))
		}
	}
	return nil
}

func runningAs(p iisconf.Pool) string {
	if p.Identity == specificUser {
		return "user " + p.User
	}
	return p.Identity
}
