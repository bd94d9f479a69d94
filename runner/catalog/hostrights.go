package catalog

import (
	"fmt"

	"slipway/pipelines"
)

// Scripts run on targets, and what they reach there is not what the environments
// of a target say: it is a folder of the server's own machine, or any host that a
// key of the server's opens. So some changes of targets take more than MachineEdit.

// mayAim demands it for one target as it is and as it will be.
func mayAim(p pipelines.Principal, now, all []pipelines.Target, name string) error {
	before, existed := targetNamed(now, name)
	after, stays := targetNamed(all, name)
	switch {
	case !stays:
		return nil
	case after.Local != "":
		return mayRunHere(p, before, after)
	case existed && sameWay(before, after):
		return nil
	}
	return mayOpen(p, now, after)
}

// mayRunHere: what a local target runs, it runs as the server itself, in whose
// folder the key of all secrets lies.
func mayRunHere(p pipelines.Principal, before, after pipelines.Target) error {
	wider := before.Local != after.Local || before.Disabled && !after.Disabled ||
		len(added(keys(before.Environments), keys(after.Environments))) > 0 || len(added(keys(before.Roles), keys(after.Roles))) > 0
	if !wider || p.Allows(pipelines.AdministerSystem, pipelines.Where{}) {
		return nil
	}
	return lacking(p, pipelines.AdministerSystem,
		"target %s is `local`: its scripts run on the server's own machine, as the server, and read what that may read. Adding one, or giving it a folder, an environment or a role, takes the permission %s: ask an administrator, or reach the machine by `ssh` as a user of its own", after.Name, pipelines.AdministerSystem)
}

// mayOpen: whoever names a key and a host could bring another environment's host
// into their own. So a key takes the right over secrets, or over all that it
// opens already.
func mayOpen(p pipelines.Principal, now []pipelines.Target, t pipelines.Target) error {
	key := opener(t)
	if key == "" || p.Allows(pipelines.SecretEdit, pipelines.Where{}) {
		return nil
	}
	opens, all := 0, true
	for _, other := range now {
		if opener(other) != key {
			continue
		}
		opens++
		for _, place := range placesOf(nil, other) {
			all = all && p.Allows(pipelines.MachineEdit, place)
		}
	}
	if opens > 0 && all {
		return nil
	}
	return lacking(p, pipelines.SecretEdit,
		"target %s would be reached with %s. That takes the permission %s, or %s in all environments of the targets that are reached with it already: ask somebody who may set secrets to add it, or name a key that opens your own targets only", t.Name, key, pipelines.SecretEdit, pipelines.MachineEdit)
}

// opener is what the server comes in to a target with, in words; "" where that is
// nothing of its own.
func opener(t pipelines.Target) string {
	switch {
	case t.SSH != nil && t.SSH.Key != "":
		return fmt.Sprintf("the secret %q as its key", t.SSH.Key)
	case t.SSH != nil:
		return "the keys of the server's ssh-agent"
	case t.SSM != nil:
		return "the server's own rights at AWS"
	}
	return ""
}

// sameWay says that a target is the same host, come in to with the same key.
func sameWay(a, b pipelines.Target) bool {
	return a.Address() == b.Address() && opener(a) == opener(b)
}

// lacking is a refusal in words of its own, which the audit log knows for the
// permission that was lacking.
func lacking(p pipelines.Principal, want pipelines.Permission, format string, args ...any) error {
	if !p.Known() {
		return p.Demand(want, pipelines.Where{})
	}
	e := pipelines.Refuse(pipelines.Forbidden, format, args...)
	e.Lacks = want
	return e
}
