package browser

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/functions/cli"
	"slipway/functions/setup"
	"slipway/pipelines"
	"slipway/web/rest"
)

// server is a running one, and the administrator who configures it.
type server struct {
	t    *testing.T
	dir  string
	url  string
	key  string
	said *words
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

const password = "a lantern by the quay"

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// start makes a data folder, and a server in this process.
func start(t *testing.T) *server {
	t.Helper()
	s := &server{t: t, dir: t.TempDir(), said: &words{}}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the server's log:\n%s", s.said)
		}
	})
	own, err := os.Executable()
	must(t, err)
	// In a process of its own: here the fork of a browser could hold init's lock on the folder for a moment longer.
	init := exec.Command(own, "init", "--data", s.data(), "--admin", "admin", "--display-name", "Ada Lovelace", "--mail", "admin@example.org", "--password-stdin", "--print-key")
	init.Env = append(os.Environ(), asSlipway+"=1")
	init.Stdin, init.Stderr = strings.NewReader(password+"\n"), s.said
	key, err := init.Output()
	must(t, err)
	s.key = strings.TrimSpace(string(key))

	s.serve()
	return s
}

// serve runs the server on its data folder until the test ends.
func (s *server) serve() {
	t := s.t
	t.Helper()
	running, err := setup.Open(setup.Settings{
		Data: s.data(), Listen: "127.0.0.1:0", MailFrom: "slipway@example.org", Patience: 3 * time.Second, Log: slog.New(slog.NewTextHandler(s.said, nil)),
	})
	must(t, err)
	ctx, stop := context.WithCancel(context.Background())
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- running.Serve(ctx, func(address string) { ready <- address }) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-ended, running.Close()); err != nil {
			t.Error(err)
		}
	})
	select {
	case address := <-ready:
		s.url = "http://" + address
	case err := <-ended:
		ended <- err
		t.Fatal(err)
	}
}

func (s *server) data() string { return filepath.Join(s.dir, "data") }

// slipway runs a command line as the administrator, which must work.
func (s *server) slipway(stdin string, args ...string) string {
	s.t.Helper()
	env := map[string]string{"XDG_CONFIG_HOME": filepath.Join(s.dir, "config"), "SLIPWAY_URL": s.url, "SLIPWAY_API_KEY": s.key}
	var said, wrong bytes.Buffer
	code := cli.Main(s.t.Context(), append([]string{"slipway"}, args...), func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		strings.NewReader(stdin), &said, &wrong)
	if code != 0 {
		s.t.Fatalf("slipway %v ends with %d:\n%s%s", args, code, said.String(), wrong.String())
	}
	return said.String()
}

// get asks the API as the administrator.
func (s *server) get(path string, into any) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+path, nil)
	must(s.t, err)
	r.Header.Set("X-Slipway-ApiKey", s.key)
	answer, err := http.DefaultClient.Do(r)
	must(s.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	must(s.t, err)
	if answer.StatusCode != http.StatusOK {
		s.t.Fatalf("GET %s: %s: %s", path, answer.Status, body)
	}
	must(s.t, json.Unmarshal(body, into))
}

// becomes waits for a deployment's state.
func (s *server) becomes(id string, want pipelines.Status) {
	s.t.Helper()
	var d rest.Deployment
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
		s.get("/v1/deployments/"+id, &d)
		switch {
		case d.Status == want && (d.Ended || !want.Ended()):
			return
		case d.Ended || time.Now().After(end):
			s.t.Fatalf("%s is %s (%s), want %s", id, d.Status, d.Message, want)
		}
	}
}

// letter waits for a mail with these words in its subject and gives its text.
func (s *server) letter(subject string) string {
	s.t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		var all []rest.HeldMail
		s.get("/v1/mail", &all)
		for _, m := range all {
			if strings.Contains(m.Subject, subject) {
				var whole rest.HeldMail
				s.get("/v1/mail/"+m.Key, &whole)
				return strings.ReplaceAll(whole.Text, "\r\n", "\n")
			}
		}
	}
	s.t.Fatalf("no mail %q came", subject)
	return ""
}

// The link names the address that the server was told, which is another one here.
var (
	linkInMail = regexp.MustCompile(`http://\S+(/answer/\S+)`)
	codeInMail = regexp.MustCompile(`Your code:\s*([0-9A-Z ]+)`)
)

// asked waits for a sign-off mail and gives the path of the first link in it, and
// its code.
func (s *server) asked(subject string) (path, code string) {
	s.t.Helper()
	text := s.letter(subject)
	link, typed := linkInMail.FindStringSubmatch(text), codeInMail.FindStringSubmatch(text)
	if link == nil || typed == nil {
		s.t.Fatalf("no link or no code in %q", text)
	}
	return link[1], strings.ReplaceAll(typed[1], " ", "")
}
