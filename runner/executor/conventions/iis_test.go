package conventions

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/iis"
	"slipway/runner/executor/inuse"
	"slipway/runner/executor/masking"
	"slipway/test/iismodel"
)

// modelIIS is the model of IIS as programs of the host.
type modelIIS struct {
	machine *iismodel.Machine
	calls   []string
	fail    func(call string) error
}

// exit is how a program ended.
type exitStatus int

func (e exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(e)) }
func (e exitStatus) ExitCode() int { return int(e) }

func (m *modelIIS) Run(ctx context.Context, name string, args ...string) (string, error) {
	return m.Feed(ctx, "", name, args...)
}

func (m *modelIIS) Feed(_ context.Context, input, name string, args ...string) (string, error) {
	call := strings.Join(append([]string{name}, args...), " ")
	m.calls = append(m.calls, call)
	if m.fail != nil {
		if err := m.fail(call); err != nil {
			return "", err
		}
	}
	r := m.machine.Run(name, args, input)
	if r.Exit != 0 {
		return r.Stdout, exitStatus(r.Exit)
	}
	return r.Stdout, nil
}

// served is the folder that the tutorial's site serves.
func (m *modelIIS) served(t *testing.T) string {
	t.Helper()
	s, err := (&iis.Host{Commands: m}).State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, site := range s.Sites {
		if site.Name == "RandomQuotes" {
			return site.Applications[0].Directories[0].PhysicalPath
		}
	}
	return ""
}

// cabinet stands in for the machine's certificates.
type cabinet struct {
	keys    map[string]string // store by thumbprint
	granted []string
}

func (c *cabinet) Find(thumbprint string) (string, bool, error) {
	return c.keys[thumbprint], c.keys[thumbprint] != "", nil
}

func (c *cabinet) Import(pfx []byte, password string) (string, error) {
	if password != "pfx secret" {
		return "", iis.ErrPassword
	}
	c.keys[string(pfx)] = "My"
	return string(pfx), nil
}

func (c *cabinet) Grant(store, thumbprint, account string) error {
	c.granted = append(c.granted, store+" "+thumbprint+" "+account)
	return nil
}

const thumbprint = "1234567890ABCDEF1234567890ABCDEF12345678"

// tutorialA is the tutorial's step.
func tutorialA() task.IIS {
	return task.IIS{
		Site: &task.IISSite{
			Name: "RandomQuotes", WebRoot: `site\web`, Anonymous: true, Pool: task.IISPool{Name: "RandomQuotes", Framework: "v4.0"},
			Bindings: []task.IISBinding{{Protocol: "http", Port: "#{Port}"}, {Protocol: "http", Port: "9999", Enabled: "#{Nothing}"}},
		},
	}
}

type iisBench struct {
	dir   string
	model *modelIIS
	certs *cabinet

	secrets    map[string]string
	deployment string
	step       string // "" is IIS
}

func newIISBench(t *testing.T) *iisBench {
	m := iismodel.New()
	m.Install("UrlRoutingModule-4.0", "BasicAuthenticationModule", "WindowsAuthenticationModule")
	b := &iisBench{dir: t.TempDir(), model: &modelIIS{machine: m}, certs: &cabinet{keys: map[string]string{}}, secrets: map[string]string{"Web.Password": "pfx secret", "Pool Password": "pool secret"}}
	for _, name := range []string{"packages", "undo", "work"} {
		if err := os.MkdirAll(filepath.Join(b.dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// deploy performs the step with a package of the version.
func (b *iisBench) deploy(t *testing.T, version string, wanted task.IIS, more ...task.Variable) (Done, string, error) {
	t.Helper()
	if _, err := exec.LookPath("bash"); err != nil && wanted.Scripts != (task.Scripts{}) {
		t.Skip("there is no bash on this host")
	}
	var body bytes.Buffer
	w := zip.NewWriter(&body)
	f, err := w.Create("site/web/index.html")
	if err != nil {
		t.Fatal(err)
	}
	f.Write([]byte("quote " + version))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(body.Bytes())
	hash := hex.EncodeToString(sum[:])
	if err := os.WriteFile(filepath.Join(b.dir, "packages", hash), body.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	settings, err := json.Marshal(wanted)
	if err != nil {
		t.Fatal(err)
	}
	log := &kept{}
	j := Job{
		Order: task.Order{
			ID: "one", Deployment: b.deployment, Target: "web-1", Step: cmp.Or(b.step, "IIS"), Environment: "Dev", Project: "Random Quotes", Release: version,
			Work:    task.Work{Kind: task.KindIIS, Settings: settings},
			Package: &task.Package{ID: "RandomQuotes", Version: version, FileName: "RandomQuotes.zip", SHA256: hash, Size: int64(body.Len())},
			Variables: append([]task.Variable{
				{Name: "Port", Value: "8081"}, {Name: "Nothing", Value: "False"}, {Name: "Octopus.Environment.Name", Value: "Dev"},
			}, more...),
		},
		Mask: masking.New(), Log: log, Now: time.Now, Secrets: b.secrets,
		Work: filepath.Join(b.dir, "work"), Packages: filepath.Join(b.dir, "packages"), Undo: filepath.Join(b.dir, "undo"), Applications: filepath.Join(b.dir, "Applications"),
		Alone: func(context.Context, string) (func(), error) { return func() {}, nil },
		IIS:   b.model, Certificates: b.certs, Sleep: func(context.Context, time.Duration) error { return nil },
	}
	done, err := Perform(t.Context(), j)
	return done, log.all(), err
}

func (b *iisBench) folder(version string) string {
	return filepath.Join(b.dir, "Applications", "Dev", "RandomQuotes", version, "site", "web")
}

func TestIISServesThePackage(t *testing.T) {
	t.Parallel()
	b := newIISBench(t)
	wanted := tutorialA()
	wanted.Scripts = task.Scripts{Deploy: "echo deploy; ls ..", PostDeploy: "echo post"}
	_, log, err := b.deploy(t, "1.0.1", wanted)
	if err != nil {
		t.Fatalf("Perform = %v\n%s", err, log)
	}
	if got := b.model.served(t); got != b.folder("1.0.1") {
		t.Errorf("served is %s, want %s", got, b.folder("1.0.1"))
	}
	at := 0
	for _, text := range []string{"installed 1 files", "out: deploy", `IIS: create site "RandomQuotes"`, `IIS: give site "RandomQuotes" the bindings http *:8081:`, `IIS: start site "RandomQuotes"`, "out: post"} {
		next := strings.Index(log[at:], text)
		if next < 0 {
			t.Fatalf("the log lacks %q behind what came before:\n%s", text, log)
		}
		at += next
	}
	if entries, _ := os.ReadDir(filepath.Join(b.dir, "undo")); len(entries) > 0 {
		t.Errorf("the way back is still open: %v", entries)
	}
}

func TestIISGoesBack(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(*task.IIS, *iisBench)
		served string // version
		words  string
	}{
		{"post-deployment script", func(w *task.IIS, _ *iisBench) { w.Scripts.PostDeploy = "exit 3" }, "1.0.1", "exit code 3"},
		{"post-deployment script, kept", func(w *task.IIS, _ *iisBench) { w.Scripts.PostDeploy, w.KeepNewPath = "exit 3", true }, "1.0.2", "exit code 3"},
		{"deployment script", func(w *task.IIS, _ *iisBench) { w.Scripts.Deploy = "exit 3" }, "1.0.1", "exit code 3"},
		{"switch", func(_ *task.IIS, b *iisBench) {
			b.model.fail = func(call string) error {
				if strings.Contains(call, "1.0.2") {
					return exitStatus(5)
				}
				return nil
			}
		}, "1.0.1", "IIS is as it was before"},
		{"web root", func(w *task.IIS, _ *iisBench) { w.Site.WebRoot = "elsewhere" }, "1.0.1", "elsewhere is not there to be served"},
		{"web root outside", func(w *task.IIS, _ *iisBench) { w.Site.WebRoot = "../.." }, "1.0.1", "leads outside the installation"},
		{"port", func(w *task.IIS, _ *iisBench) { w.Site.Bindings[0].Port = "eighty" }, "1.0.1", `port "eighty" is no number`},
		{"enabled", func(w *task.IIS, _ *iisBench) { w.Site.Bindings[0].Enabled = "yes" }, "1.0.1", "true or false"},
		{"unknown value", func(w *task.IIS, _ *iisBench) { w.Site.Pool.Name = "#{Nobody}" }, "1.0.1", "Nobody"},
		{"binding of another site", func(w *task.IIS, _ *iisBench) { w.Site.Bindings[0].Port = "80" }, "1.0.1", "Default Web Site"},
		{"certificate is nowhere", func(w *task.IIS, _ *iisBench) {
			w.Site.Bindings = append(w.Site.Bindings, task.IISBinding{Protocol: "https", Port: "443", Thumbprint: "\u200e" + strings.ToLower(thumbprint)})
		}, "1.0.1", "certificate " + thumbprint + " is in no store"},
		{"thumbprint", func(w *task.IIS, _ *iisBench) {
			w.Site.Bindings = append(w.Site.Bindings, task.IISBinding{Protocol: "https", Port: "443", Thumbprint: "12 34"})
		}, "1.0.1", "4 hexadecimal digits"},
		{"certificate variable is missing", func(w *task.IIS, _ *iisBench) {
			w.Site.Bindings = append(w.Site.Bindings, task.IISBinding{Protocol: "https", Port: "443", CertificateVariable: "Cert"})
		}, "1.0.1", "has no Cert.Thumbprint"},
		{"no IIS", func(_ *task.IIS, b *iisBench) { b.model.fail = func(string) error { return os.ErrNotExist } }, "", "this host has no IIS"},
		{"feature", func(w *task.IIS, b *iisBench) { w.Site.Basic = true; b.model.machine.Install("UrlRoutingModule-4.0") }, "1.0.1", "IIS-BasicAuthentication"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newIISBench(t)
			if _, log, err := b.deploy(t, "1.0.1", tutorialA()); err != nil {
				t.Fatalf("the first version: %v\n%s", err, log)
			}
			wanted := tutorialA()
			none := 0
			wanted.Retries = &none
			tt.change(&wanted, b)
			_, log, err := b.deploy(t, "1.0.2", wanted)
			if err == nil || !strings.Contains(err.Error(), tt.words) {
				t.Errorf("Perform = %v, want %q\n%s", err, tt.words, log)
			}
			b.model.fail = nil
			want := b.folder(tt.served)
			if tt.served == "" {
				want = b.folder("1.0.1")
			}
			if got := b.model.served(t); got != want {
				t.Errorf("served is %s, want %s\n%s", got, want, log)
			}
			if entries, _ := os.ReadDir(filepath.Join(b.dir, "undo")); len(entries) > 0 {
				t.Errorf("the way back is still open: %v", entries)
			}
		})
	}
}

func TestNextAttemptBringsBackIIS(t *testing.T) {
	t.Parallel()
	b := newIISBench(t)
	if _, log, err := b.deploy(t, "1.0.1", tutorialA()); err != nil {
		t.Fatalf("the first version: %v\n%s", err, log)
	}
	// The second attempt dies in the switch, when it is done.
	wanted := tutorialA()
	journal := filepath.Join(b.dir, "undo", "web-1.iis.json")
	died := errors.New("died")
	func() {
		defer func() {
			if recover() != died {
				t.Error("it lived")
			}
		}()
		b.certs.keys[thumbprint] = "My"
		wanted.Site.Bindings[0].Port = "8082"
		b.model.fail = func(call string) error {
			if strings.HasPrefix(call, "appcmd set vdir") {
				r := b.model.machine.Run("appcmd", strings.Fields(strings.TrimPrefix(call, "appcmd ")), "")
				if r.Exit != 0 {
					t.Errorf("%s: %s", call, r.Stdout)
				}
				panic(died)
			}
			return nil
		}
		b.deploy(t, "1.0.2", wanted)
	}()
	b.model.fail = nil
	if got := b.model.served(t); got != b.folder("1.0.2") {
		t.Fatalf("served is %s", got)
	}
	if _, err := os.Stat(journal); err != nil {
		t.Fatal(err)
	}
	bad := tutorialA()
	bad.Site.Pool.Name = "#{Nobody}"
	if _, log, err := b.deploy(t, "1.0.3", bad); err == nil || !strings.Contains(log, "IIS: all of it is as it was before") {
		t.Errorf("Perform = %v\n%s", err, log)
	}
	if got := b.model.served(t); got != b.folder("1.0.1") {
		t.Errorf("served is %s, want what was there before the dead attempt", got)
	}
}

func TestCertificateVariable(t *testing.T) {
	t.Parallel()
	b := newIISBench(t)
	b.model.machine.AddKey(iismodel.Key{Store: "My", Thumbprint: thumbprint})
	wanted := tutorialA()
	wanted.Site.Bindings = append(wanted.Site.Bindings, task.IISBinding{Protocol: "https", Port: "443", Host: "quotes.example.org", CertificateVariable: "Web", RequireSNI: true})
	wanted.Site.Pool.Identity, wanted.Site.Pool.User, wanted.Site.Pool.Password = "SpecificUser", `CORP\web`, "#{Pool Password}"
	variables := []task.Variable{
		{Name: "Web.Thumbprint", Value: "\u200e12 34 56 78 90 ab cd ef 12 34 56 78 90 ab cd ef 12 34 56 78"},
		{Name: "Web.Pfx", Value: base64.StdEncoding.EncodeToString([]byte(thumbprint))},
		{Name: "Web.Password", Secret: true}, {Name: "Pool Password", Secret: true},
	}
	done, log, err := b.deploy(t, "1.0.1", wanted, variables...)
	if err != nil {
		t.Fatalf("Perform = %v\n%s", err, log)
	}
	if done.Outputs[storeName] != "My" {
		t.Errorf("output %s = %q", storeName, done.Outputs[storeName])
	}
	if want := []string{"My " + thumbprint + ` CORP\web`}; !slices.Equal(b.certs.granted, want) {
		t.Errorf("granted %q, want %q", b.certs.granted, want)
	}
	if !slices.ContainsFunc(b.model.calls, func(call string) bool {
		return strings.HasPrefix(call, "netsh http add sslcert hostnameport=quotes.example.org:443 certhash="+thumbprint)
	}) {
		t.Errorf("http.sys was not told: %q", b.model.calls)
	}
	if text := log + strings.Join(b.model.calls, "\n"); strings.Contains(text, "secret") {
		t.Errorf("a secret got out:\n%s", text)
	}
	b.certs.keys = map[string]string{}
	b.secrets["Web.Password"] = "wrong"
	if _, _, err := b.deploy(t, "1.0.2", wanted, variables...); err == nil || !strings.Contains(err.Error(), "does not open with Web.Password") {
		t.Errorf("Perform with a wrong password = %v", err)
	}
}

func TestOfflineWhileFilesAreReplaced(t *testing.T) {
	t.Parallel()
	b := newIISBench(t)
	wanted := tutorialA()
	wanted.Directory, wanted.Purge, wanted.Offline = filepath.Join(b.dir, "fixed"), true, true
	page := filepath.Join(wanted.Directory, "site", "web", iis.OfflineFile)
	wanted.Scripts.Deploy = "[ -f " + page + " ] && echo it is offline || echo it is online"
	for _, version := range []string{"1.0.1", "1.0.2"} {
		_, log, err := b.deploy(t, version, wanted)
		if err != nil {
			t.Fatalf("Perform = %v\n%s", err, log)
		}
		if offline := strings.Contains(log, "out: it is offline"); offline != (version == "1.0.2") {
			t.Errorf("%s: offline while files were replaced: %t\n%s", version, offline, log)
		}
		if _, err := os.Stat(page); err == nil {
			t.Errorf("%s: %s is left", version, page)
		}
		content, err := os.ReadFile(filepath.Join(filepath.Dir(page), "index.html"))
		if err != nil || string(content) != "quote "+version {
			t.Errorf("%s: %q, %v", version, content, err)
		}
	}
	wanted.Scripts.Deploy = "exit 4"
	if _, _, err := b.deploy(t, "1.0.3", wanted); err == nil {
		t.Error("it did not fail")
	}
	if _, err := os.Stat(page); err == nil {
		t.Errorf("after a failure %s is left", page)
	}
}

func TestHeldFiles(t *testing.T) {
	t.Parallel()
	other := errors.New("no space")
	if err := blocked(other); err != other {
		t.Errorf("blocked(%v) = %v", other, err)
	}
	err := blocked(&inuse.HeldError{Path: `C:\Sites`, Err: fmt.Errorf("it cannot be emptied: %w", &os.PathError{Op: "remove", Path: `bin\Shop.dll`, Err: errors.New("in use")})})
	if !strings.Contains(err.Error(), `bin\Shop.dll could not be changed`) || !strings.Contains(err.Error(), "offline: true") {
		t.Errorf("blocked = %v", err)
	}
}
