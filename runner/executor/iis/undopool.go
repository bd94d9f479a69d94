package iis

import (
	"strings"

	"slipway/pipelines/iisconf"
)

// inversePool undoes what is about a pool.
func (u *undoing) inversePool(a iisconf.Action) []iisconf.Action {
	name := a.Pool.Name
	before, wasThere := poolOf(u.before.State, name)
	now, isThere := poolOf(u.now.State, name)
	switch {
	case !isThere:
		return nil
	case !wasThere && a.Verb != iisconf.AddPool:
		return nil // it goes with the pool
	case !wasThere:
		if user := u.userOf(name); user != "" {
			u.leave("application pool %q stays: %s runs in it", name, user)
			return nil
		}
		return []iisconf.Action{{Verb: dropPool, Pool: iisconf.Pool{Name: name}}}
	}
	switch a.Verb {
	case iisconf.SetFramework:
		if now.Framework == a.Pool.Framework {
			return []iisconf.Action{{Verb: iisconf.SetFramework, Pool: iisconf.Pool{Name: name, Framework: before.Framework}}}
		}
		if now.Framework != before.Framework {
			u.leave("the framework of application pool %q was changed by somebody else meanwhile and stays", name)
		}
	case iisconf.SetIdentity:
		p := iisconf.Pool{Name: name, Identity: before.Identity, User: before.User, Password: u.before.passwords[strings.ToLower(name)]}
		if !runsAs(now, a.Pool) && !runsAs(now, before) {
			u.leave("the identity of application pool %q was changed by somebody else meanwhile and stays", name)
			return nil
		}
		return []iisconf.Action{{Verb: iisconf.SetIdentity, Pool: p}}
	case iisconf.StartPool:
		if before.Stopped {
			return []iisconf.Action{{Verb: iisconf.StopPool, Pool: iisconf.Pool{Name: name}}}
		}
	}
	return nil
}

// inverseCertificate makes http.sys answer at an address as it did.
func (u *undoing) inverseCertificate(c iisconf.Certificate) []iisconf.Action {
	was, wasThere := certificateAt(u.before.State, c)
	is, isThere := certificateAt(u.now.State, c)
	was.Custom, is.Custom = false, false // netsh shows them and nobody can be told
	if wasThere == isThere && was == is {
		return nil
	}
	if isThere && !(wasThere && strings.EqualFold(is.Thumbprint, was.Thumbprint)) && !u.bound(is) {
		u.leave("http.sys answers on %s with certificate %s, which somebody else has put there meanwhile, and it stays", is.Address, is.Thumbprint)
		return nil
	}
	if site := u.answersFor(c); isThere && !wasThere && site != "" {
		u.leave("certificate %s stays on %s: site %q answers with it", is.Thumbprint, is.Address, site)
		return nil
	}
	var list []iisconf.Action
	if isThere {
		list = append(list, iisconf.Action{Verb: iisconf.DropCertificate, Certificate: is})
	}
	if wasThere {
		list = append(list, iisconf.Action{Verb: iisconf.BindCertificate, Certificate: was})
	}
	return list
}
