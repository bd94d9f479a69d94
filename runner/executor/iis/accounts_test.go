package iis

import (
	"errors"
	"strings"
	"testing"

	"slipway/pipelines/iisconf"
	"slipway/test/iismodel"
)

// people are accounts with their passwords.
type people map[string]string

func (p people) Check(user, password string) error {
	if p[user] != password {
		return errors.New("Windows knows no such user with this password")
	}
	return nil
}

// runningAsShop is the tutorial's site as a user.
func runningAsShop(folder, password string) iisconf.Wanted {
	w := quotes(folder)
	w.Site.Pool.Identity, w.Site.Pool.User, w.Site.Pool.Password = specificUser, `.\shop`, password
	return w
}

// TestWrongPasswordIsFoundFirst: IIS would take it, and every request would fail.
func TestWrongPasswordIsFoundFirst(t *testing.T) {
	t.Parallel()
	for _, first := range []bool{true, false} {
		m := newModelled(t)
		m.Accounts = people{`.\shop`: "right"}
		if !first {
			m.apply(t, `C:\1`)
		}
		err := m.Apply(t.Context(), runningAsShop(`C:\2`, "wrong"))
		if err == nil || !strings.Contains(err.Error(), `cannot run as user .\shop`) || strings.Contains(err.Error(), "wrong") {
			t.Errorf("new pool %t: Apply = %v", first, err)
		}
		if len(m.calls) > 0 || m.Interrupted() {
			t.Errorf("new pool %t: changed by %q, a journal is left: %t", first, m.calls, m.Interrupted())
		}
		if err := m.Apply(t.Context(), runningAsShop(`C:\2`, "right")); err != nil {
			t.Errorf("new pool %t: Apply with the right one = %v", first, err)
		}
	}
}

// TestManagedAccountsAreNotChecked: nobody knows their passwords.
func TestManagedAccountsAreNotChecked(t *testing.T) {
	t.Parallel()
	for _, user := range []string{`CORP\shop$`, `NT SERVICE\shop`, `nt authority\network service`} {
		h := &Host{Accounts: people{user: "unknown"}}
		if err := h.checkAccounts([]iisconf.Action{{Verb: iisconf.AddPool, Pool: iisconf.Pool{Name: "A", Identity: specificUser, User: user}}}); err != nil {
			t.Errorf("%s: %v", user, err)
		}
	}
}

// TestPoolThatStopsByItself: a start that succeeds says little.
func TestPoolThatStopsByItself(t *testing.T) {
	t.Parallel()
	m := newModelled(t)
	lists := 0 // since the start: that it runs already is looked up first
	m.fail = func(call string) error {
		switch {
		case strings.HasPrefix(call, "appcmd start apppool"):
			lists = 1
		case lists > 0 && strings.HasPrefix(call, "appcmd list apppool"):
			if lists++; lists != 3 {
				break
			}
			m.machine.Run(Appcmd, []string{"stop", "apppool", "/apppool.name:RandomQuotes"}, "")
		}
		return nil
	}
	err := m.Apply(t.Context(), runningAsShop(`C:\1`, "any"))
	if err == nil || !strings.Contains(err.Error(), "has stopped by itself, running as user .\\shop") || !strings.Contains(err.Error(), "IIS is as it was before") {
		t.Errorf("Apply = %v\n%s", err, strings.Join(m.log, "\n"))
	}
	if _, there := siteOf(m.state(t), "RandomQuotes"); there || m.Interrupted() {
		t.Errorf("the site is there: %t, a journal is left: %t", there, m.Interrupted())
	}
}

// TestPoolWithoutItsUserGetsIt: a call that failed may have made the pool only.
func TestPoolWithoutItsUserGetsIt(t *testing.T) {
	t.Parallel()
	m := newModelled(t)
	failed := false
	m.fail = func(call string) error {
		if failed || !strings.HasPrefix(call, "appcmd add apppool") {
			return nil
		}
		failed = true
		m.machine.Run(Appcmd, []string{"add", "apppool", "/name:RandomQuotes"}, "")
		return code(5)
	}
	if err := m.Apply(t.Context(), runningAsShop(`C:\1`, "any")); err != nil {
		t.Fatal(err)
	}
	if p, _ := poolOf(m.state(t), "RandomQuotes"); p.User != `.\shop` {
		t.Errorf("pool is %+v", p)
	}
}

// TestOthersHearOfARenewal: who shares a certificate gets the new one, too.
func TestOthersHearOfARenewal(t *testing.T) {
	t.Parallel()
	const next = "00112233445566778899AABBCCDDEEFF00112233"
	m := newModelled(t)
	secure := func(name, thumbprint string) iisconf.Wanted {
		w := quotes(`C:\1`)
		w.Site.Name, w.Site.Bindings[0] = name, iisconf.Binding{Protocol: "https", Port: 443, Host: name + ".example.org", Thumbprint: thumbprint, Store: "My"}
		return w
	}
	for _, thumbprint := range []string{hash, next} {
		m.machine.AddKey(iismodel.Key{Thumbprint: thumbprint, Store: "My"})
	}
	for _, w := range []iisconf.Wanted{secure("Dev", hash), secure("Test", hash), secure("Dev", next)} {
		if err := errors.Join(m.Apply(t.Context(), w), m.Finish()); err != nil {
			t.Fatal(err)
		}
	}
	log := strings.Join(m.log, "\n")
	if strings.Count(log, "the certificate on 0.0.0.0:443 is shared: Test will answer with the new one, too") != 1 {
		t.Errorf("log is\n%s", log)
	}
	if s := m.state(t); len(s.Certificates) != 1 || s.Certificates[0].Thumbprint != next {
		t.Errorf("http.sys has %+v", s.Certificates)
	}
}

// TestOddBindingThatStays: what appcmd could not be told matters only where it
// has to be, and then before the first change.
func TestOddBindingThatStays(t *testing.T) {
	t.Parallel()
	odd := iisconf.Binding{Protocol: "net.pipe", Other: "it's"}
	plainOne := iisconf.Binding{Protocol: "http", Address: "*", Port: 8081}
	now := iisconf.State{Sites: []iisconf.SiteState{{Name: "S", Bindings: []iisconf.Binding{odd}}}}
	if args, err := bindingArgs(iisconf.Action{Site: "S", Bindings: []iisconf.Binding{odd, plainOne}}, now); err != nil || len(args) != 1 {
		t.Errorf("kept: %q, %v", args, err)
	}
	h := &Host{}
	if err := h.check([]iisconf.Action{{Verb: iisconf.SetBindings, Site: "S", Bindings: []iisconf.Binding{plainOne}}}, seen{State: now}); err == nil {
		t.Error("removed: no error before the first change")
	}
}
