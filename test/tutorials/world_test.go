package tutorials

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/functions/cli"
	"slipway/functions/setup"
	"slipway/pipelines"
	"slipway/test/hosts"
	"slipway/web/rest"
)

// world is one server and the person who configures it.
type world struct {
	t    *testing.T
	dir  string
	url  string
	key  string // the administrator's
	said *words // the server's log

	server *setup.Server // where it runs in this process
}

// words is a log that can be read while it is written.
type words struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *words) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *words) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// newWorld starts a server in this process. Patience is how long it waits for a host that is out of reach.
func newWorld(t *testing.T, patience time.Duration) *world {
	t.Helper()
	return openWorld(t, setup.Settings{Patience: patience})
}

// openWorld starts a server in this process, with more settings of one's own.
func openWorld(t *testing.T, s setup.Settings) *world {
	t.Helper()
	w := emptyWorld(t)
	s.Data, s.Listen, s.MailFrom, s.Log = w.data(), "127.0.0.1:0", "slipway@example.org", slog.New(slog.NewTextHandler(w.said, nil))
	server, err := setup.Open(s)
	must(t, err)
	w.server = server
	ctx, stop := context.WithCancel(context.Background())
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- server.Serve(ctx, func(address string) { ready <- address }) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-ended, server.Close()); err != nil {
			t.Error(err)
		}
	})
	select {
	case address := <-ready:
		w.url = "http://" + address
	case err := <-ended:
		ended <- err
		t.Fatal(err)
	}
	return w
}

// emptyWorld has a data folder and nobody who serves it.
func emptyWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), said: &words{}}
	// In a process of its own: here another test's fork could hold init's lock on the folder for a moment longer.
	init := program(t, "init", "--data", w.data(), "--admin", "admin", "--mail", "admin@example.org", "--password-stdin", "--print-key")
	init.Stdin, init.Stderr = strings.NewReader("correct horse battery\n"), w.said
	out, err := init.Output()
	if err != nil {
		t.Fatalf("init: %v: %s", err, w.said)
	}
	w.key = strings.TrimSpace(string(out))
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the server's log:\n%s", w.said)
		}
	})
	return w
}

// program is a call of slipway as a process of its own.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	own, err := os.Executable()
	must(t, err)
	cmd := exec.Command(own, args...)
	cmd.Env = append(os.Environ(), asSlipway+"=1")
	return cmd
}

// in is the same world for a subtest.
func (w *world) in(t *testing.T) *world {
	same := *w
	same.t = t
	return &same
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) data() string { return filepath.Join(w.dir, "data") }

func (w *world) settings() map[string]string {
	return map[string]string{"XDG_CONFIG_HOME": filepath.Join(w.dir, "config"), "SLIPWAY_URL": w.url, "SLIPWAY_API_KEY": w.key}
}

// slipway runs a command line that must work.
func (w *world) slipway(stdin string, args ...string) string {
	w.t.Helper()
	out, problems, code := w.try(stdin, args...)
	if code != 0 {
		w.t.Fatalf("slipway %v ends with %d:\n%s%s", args, code, out, problems)
	}
	return out
}

// try runs a command line that need not work.
func (w *world) try(stdin string, args ...string) (out, problems string, code int) {
	w.t.Helper()
	env := w.settings()
	var said, wrong bytes.Buffer
	code = cli.Main(w.t.Context(), append([]string{"slipway"}, args...), func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		strings.NewReader(stdin), &said, &wrong)
	return said.String(), wrong.String(), code
}

// apply configures what the text says; $NAME is replaced by the value that follows it in with.
func (w *world) apply(text string, with ...string) {
	w.t.Helper()
	dir := w.t.TempDir()
	must(w.t, os.WriteFile(filepath.Join(dir, "slipway.yaml"), []byte(strings.NewReplacer(with...).Replace(text)), 0o600))
	w.slipway("", "apply", filepath.Join(dir, "slipway.yaml"), "--owner", "tutorials", "--yes")
}

// addTarget makes a host known, under a name and with a role of its own.
func (w *world) addTarget(h *hosts.Host, name, hostKey string, environments ...string) {
	w.t.Helper()
	args := []string{"target", "add", name, "--ssh", h.User + "@" + h.Addr, "--key-file", h.KeyFile, "--host-key", hostKey, "--role", name}
	for _, e := range environments {
		args = append(args, "--environment", e)
	}
	w.slipway("", args...)
}

// push makes a package of files and uploads it.
func (w *world) push(id, version string, files map[string]string) {
	w.t.Helper()
	source := filepath.Join(w.t.TempDir(), id)
	for name, text := range files {
		must(w.t, os.MkdirAll(filepath.Dir(filepath.Join(source, name)), 0o755))
		must(w.t, os.WriteFile(filepath.Join(source, name), []byte(text), 0o644))
	}
	w.pushFolder(id, version, source)
}

func (w *world) pushFolder(id, version, source string) {
	w.t.Helper()
	out := w.t.TempDir()
	w.slipway("", "pack", source, "--id", id, "--version", version, "--out", out)
	w.slipway("", "push", filepath.Join(out, id+"."+version+".nupkg"))
}

// ask sends one request; err is only that nobody answers.
func (w *world) ask(method, path string, body, into any) (status int, err error) {
	w.t.Helper()
	var payload io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		must(w.t, err)
		payload = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, w.url+path, payload)
	must(w.t, err)
	req.Header.Set("X-Slipway-ApiKey", w.key)
	req.Header.Set("Content-Type", "application/json")
	client := http.Client{Timeout: 10 * time.Second}
	answer, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, err
	}
	if answer.StatusCode >= 300 {
		return answer.StatusCode, fmt.Errorf("%s %s: %s: %s", method, path, answer.Status, b)
	}
	if into != nil {
		must(w.t, json.Unmarshal(b, into))
	}
	return answer.StatusCode, nil
}

func (w *world) get(path string, into any) {
	w.t.Helper()
	_, err := w.ask("GET", path, nil, into)
	must(w.t, err)
}

// release makes a release of what is configured now and gives its number.
func (w *world) release(project, number string) string {
	w.t.Helper()
	w.slipway("", "release", "create", project, "--number", number)
	return number
}

// deploy begins a deployment and does not wait for it.
func (w *world) deploy(project, release, environment string) string {
	w.t.Helper()
	var d rest.Deployment
	_, err := w.ask("POST", "/v1/deployments", map[string]string{"project": project, "release": release, "environment": environment}, &d)
	must(w.t, err)
	return d.ID
}

func (w *world) deployment(id string) rest.Deployment {
	w.t.Helper()
	var d rest.Deployment
	w.get("/v1/deployments/"+id, &d)
	return d
}

// newest waits for the first deployment of a project.
func (w *world) newest(project string) string {
	w.t.Helper()
	var all []rest.Deployment
	w.until("a deployment of "+project, 20*time.Second, func() bool {
		w.get("/v1/deployments?take=1&project="+url.QueryEscape(project), &all)
		return len(all) > 0
	})
	return all[0].ID
}

// ends waits for the end of a deployment, which must be one of those wanted.
func (w *world) ends(id string, want ...pipelines.Status) rest.Deployment {
	w.t.Helper()
	var d rest.Deployment
	w.until(id+" ending", 60*time.Second, func() bool { d = w.deployment(id); return d.Ended })
	if !slices.Contains(want, d.Status) {
		w.t.Fatalf("%s is %s (%s), want %s; its log:\n%s", id, d.Status, d.Message, want, w.log(id))
	}
	return d
}

// lines is the whole log of a deployment so far.
func (w *world) lines(id string) []rest.LogLine {
	w.t.Helper()
	var all []rest.LogLine
	for after := ""; ; {
		var log rest.Log
		w.get("/v1/deployments/"+id+"/log?after="+url.QueryEscape(after), &log)
		if all = append(all, log.Lines...); len(log.Lines) == 0 {
			return all
		}
		after = log.Next
	}
}

// log is the same as text, a stream and a line in each.
func (w *world) log(id string) string {
	w.t.Helper()
	var out strings.Builder
	for _, l := range w.lines(id) {
		fmt.Fprintf(&out, "%s: %s\n", l.Stream, l.Text)
	}
	return out.String()
}

// mail waits for a mail and gives its text.
func (w *world) mail(subject string) string {
	w.t.Helper()
	text := ""
	w.until("a mail "+subject, 20*time.Second, func() bool {
		var all []rest.HeldMail
		w.get("/v1/mail", &all)
		for _, m := range all {
			if strings.Contains(m.Subject, subject) {
				var whole rest.HeldMail
				w.get("/v1/mail/"+m.Key, &whole)
				text = strings.ReplaceAll(whole.Text, "\r\n", "\n")
				return true
			}
		}
		return false
	})
	return text
}

// until waits for a state, four times as long as it may take: other tests keep the
// machine busy.
func (w *world) until(what string, limit time.Duration, state func() bool) {
	w.t.Helper()
	limit *= 4
	for end := time.Now().Add(limit); !state(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			w.t.Fatalf("%s did not happen within %s", what, limit)
		}
	}
}

// step is the one step of a deployment that bears the name.
func step(t *testing.T, d rest.Deployment, name string) rest.Step {
	t.Helper()
	for _, s := range d.Steps {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("%s has no step %q: %+v", d.ID, name, d.Steps)
	return rest.Step{}
}

// wants compares a text with the parts that must be in it.
func wants(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s =\n%s\nwant %q in it", what, text, part)
		}
	}
}
