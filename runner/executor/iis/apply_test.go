package iis

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines/iisconf"
	"slipway/pipelines/task"
	"slipway/test/iismodel"
)

// modelled is a host whose IIS is the model.
type modelled struct {
	*Host
	machine *iismodel.Machine
	log     []string
	calls   []string // what changed something, or was meant to
	pauses  []time.Duration
	held    int // how often the right to change was taken
	fail    func(call string) error
}

func (m *modelled) Run(ctx context.Context, name string, args ...string) (string, error) {
	return m.Feed(ctx, "", name, args...)
}

func (m *modelled) Feed(_ context.Context, input, name string, args ...string) (string, error) {
	call := strings.Join(append([]string{name}, args...), " ")
	if args[0] != "list" && !strings.HasPrefix(call, "netsh http show") {
		m.calls = append(m.calls, call)
	}
	if m.fail != nil {
		if err := m.fail(call); err != nil {
			return "", err
		}
	}
	r := m.machine.Run(name, args, input)
	if r.Exit != 0 {
		return r.Stdout, code(r.Exit)
	}
	return r.Stdout, nil
}

func newModelled(t *testing.T) *modelled {
	m := &modelled{machine: iismodel.New()}
	m.Host = &Host{
		Commands: m, Journal: filepath.Join(t.TempDir(), "web-1.iis.json"), Retries: 2,
		Say:   func(stream task.Stream, text string) { m.log = append(m.log, string(stream)+": "+text) },
		Sleep: func(_ context.Context, d time.Duration) error { m.pauses = append(m.pauses, d); return nil },
		Alone: func(context.Context) (func(), error) { m.held++; return func() {}, nil },
	}
	return m
}

// another is the host as the next attempt sees it.
func (m *modelled) another() *Host {
	h := *m.Host
	h.former = nil
	return &h
}

func (m *modelled) state(t *testing.T) iisconf.State {
	t.Helper()
	s, err := m.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (m *modelled) folder(t *testing.T, site string) string {
	t.Helper()
	s, ok := siteOf(m.state(t), site)
	if !ok {
		return ""
	}
	folder, _ := folderOf(s, "/", "/")
	return folder
}

func (m *modelled) apply(t *testing.T, folder string) {
	t.Helper()
	if err := m.Apply(t.Context(), quotes(folder)); err != nil {
		t.Fatalf("Apply(%s) = %v\n%s", folder, err, strings.Join(m.log, "\n"))
	}
	if err := m.Finish(); err != nil {
		t.Fatal(err)
	}
	m.log, m.calls, m.pauses, m.held = nil, nil, nil, 0
}

// quotes is the tutorial's site.
func quotes(folder string) iisconf.Wanted {
	return iisconf.Wanted{Site: &iisconf.Site{
		Name: "RandomQuotes", PhysicalPath: folder, Pool: iisconf.Pool{Name: "RandomQuotes", Framework: "v4.0"}, Anonymous: true,
		Bindings: []iisconf.Binding{{Protocol: "http", Port: 8081}},
	}}
}

func TestEachActionIsShownBeforeItIsDone(t *testing.T) {
	t.Parallel()
	m := newModelled(t)
	want, err := iisconf.Diff(quotes(`C:\1`), m.state(t))
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]int{}
	m.fail = func(call string) error { shown[call] = len(m.log); return nil }
	if err := m.Apply(t.Context(), quotes(`C:\1`)); err != nil {
		t.Fatal(err)
	}
	for i, a := range want {
		if i >= len(m.log) || m.log[i] != string(task.Note)+": IIS: "+a.String() {
			t.Fatalf("log is\n%s\nwant\n%v", strings.Join(m.log, "\n"), want)
		}
	}
	for i, a := range want {
		commands, err := commandsOf(a, m.state(t), "")
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range commands {
			if at := shown[strings.Join(append([]string{c.Program}, c.Args...), " ")]; at != i+1 {
				t.Errorf("%q was called after %d lines of the log, want %d", c.Args, at, i+1)
			}
		}
	}
	if m.held != len(want) {
		t.Errorf("the right to change IIS was taken %d times, want once for each of %d actions", m.held, len(want))
	}
}

func TestSecondTimeChangesNothing(t *testing.T) {
	t.Parallel()
	m := newModelled(t)
	wanted := quotes(`C:\1`)
	wanted.Site.Pool.Identity, wanted.Site.Pool.User, wanted.Site.Pool.Password = "SpecificUser", `CORP\web`, "one secret"
	for i := range 2 {
		if err := m.Apply(t.Context(), wanted); err != nil {
			t.Fatal(err)
		}
		if i == 1 && len(m.calls) > 0 {
			t.Errorf("the second time called %q", m.calls)
		}
		if err := m.Finish(); err != nil {
			t.Fatal(err)
		}
		m.calls = nil
	}
	wanted.Site.Pool.Password = "another secret"
	if err := m.Apply(t.Context(), wanted); err != nil || len(m.calls) != 1 || !strings.HasPrefix(m.calls[0], Powershell) {
		t.Errorf("another password: %v, calls %q", err, m.calls)
	}
	journal, err := os.ReadFile(m.Journal)
	if text := strings.Join(m.log, "\n") + strings.Join(m.calls, "\n") + string(journal); err != nil || strings.Contains(text, "secret") {
		t.Errorf("a password got out: %v\n%s", err, text)
	}
	// Back in the same attempt, with the former password, which only it knows.
	if err := m.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	s, err := m.read(t.Context(), everySite)
	if err != nil || s.passwords["randomquotes"] != "one secret" {
		t.Errorf("after Restore the password is %q, %v", s.passwords["randomquotes"], err)
	}
}

func TestFailuresGoBack(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		fail   string // prefix of the call that fails
		times  int    // how often
		keep   bool
		folder string // that is served then
		tries  int
		words  string
	}{
		{"switch", "appcmd set vdir", 9, false, `C:\1`, 3, "IIS is as it was before"},
		{"switch, twice", "appcmd set vdir", 2, false, `C:\2`, 3, ""},
		{"bindings", "appcmd set site", 9, false, `C:\1`, 3, "IIS is as it was before"},
		{"start", "appcmd start site", 1, false, `C:\1`, 2, "IIS is as it was before"}, // the second is the way back
		{"start, kept", "appcmd start site", 1, true, `C:\2`, 1, "stays, as the step asks for"},
		{"bindings, kept", "appcmd set site", 9, true, `C:\1`, 3, "IIS is as it was before"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newModelled(t)
			m.apply(t, `C:\1`)
			m.KeepNewPath = tt.keep
			before := m.state(t)
			wanted := quotes(`C:\2`)
			wanted.Site.Bindings[0].Port = 8082
			if strings.Contains(tt.name, "start") {
				m.machine.Run(Appcmd, []string{"stop", "site", "/site.name:RandomQuotes"}, "")
				before = m.state(t)
			}
			tries := 0
			m.fail = func(call string) error {
				if !strings.HasPrefix(call, tt.fail) {
					return nil
				}
				if tries++; tries > tt.times {
					return nil
				}
				return &Error{Command: call, Words: "ERROR ( hresult:80070020, message: )", Err: code(32)}
			}
			err := m.Apply(t.Context(), wanted)
			if tt.words == "" && err != nil || tt.words != "" && (err == nil || !strings.Contains(err.Error(), tt.words)) {
				t.Errorf("Apply = %v, want %q", err, tt.words)
			}
			if got := m.folder(t, "RandomQuotes"); got != tt.folder {
				t.Errorf("served is %s, want %s", got, tt.folder)
			}
			if strings.HasPrefix(tt.name, "start") {
				return
			}
			if tries != tt.tries {
				t.Errorf("%d tries, want %d", tries, tt.tries)
			}
			if after := m.state(t); tt.folder == `C:\1` && !slices.Equal(plain(seen{State: after}), plain(seen{State: before})) {
				t.Errorf("after the way back:\n%+v\nwant\n%+v", after, before)
			}
			if m.Interrupted() != (err == nil) {
				t.Errorf("a journal is there: %t", m.Interrupted())
			}
			for _, pause := range m.pauses {
				if pause < time.Second || pause > 3*time.Second {
					t.Errorf("a pause of %s", pause)
				}
			}
		})
	}
}

func TestNewThingsGoAgain(t *testing.T) {
	t.Parallel()
	m := newModelled(t)
	before := m.state(t)
	if err := m.Apply(t.Context(), quotes(`C:\1`)); err != nil {
		t.Fatal(err)
	}
	if m.folder(t, "RandomQuotes") != `C:\1` || !m.Interrupted() {
		t.Fatal("the way back is closed before Finish")
	}
	if err := m.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	after := m.state(t)
	if len(after.Sites) != len(before.Sites) || len(after.Pools) != len(before.Pools) || m.Interrupted() {
		t.Errorf("after Restore: %+v", after)
	}
}

func TestDeadAttempt(t *testing.T) {
	t.Parallel()
	m := newModelled(t)
	wanted := quotes(`C:\1`)
	wanted.Site.Pool.Identity, wanted.Site.Pool.User, wanted.Site.Pool.Password = "SpecificUser", `CORP\old`, "old secret"
	if err := m.Apply(t.Context(), wanted); err != nil {
		t.Fatal(err)
	}
	if err := m.Finish(); err != nil {
		t.Fatal(err)
	}
	wanted.Site.PhysicalPath, wanted.Site.Pool.User, wanted.Site.Pool.Password = `C:\2`, `CORP\new`, "new secret"
	if err := m.Apply(t.Context(), wanted); err != nil {
		t.Fatal(err)
	}
	next := m.another() // the first one died before Finish
	if !next.Interrupted() {
		t.Fatal("nobody would know")
	}
	if err := next.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := m.folder(t, "RandomQuotes"); got != `C:\1` {
		t.Errorf("served is %s", got)
	}
	if log := strings.Join(m.log, "\n"); !strings.Contains(log, `ran as user CORP\old, whose password is kept nowhere`) {
		t.Errorf("nobody is told of the password:\n%s", log)
	}
	if next.Interrupted() {
		t.Error("the journal stays")
	}
}

func TestWayBackThatFails(t *testing.T) {
	t.Parallel()
	m := newModelled(t)
	m.apply(t, `C:\1`)
	m.fail = func(call string) error {
		if strings.HasPrefix(call, "appcmd set vdir") && !strings.Contains(call, `C:\2`) || strings.HasPrefix(call, "appcmd start") {
			return &Error{Command: call, Words: "no", Err: code(5)}
		}
		return nil
	}
	wanted := quotes(`C:\2`)
	if err := m.Apply(t.Context(), wanted); err != nil {
		t.Fatal(err)
	}
	if err := m.Restore(t.Context()); err == nil || !m.Interrupted() {
		t.Fatalf("Restore = %v, journal there: %t", err, m.Interrupted())
	}
	m.fail = nil
	if err := m.another().Restore(t.Context()); err != nil || m.folder(t, "RandomQuotes") != `C:\1` || m.Interrupted() {
		t.Errorf("the next one: %v, serves %s", err, m.folder(t, "RandomQuotes"))
	}
	if err := os.WriteFile(m.Journal, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := m.Restore(t.Context()); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("Restore with a damaged journal = %v", err)
	}
}

func TestSiteNumberTakenMeanwhile(t *testing.T) {
	t.Parallel()
	m := newModelled(t)
	m.fail = func(call string) error {
		if strings.HasPrefix(call, "appcmd add site") && strings.Contains(call, "/id:2 ") {
			m.fail = nil
			m.machine.Run(Appcmd, []string{"add", "site", "/name:Other", "/id:2", "/bindings:http/*:9000:"}, "")
		}
		return nil
	}
	if err := m.Apply(t.Context(), quotes(`C:\1`)); err != nil {
		t.Fatal(err)
	}
	if s, _ := siteOf(m.state(t), "RandomQuotes"); s.ID != 3 {
		t.Errorf("the site has number %d, want 3", s.ID)
	}
}

func TestOffline(t *testing.T) {
	t.Parallel()
	m := newModelled(t)
	served, fresh := t.TempDir(), t.TempDir()
	page := filepath.Join(served, OfflineFile)
	is := func(there bool, when string) {
		t.Helper()
		if _, err := os.Stat(page); (err == nil) != there {
			t.Errorf("%s: %s is there: %t, want %t", when, OfflineFile, err == nil, there)
		}
	}
	m.apply(t, served)
	if err := m.Offline(t.Context(), quotes(fresh)); err != nil {
		t.Fatal(err)
	}
	is(true, "while files are replaced")
	if err := m.another().Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	is(false, "after whoever came next")
	if err := m.Offline(t.Context(), quotes(fresh)); err != nil {
		t.Fatal(err)
	}
	if err := m.Apply(t.Context(), quotes(fresh)); err != nil {
		t.Fatal(err)
	}
	is(false, "after the switch")
	if err := m.Restore(t.Context()); err != nil || m.folder(t, "RandomQuotes") != served {
		t.Errorf("Restore = %v, serves %s", err, m.folder(t, "RandomQuotes"))
	}
	if err := os.WriteFile(page, []byte("ours, says the operator"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := m.Offline(t.Context(), quotes(fresh)); err != nil {
		t.Fatal(err)
	}
	if err := m.Finish(); err != nil {
		t.Fatal(err)
	}
	is(true, "where somebody else has put it")
}

func TestReady(t *testing.T) {
	t.Parallel()
	m := newModelled(t)
	m.machine.Install("UrlRoutingModule-4.0", "AnonymousAuthenticationModule")
	if err := m.Ready(t.Context(), AspNet45); err != nil {
		t.Errorf("Ready = %v", err)
	}
	err := m.Ready(t.Context(), BasicAuthentication, WindowsAuthentication)
	if err == nil || !strings.Contains(err.Error(), "IIS-BasicAuthentication") || !strings.Contains(err.Error(), "IIS-WindowsAuthentication") {
		t.Errorf("Ready without authentication modules = %v", err)
	}
	m.machine.Install("AnonymousAuthenticationModule")
	if err := m.Ready(t.Context(), AspNet45); err != nil || !strings.Contains(strings.Join(m.log, "\n"), "IIS-ASPNET45") {
		t.Errorf("Ready without ASP.NET = %v, said %q", err, m.log)
	}
	m.fail = func(string) error { return os.ErrNotExist }
	if err := m.Ready(t.Context()); err == nil || !strings.Contains(err.Error(), "this host has no IIS") || !strings.Contains(err.Error(), "IIS-WebServerManagementTools") {
		t.Errorf("Ready without appcmd = %v", err)
	}
	m.fail = func(call string) error {
		if strings.HasPrefix(call, Appcmd) {
			return &Error{Command: call, Words: "ERROR ( message:Configuration error )", Err: code(5)}
		}
		return nil
	}
	if err := m.Ready(t.Context()); err == nil || !strings.Contains(err.Error(), "administrator") {
		t.Errorf("Ready without rights = %v", err)
	}
	if len(m.calls) > 0 {
		t.Errorf("Ready changed something: %q", m.calls)
	}
}

func TestExplanations(t *testing.T) {
	t.Parallel()
	says := func(text string) error { return &Error{Command: "appcmd", Words: text, Err: code(1)} }
	user := iisconf.Pool{Name: "Shop", Identity: "SpecificUser", User: "web"}
	for _, tt := range []struct {
		action iisconf.Action
		err    error
		want   string
	}{
		{iisconf.Action{Verb: iisconf.StartSite, Site: "Shop"}, says("hresult:80070020"), "netstat"},
		{iisconf.Action{Verb: iisconf.StartSite, Site: "Shop"}, says("HRESULT:800700B7"), "netstat"},
		{iisconf.Action{Verb: iisconf.SetPath, Site: "Shop", Path: "/"}, says("hresult:80070020"), "close IIS Manager"},
		{iisconf.Action{Verb: iisconf.SetPath, Site: "Shop", Path: "/"}, says("hresult:80070005"), "administrator"},
		{iisconf.Action{Verb: iisconf.SetIdentity, Pool: user}, says("x"), "its password"},
		{iisconf.Action{Verb: iisconf.AddPool, Pool: user}, says("hresult:8007052e"), "its password"},
		{iisconf.Action{Verb: iisconf.StartPool, Pool: iisconf.Pool{Name: "Shop"}}, says("x"), "source WAS"},
		{iisconf.Action{Verb: iisconf.BindCertificate}, says("1312"), "private key"},
		{iisconf.Action{Verb: iisconf.SetLogins, Site: "Shop"}, says("what appcmd said"), "what appcmd said"},
	} {
		err := explain(tt.action, tt.err)
		if !strings.Contains(err.Error(), tt.want) || !errors.Is(err, tt.err) {
			t.Errorf("explain(%s, %v) = %v, want %q in it", tt.action.Verb, tt.err, err, tt.want)
		}
	}
}

func TestPauses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ asked, least, most time.Duration }{
		{0, time.Second, 3 * time.Second}, {7 * time.Second, 7 * time.Second, 7 * time.Second}, {time.Hour, time.Minute, time.Minute},
	} {
		h := &Host{RetryPause: tt.asked}
		if got := h.pause(); got < tt.least || got > tt.most {
			t.Errorf("pause with %s = %s", tt.asked, got)
		}
	}
}

func TestAppIDs(t *testing.T) {
	t.Parallel()
	a, b := newAppID(), newAppID()
	if a == b || !endsWithID.MatchString(a) || slices.Contains([]string{a, b}, "") {
		t.Errorf("newAppID = %s, %s", a, b)
	}
}

func TestCallThatFailedAfterItsWork(t *testing.T) {
	t.Parallel()
	for _, call := range []string{"appcmd add apppool", "appcmd add site", "appcmd set site", "appcmd start site"} {
		m := newModelled(t)
		m.fail = func(c string) error {
			if !strings.HasPrefix(c, call) {
				return nil
			}
			m.fail = nil
			if _, err := m.Run(t.Context(), Appcmd, strings.Split(strings.TrimPrefix(c, "appcmd "), " ")...); err != nil {
				t.Errorf("%s = %v", c, err)
			}
			return &Error{Command: c, Words: "the line went dead", Err: code(1726)}
		}
		if err := m.Apply(t.Context(), quotes(`C:\1`)); err != nil {
			t.Errorf("%s failed after its work: %v", call, err)
		}
		if n := len(slices.DeleteFunc(m.calls, func(c string) bool { return !strings.HasPrefix(c, call) })); n != 2 { // the model's own call is one of them
			t.Errorf("%s was called %d times", call, n-1)
		}
	}
}

func TestNewSiteStaysWhereThatIsAsked(t *testing.T) {
	t.Parallel()
	m := newModelled(t)
	m.KeepNewPath = true
	if err := m.Apply(t.Context(), quotes(`C:\1`)); err != nil {
		t.Fatal(err)
	}
	if err := m.another().Restore(t.Context()); err != nil || m.folder(t, "RandomQuotes") != `C:\1` || m.Interrupted() {
		t.Errorf("Restore = %v, serves %q", err, m.folder(t, "RandomQuotes"))
	}
}
