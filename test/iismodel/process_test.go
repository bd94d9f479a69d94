package iismodel

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/pipelines/iisconf"
	"slipway/pipelines/task"
	"slipway/runner/executor/iis"
)

// built are the real programs, built once for all tests.
var built struct {
	once sync.Once
	dir  string
	err  error
}

func programFolder(t *testing.T) string {
	t.Helper()
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "iismodel"); built.err == nil {
			built.err = Build(built.dir)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.dir
}

// process is a machine that real programs work on.
type process struct {
	t      *testing.T
	folder string
	env    []string
}

func newProcess(t *testing.T, m *Machine, env ...string) *process {
	t.Helper()
	p := &process{t: t, folder: t.TempDir()}
	if err := m.Save(p.folder); err != nil {
		t.Fatal(err)
	}
	p.env = append([]string{FolderVariable + "=" + p.folder}, env...)
	return p
}

func (p *process) Run(ctx context.Context, name string, args ...string) (string, error) {
	return p.Feed(ctx, "", name, args...)
}

func (p *process) Feed(ctx context.Context, input, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(programFolder(p.t), name), args...)
	cmd.Env = p.env
	cmd.Stdin = strings.NewReader(input)
	var words bytes.Buffer
	cmd.Stderr = &words
	out, err := cmd.Output()
	if words.Len() > 0 {
		p.t.Logf("%s %q: %s", name, args, words.String())
	}
	return string(out), err
}

func (p *process) machine() *Machine {
	p.t.Helper()
	m, err := Load(p.folder)
	if err != nil {
		p.t.Fatal(err)
	}
	return m
}

func (p *process) lines() []Line {
	p.t.Helper()
	l, err := Lines(p.folder)
	if err != nil {
		p.t.Fatal(err)
	}
	return l
}

func (p *process) host(retries int) iis.Host {
	return iis.Host{
		Commands: p, Say: func(_ task.Stream, text string) { p.t.Log(text) }, Journal: filepath.Join(p.folder, "iis.json"), Retries: retries,
		Sleep: func(context.Context, time.Duration) error { return nil },
	}
}

// quotes is what the tutorial wants.
func quotes(folder string) iisconf.Wanted {
	return iisconf.Wanted{Site: &iisconf.Site{
		Name: "RandomQuotes", PhysicalPath: folder, Anonymous: true,
		Pool:     iisconf.Pool{Name: "RandomQuotes", Framework: "v4.0", Identity: "ApplicationPoolIdentity"},
		Bindings: []iisconf.Binding{{Protocol: "http", Address: "*", Port: 8081}},
	}}
}

// served is a machine on which an older version runs.
func served() *Machine {
	m := New()
	m.AddKey(Key{Store: "My", Thumbprint: thumbs[0]})
	m.pools = append(m.pools, &pool{attributes{"name": "RandomQuotes", "managedRuntimeVersion": "v2.0"}, started})
	m.sites = append(m.sites, &site{
		attributes: attributes{"name": "RandomQuotes", "id": "2"}, state: started, bindings: []binding{{protocol: "http", information: "*:8080:"}},
		apps: []*app{{attributes{"path": "/", "applicationPool": "RandomQuotes"}, []*dir{{attributes{"path": "/", "physicalPath": `C:\old`}}}}},
	})
	return m
}

const newFolder = `C:\apps\RandomQuotes\1.0.7`

func TestDeployThroughTheRealPrograms(t *testing.T) {
	t.Parallel()
	https := quotes(newFolder)
	https.Site.Bindings = append(https.Site.Bindings,
		iisconf.Binding{Protocol: "https", Address: "*", Port: 8443, Thumbprint: thumbs[0], Store: "My"},
		iisconf.Binding{Protocol: "https", Address: "*", Port: 8444, Host: "shop.example.org", SNI: true, Thumbprint: thumbs[0], Store: "My"})
	user := quotes(newFolder)
	user.Site.Pool.Identity, user.Site.Pool.User, user.Site.Pool.Password = "SpecificUser", `CORP\web`, secret
	app := iisconf.Wanted{Application: &iisconf.Application{Site: "RandomQuotes", Path: "/api", PhysicalPath: newFolder, Pool: iisconf.Pool{Name: "Api", Identity: "NetworkService"}}}
	dir := iisconf.Wanted{VirtualDirectory: &iisconf.VirtualDirectory{Site: "RandomQuotes", Path: "/photos", PhysicalPath: newFolder}}
	asleep := quotes(newFolder)
	asleep.Site.Stopped, asleep.Site.Pool.Stopped = true, true
	merge := quotes(newFolder)
	merge.Site.MergeBindings = true
	logins := quotes(newFolder)
	logins.Site.Anonymous, logins.Site.Windows, logins.Site.Basic = false, true, true

	for name, tt := range map[string]struct {
		m       *Machine
		w       iisconf.Wanted
		fail    string
		retries int
		bad     bool
		german  bool
	}{
		"a new host":                   {m: New(), w: quotes(newFolder)},
		"a new host, German":           {m: New(), w: quotes(newFolder), german: true},
		"over an older version":        {m: served(), w: quotes(newFolder)},
		"https":                        {m: served(), w: https},
		"https, German":                {m: served(), w: https, german: true},
		"a new pool with a user":       {m: withKeys(New()), w: user},
		"an old pool with a user":      {m: served(), w: user},
		"an application":               {m: served(), w: app},
		"a virtual directory":          {m: served(), w: dir},
		"all stopped":                  {m: served(), w: asleep},
		"merged bindings":              {m: served(), w: merge},
		"logins":                       {m: served(), w: logins},
		"nothing to do with app":       {m: New(), w: app, bad: true},
		"busy once, no retries":        {m: served(), w: quotes(newFolder), fail: "verb=set+object=site:busy", bad: true},
		"busy twice, two retries":      {m: served(), w: quotes(newFolder), fail: "verb=set+object=site:busy=2", retries: 2},
		"busy three times, two":        {m: served(), w: quotes(newFolder), fail: "verb=set+object=site:busy=3", retries: 2, bad: true},
		"locked":                       {m: served(), w: logins, fail: "verb=set+object=config:locked", bad: true},
		"changed on disk, retried":     {m: served(), w: quotes(newFolder), fail: "write=1:changed", retries: 1},
		"no rights":                    {m: served(), w: quotes(newFolder), fail: "verb=list:denied=*", bad: true},
		"the first write":              {m: served(), w: quotes(newFolder), fail: "write=1:busy", bad: true},
		"the switch":                   {m: served(), w: quotes(newFolder), fail: "object=vdir:busy", bad: true},
		"dies before the switch":       {m: served(), w: quotes(newFolder), fail: "object=vdir:before", bad: true},
		"dies after the switch":        {m: served(), w: quotes(newFolder), fail: "object=vdir:after", bad: true},
		"a new site does not start":    {m: New(), w: quotes(newFolder), fail: "verb=start+object=site:unknown"},
		"a new pool does not start":    {m: New(), w: quotes(newFolder), fail: "verb=start+object=apppool:unknown=*"},
		"certificate does not go":      {m: served(), w: https, fail: "program=netsh+verb=add:busy", bad: true},
		"certificate without a key":    {m: keyless(served()), w: https, bad: true},
		"the list is cut":              {m: served(), w: quotes(newFolder), fail: "verb=list+object=site:garbage=*", bad: true},
		"the list is cut once":         {m: served(), w: quotes(newFolder), fail: "verb=list+object=site:garbage", retries: 1},
		"the service is not there":     {m: served(), w: quotes(newFolder), fail: "match=vdir:rpc=2", retries: 3},
		"password that does not go in": {m: served(), w: user, fail: "program=powershell:busy", bad: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := []string{FailVariable + "=" + tt.fail}
			if tt.german {
				env = append(env, LanguageVariable+"=de")
			}
			p := newProcess(t, tt.m, env...)
			before := p.machine().config
			h := p.host(tt.retries)
			err := h.Apply(t.Context(), tt.w)
			after := p.machine()
			checkLines(t, p.lines())
			if tt.bad {
				if err == nil {
					t.Fatal("it was done, want an error")
				}
				if d := differences(before, after.config, nothing); len(d) > 0 {
					t.Errorf("failed and not undone (%v):\n%s", err, strings.Join(d, "\n"))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := h.Finish(); err != nil {
				t.Error(err)
			}
			if d := missing(before, after.config, tt.w); len(d) > 0 {
				t.Errorf("lacks:\n%s", strings.Join(d, "\n"))
			}
			if d := differences(before, after.config, meant(before, tt.w)); len(d) > 0 {
				t.Errorf("changed what is none of its business:\n%s", strings.Join(d, "\n"))
			}
		})
	}
}

func withKeys(m *Machine) *Machine {
	m.AddKey(Key{Store: "My", Thumbprint: thumbs[0]})
	return m
}

func keyless(m *Machine) *Machine {
	m.keys[0].NoPrivateKey = true
	return m
}

// checkLines looks at what the programs were called with.
func checkLines(t *testing.T, lines []Line) {
	t.Helper()
	for _, l := range lines {
		if strings.Contains(strings.Join(l.Args, " "), secret) {
			t.Errorf("call %d has the password on its command line", l.Call)
		}
		if l.Exit == Refused {
			t.Errorf("the model refused %q", l.Args)
		}
		for name, bound := range l.Bindings {
			if name == "Default Web Site" {
				continue
			}
			for _, b := range bound {
				if strings.Contains(b, ":80:") {
					t.Errorf("after call %d site %s has %s", l.Call, name, b)
				}
			}
		}
	}
}

func TestProgramsKeepTheirStateAndNumbers(t *testing.T) {
	t.Parallel()
	p := newProcess(t, New(), FailVariable+"=call=2:busy; verb=stop:rpc=2")
	run := func(wantExit int, args ...string) string {
		t.Helper()
		out, err := p.Run(t.Context(), "appcmd", args...)
		code := 0
		var e *exec.ExitError
		if errors.As(err, &e) {
			code = e.ExitCode()
		} else if err != nil {
			t.Fatal(err)
		}
		// A system with eight bits for the code keeps the lowest ones.
		if code&0xff != wantExit&0xff {
			t.Errorf("%q ended with %d, want %d: %s", args, code, wantExit, out)
		}
		return out
	}
	run(0, "add", "apppool", "/name:A")
	run(32, "add", "apppool", "/name:B")
	run(0, "add", "apppool", "/name:B")
	run(1726, "stop", "apppool", "A")
	run(1726, "stop", "apppool", "A")
	run(0, "stop", "apppool", "A")
	if out := run(0, "list", "apppool", "/state:Stopped", "/text:name"); out != "A\r\n" {
		t.Errorf("stopped pools are %q", out)
	}
	run(Refused, "list", "wp")
	lines := p.lines()
	if len(lines) != 8 || lines[1].Fault != "busy" || lines[5].Write != 6 || lines[6].Write != 0 {
		t.Errorf("calls are %+v", lines)
	}
	if out, err := p.Run(t.Context(), "netsh", "http", "show", "sslcert"); err != nil || !strings.Contains(out, "SSL Certificate bindings") {
		t.Errorf("netsh: %q, %v", out, err)
	}
}

func TestProgramsNeedAFolder(t *testing.T) {
	t.Parallel()
	p := &process{t: t}
	if _, err := p.Run(t.Context(), "appcmd", "list", "site"); err == nil {
		t.Error("without a folder the program works, want an error")
	}
}

func TestNewPathIsKeptWhereAsked(t *testing.T) {
	t.Parallel()
	for _, keep := range []bool{true, false} {
		m := served()
		m.site("RandomQuotes").state = stopped
		p := newProcess(t, m, FailVariable+"=verb=start+object=site:unknown=*")
		h := p.host(0)
		h.KeepNewPath = keep
		if err := h.Apply(t.Context(), quotes(newFolder)); err == nil {
			t.Fatal("a site that does not start is done, want an error")
		}
		want := `C:\old`
		if keep {
			want = newFolder
		}
		if got := servedBy(p.machine().site("RandomQuotes")); got != want {
			t.Errorf("KeepNewPath %v: it serves %s, want %s", keep, got, want)
		}
	}
}
