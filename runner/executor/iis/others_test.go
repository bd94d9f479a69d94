package iis

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/pipelines/iisconf"
	"slipway/test/iismodel"
)

// TestBackLeavesWhatOthersHave: the way back of one deployment takes nothing
// away from another that has gone well meanwhile, and overwrites nothing that
// somebody else has set.
func TestBackLeavesWhatOthersHave(t *testing.T) {
	t.Parallel()
	wanted := func(name, pool string, port int) iisconf.Wanted {
		return iisconf.Wanted{Site: &iisconf.Site{
			Name: name, PhysicalPath: `C:\` + name, Anonymous: true, Pool: iisconf.Pool{Name: pool, Framework: "v4.0"},
			Bindings: []iisconf.Binding{{Protocol: "http", Port: port}},
		}}
	}
	secure := func(name, host string) iisconf.Wanted {
		w := wanted(name, name, 443)
		w.Site.Bindings[0] = iisconf.Binding{Protocol: "https", Port: 443, Host: host, Thumbprint: hash, Store: "My"}
		return w
	}
	changed := func(w iisconf.Wanted, change func(*iisconf.Site)) iisconf.Wanted { change(w.Site); return w }
	const shop = "shop"
	for _, tt := range []struct {
		name   string
		before *iisconf.Wanted // deployed well before both
		ours   iisconf.Wanted
		others *iisconf.Wanted
		call   []string // what somebody does by hand instead
		warns  string
		stays  func(iisconf.State) bool
	}{
		{"pool", nil, wanted("A", "Shared", 8081), new(wanted("B", "Shared", 8082)), nil, `application pool "Shared" stays: / of site "B" runs in it`, func(s iisconf.State) bool {
			_, pool := poolOf(s, "Shared")
			_, ours := siteOf(s, "A")
			return pool && !ours
		}},
		{"certificate", nil, secure("A", "a.example.org"), new(secure("B", "b.example.org")), nil, `stays on 0.0.0.0:443: site "B" answers with it`, func(s iisconf.State) bool {
			_, ours := siteOf(s, "A")
			return len(s.Certificates) == 1 && !ours
		}},
		{"application below a new site", nil, wanted("A", "A", 8081), &iisconf.Wanted{Application: &iisconf.Application{Site: "A", Path: "/" + shop, PhysicalPath: `C:\S`, Pool: iisconf.Pool{Name: "Shop", Framework: "v4.0"}}}, nil,
			`site "A", which was not there before, stays: it has the application /shop now`, func(s iisconf.State) bool {
				site, _ := siteOf(s, "A")
				_, pool := poolOf(s, "A")
				return len(site.Applications) == 2 && pool
			}},
		{"new site pointed elsewhere", nil, wanted("A", "A", 8081), nil, []string{"set", "vdir", "/vdir.name:A/", `/physicalPath:C:\Hand`}, `somebody else has pointed it at C:\Hand`, func(s iisconf.State) bool {
			site, _ := siteOf(s, "A")
			folder, _ := folderOf(site, "/", "/")
			return folder == `C:\Hand`
		}},
		{"folder set by hand", new(quotes(`C:\1`)), quotes(`C:\2`), nil, []string{"set", "vdir", "/vdir.name:RandomQuotes/", `/physicalPath:C:\Hand`}, `/ of site "RandomQuotes" was pointed at C:\Hand`, func(s iisconf.State) bool {
			site, _ := siteOf(s, "RandomQuotes")
			folder, _ := folderOf(site, "/", "/")
			return folder == `C:\Hand`
		}},
		{"folder of another target", new(quotes(`C:\1`)), quotes(`C:\2`), new(quotes(`C:\3`)), nil, `was pointed at C:\3`, func(s iisconf.State) bool {
			site, _ := siteOf(s, "RandomQuotes")
			folder, _ := folderOf(site, "/", "/")
			return folder == `C:\3`
		}},
		{"bindings", new(quotes(`C:\1`)), changed(quotes(`C:\1`), func(s *iisconf.Site) { s.Bindings[0].Port = 8082 }), nil,
			[]string{"set", "site", "/site.name:RandomQuotes", "/+bindings.[protocol='http',bindingInformation='*:8099:']"}, `the bindings of site "RandomQuotes" were changed`, func(s iisconf.State) bool {
				site, _ := siteOf(s, "RandomQuotes")
				return len(site.Bindings) == 2
			}},
		{"framework", new(quotes(`C:\1`)), changed(quotes(`C:\1`), func(s *iisconf.Site) { s.Pool.Framework = "" }), nil,
			[]string{"set", "apppool", "/apppool.name:RandomQuotes", "/managedRuntimeVersion:v2.0"}, `the framework of application pool "RandomQuotes"`, func(s iisconf.State) bool {
				p, _ := poolOf(s, "RandomQuotes")
				return p.Framework == "v2.0"
			}},
		{"identity", new(quotes(`C:\1`)), changed(quotes(`C:\1`), func(s *iisconf.Site) { s.Pool.Identity = "NetworkService" }), nil,
			[]string{"set", "apppool", "/apppool.name:RandomQuotes", "/processModel.identityType:LocalService"}, `the identity of application pool "RandomQuotes"`, func(s iisconf.State) bool {
				p, _ := poolOf(s, "RandomQuotes")
				return p.Identity == "LocalService"
			}},
		{"pool of the site", new(quotes(`C:\1`)), changed(quotes(`C:\1`), func(s *iisconf.Site) { s.Pool.Name = "New" }), nil,
			[]string{"set", "app", "/app.name:RandomQuotes/", "/applicationPool:DefaultAppPool"}, `was moved to application pool "DefaultAppPool"`, func(s iisconf.State) bool {
				site, _ := siteOf(s, "RandomQuotes")
				return site.Applications[0].Pool == "DefaultAppPool"
			}},
		{"authentication", new(quotes(`C:\1`)), changed(quotes(`C:\1`), func(s *iisconf.Site) { s.Windows = true }), nil,
			[]string{"set", "config", "RandomQuotes", "/section:" + basicLogin.section, "/enabled:true", "/commit:apphost"}, `the authentication of site "RandomQuotes"`, func(s iisconf.State) bool {
				return s.Logins["RandomQuotes"] == iisconf.Login{Anonymous: true, Basic: true}
			}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newModelled(t)
			m.machine.AddKey(iismodel.Key{Thumbprint: hash, Store: "My"})
			well := func(w iisconf.Wanted) {
				t.Helper()
				h := m.another()
				h.Journal = filepath.Join(t.TempDir(), "other.iis.json")
				if err := errors.Join(h.Apply(t.Context(), w), h.Finish()); err != nil {
					t.Fatal(err)
				}
			}
			if tt.before != nil {
				well(*tt.before)
			}
			if err := m.Apply(t.Context(), tt.ours); err != nil {
				t.Fatal(err)
			}
			if tt.others != nil {
				well(*tt.others)
			} else if r := m.machine.Run(Appcmd, tt.call, ""); r.Exit != 0 {
				t.Fatal(r.Stdout)
			}
			if err := m.another().Restore(t.Context()); err != nil {
				t.Fatal(err)
			}
			log := strings.Join(m.log, "\n")
			if s := m.state(t); !tt.stays(s) {
				t.Errorf("it is gone: %+v\n%s", s, log)
			}
			if !strings.Contains(log, tt.warns) || strings.Contains(log, "all of it is as it was") {
				t.Errorf("the log lacks %q, or says too much:\n%s", tt.warns, log)
			}
			if m.Interrupted() {
				t.Error("a journal is left")
			}
		})
	}
}

// TestSiteStoppedByHandStaysStopped: a site that somebody has put away, and
// whose port another one has now, is not started again.
func TestSiteStoppedByHandStaysStopped(t *testing.T) {
	t.Parallel()
	m := newModelled(t)
	m.apply(t, `C:\1`)
	if err := m.Apply(t.Context(), quotes(`C:\2`)); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"stop", "site", "/site.name:RandomQuotes"}, {"add", "site", "/name:Other", `/physicalPath:C:\O`, "/bindings:http/*:8081:"}} {
		if r := m.machine.Run(Appcmd, args, ""); r.Exit != 0 {
			t.Fatal(r.Stdout)
		}
	}
	if err := m.another().Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	if site, _ := siteOf(m.state(t), "RandomQuotes"); !site.Stopped || m.folder(t, "RandomQuotes") != `C:\1` {
		t.Errorf("site is %+v", site)
	}
}

// TestRestoreGoesOn: what can never be brought back stands in nobody's way, and
// all that can be is.
func TestRestoreGoesOn(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		broken func(*testing.T, *modelled)
		words  string
		folder string
	}{
		{"damaged", func(t *testing.T, m *modelled) {
			if err := os.WriteFile(m.Journal, []byte("{"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "is damaged", `C:\2`},
		{"a change is refused", func(_ *testing.T, m *modelled) {
			m.fail = func(call string) error {
				if strings.HasPrefix(call, "appcmd set site") {
					return code(5)
				}
				return nil
			}
		}, "not all that was there before could be brought back", `C:\1`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newModelled(t)
			m.apply(t, `C:\1`)
			w := quotes(`C:\2`)
			w.Site.Bindings[0].Port = 8082
			if err := m.Apply(t.Context(), w); err != nil {
				t.Fatal(err)
			}
			tt.broken(t, m)
			if err := m.another().RestoreOrSetAside(t.Context()); err != nil {
				t.Fatal(err)
			}
			log := strings.Join(m.log, "\n")
			if !strings.Contains(log, tt.words) || !strings.Contains(log, m.Journal+".aside") {
				t.Errorf("the log lacks %q or the file:\n%s", tt.words, log)
			}
			if _, err := os.Stat(m.Journal + ".aside"); err != nil || m.Interrupted() {
				t.Errorf("set aside: %v; a journal is left: %t", err, m.Interrupted())
			}
			if got := m.folder(t, "RandomQuotes"); got != tt.folder {
				t.Errorf("served is %s, want %s", got, tt.folder)
			}
			m.fail = nil
			m.apply(t, `C:\3`)
		})
	}
	t.Run("IIS cannot be read", func(t *testing.T) {
		t.Parallel()
		m := newModelled(t)
		if err := m.Apply(t.Context(), quotes(`C:\1`)); err != nil {
			t.Fatal(err)
		}
		m.fail = func(string) error { return code(5) }
		if err := m.another().RestoreOrSetAside(t.Context()); err == nil || !m.Interrupted() {
			t.Errorf("RestoreOrSetAside = %v; a journal is left: %t", err, m.Interrupted())
		}
	})
}

// TestWaitForTheRightToChange: as long as nothing is changed, a stopped step
// stops waiting; later the wait is bounded, and the log says that it lasts.
func TestWaitForTheRightToChange(t *testing.T) {
	t.Parallel()
	why := errors.New("the time of this step is over")
	waitsFor := func(end func(*modelled, context.CancelCauseFunc, int, context.Context)) (*modelled, error) {
		m := newModelled(t)
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		m.lookAround = time.Millisecond
		turn := 0
		m.Alone = func(ctx context.Context) (func(), error) {
			turn++
			end(m, cancel, turn, ctx)
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			return func() {}, nil
		}
		err := m.Apply(ctx, quotes(`C:\1`))
		return m, err
	}
	m, err := waitsFor(func(_ *modelled, cancel context.CancelCauseFunc, turn int, _ context.Context) { cancel(why) })
	if !errors.Is(err, why) || len(m.calls) > 0 || m.Interrupted() || len(m.pauses) > 0 {
		t.Errorf("Apply = %v after %q, a journal is left: %t, pauses %v", err, m.calls, m.Interrupted(), m.pauses)
	}
	m, err = waitsFor(func(m *modelled, cancel context.CancelCauseFunc, turn int, ctx context.Context) {
		if turn == 2 {
			cancel(why) // too late to stop
			if at, bounded := ctx.Deadline(); !bounded || time.Until(at) > longestWait {
				t.Errorf("the wait ends at %v", at)
			}
			time.Sleep(50 * time.Millisecond) // somebody else is at it
		}
	})
	if err != nil || !strings.Contains(strings.Join(m.log, "\n"), "waiting for another deployment or a Tentacle") {
		t.Errorf("Apply = %v\n%s", err, strings.Join(m.log, "\n"))
	}
}
