// Package kill kills the server, again and again, while it carries out
// the tutorial, and looks at what is left: every deployment came to its end,
// and every payload ran exactly once.
package kill

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/functions/cli"
)

// asSlipway makes this test's own binary serve as the program under test, so
// that no build order matters.
const asSlipway = "SLIPWAY_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asSlipway) != "" {
		os.Exit(cli.Main(context.Background(), os.Args, os.LookupEnv, os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// TestKill does the tutorial over and over on a pretend host, while somebody
// kills the server without warning at random moments.
func TestKill(t *testing.T) {
	kills := 20
	if os.Getenv("SLIPWAY_SOAK") != "" {
		kills = 100
	}
	w := newWorld(t)
	w.configure()
	killed := w.killer(kills)
	rounds := 0
	for done := false; !done; rounds++ {
		w.tutorial(fmt.Sprintf("1.0.%d", rounds+1))
		select {
		case <-killed:
			done = true
		default:
		}
	}
	w.check(rounds)
	t.Logf("%d kills in %d rounds of the tutorial", kills, rounds)
}

// world is one server, alive or not, and the people around it.
type world struct {
	t      *testing.T
	dir    string
	listen string
	admin  string // API keys
	stella string

	mu     sync.Mutex
	server *exec.Cmd
}

func newWorld(t *testing.T) *world {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	w := &world{t: t, dir: t.TempDir(), listen: l.Addr().String()}
	must(t, l.Close())
	out := w.slipway("correct horse battery\n", "init", "--data", w.data(), "--admin", "admin", "--mail", "admin@example.org", "--password-stdin", "--print-key")
	w.admin = strings.TrimSpace(out)
	w.start()
	t.Cleanup(w.kill)
	return w
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) data() string { return filepath.Join(w.dir, "data") }

func (w *world) command(args ...string) *exec.Cmd {
	own, err := os.Executable()
	must(w.t, err)
	cmd := exec.Command(own, args...)
	cmd.Env = append(os.Environ(), asSlipway+"=1", "XDG_CONFIG_HOME="+filepath.Join(w.dir, "config"), "SLIPWAY_URL=http://"+w.listen, "SLIPWAY_API_KEY="+w.admin)
	return cmd
}

// slipway runs one command and gives its standard output.
func (w *world) slipway(stdin string, args ...string) string {
	w.t.Helper()
	cmd := w.command(args...)
	cmd.Stdin = strings.NewReader(stdin)
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		w.t.Fatalf("slipway %v: %v\n%s%s", args, err, out, problems.String())
	}
	return string(out)
}

func (w *world) start() {
	cmd := w.command("serve", "--data", w.data(), "--listen", w.listen)
	log, err := os.OpenFile(filepath.Join(w.dir, "server.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	must(w.t, err)
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	must(w.t, cmd.Start())
	w.mu.Lock()
	w.server = cmd
	w.mu.Unlock()
}

func (w *world) kill() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.server != nil {
		_ = w.server.Process.Kill()
		_ = w.server.Wait()
		w.server = nil
	}
}

// killer ends and starts the server n times, and closes the channel then.
func (w *world) killer(n int) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range n {
			time.Sleep(time.Duration(100+rand.IntN(700)) * time.Millisecond)
			w.kill()
			w.start()
		}
	}()
	return done
}

// ask sends one request; ok is false while nobody answers.
func (w *world) ask(key, method, path string, body io.Reader, into any) (status int, ok bool) {
	req, err := http.NewRequest(method, "http://"+w.listen+path, body)
	must(w.t, err)
	req.Header.Set("X-Octopus-ApiKey", key)
	req.Header.Set("Content-Type", "application/json")
	client := http.Client{Timeout: 5 * time.Second}
	answer, err := client.Do(req)
	if err != nil {
		return 0, false
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, false
	}
	if answer.StatusCode >= 500 {
		return answer.StatusCode, false
	}
	if into != nil && answer.StatusCode < 300 {
		must(w.t, json.Unmarshal(b, into))
	}
	if answer.StatusCode >= 400 {
		w.t.Logf("%s %s: %d %s", method, path, answer.StatusCode, b)
	}
	return answer.StatusCode, true
}

// until repeats something until it works; the server may be dead meanwhile.
func (w *world) until(what string, try func() bool) {
	w.t.Helper()
	deadline := time.Now().Add(60 * time.Second)
	for !try() {
		if time.Now().After(deadline) {
			log, _ := os.ReadFile(filepath.Join(w.dir, "server.log"))
			w.t.Fatalf("%s never happened; the server's last words:\n%s", what, log[max(0, len(log)-4000):])
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (w *world) configure() {
	w.until("the server answering", func() bool { status, _ := w.ask("", "GET", "/v1/version", nil, nil); return status == 200 })
	w.slipway("", "apply", "testdata/tutorial.yaml", "--yes")
	w.slipway("correct horse battery\n", "user", "password", "stella", "--password-stdin")
	var key struct {
		Key string `json:"key"`
	}
	login := `{"username":"stella","password":"correct horse battery","purpose":"test"}`
	if status, _ := w.ask("", "POST", "/v1/login", strings.NewReader(login), &key); status >= 300 || key.Key == "" {
		w.t.Fatalf("login of stella: %d", status)
	}
	w.stella = key.Key
}

type deployment struct {
	ID          string `json:"id"`
	Release     string `json:"release"`
	Environment string `json:"environment"`
	Status      string `json:"status"`
	Message     string `json:"message"`
	Ended       bool   `json:"ended"`
	Steps       []struct {
		Name    string `json:"name"`
		Status  string `json:"status"`
		Targets []struct {
			Attempt int `json:"attempt"`
		} `json:"targets"`
	} `json:"steps"`
}

func (w *world) deployments() (all []deployment, ok bool) {
	status, ok := w.ask(w.admin, "GET", "/v1/deployments?project=Random%20Quotes&take=1000", nil, &all)
	return all, ok && status == 200
}

func (w *world) find(version, environment string) (deployment, bool) {
	all, _ := w.deployments()
	for _, d := range all {
		if d.Release == version && d.Environment == environment {
			return d, true
		}
	}
	return deployment{}, false
}

// tutorial takes one version from upload to production.
func (w *world) tutorial(version string) {
	source := filepath.Join(w.dir, "app-"+version)
	must(w.t, os.MkdirAll(source, 0o755))
	must(w.t, os.WriteFile(filepath.Join(source, "VERSION"), []byte(version), 0o644))
	w.slipway("", "pack", source, "--id", "RandomQuotes", "--version", version, "--out", w.dir)
	file, err := os.ReadFile(filepath.Join(w.dir, "RandomQuotes."+version+".nupkg"))
	must(w.t, err)
	w.until("the push of "+version, func() bool {
		status, ok := w.ask(w.admin, "PUT", "/v1/packages/RandomQuotes."+version+".nupkg", bytes.NewReader(file), nil)
		return ok && status < 300
	})
	w.ends(version, "Dev")
	for _, environment := range []string{"Test", "Prod"} {
		w.until("the deployment of "+version+" to "+environment, func() bool {
			if _, there := w.find(version, environment); there {
				return true // the request before was heard, only its answer was lost
			}
			body := fmt.Sprintf(`{"project":"Random Quotes","release":%q,"environment":%q}`, version, environment)
			status, ok := w.ask(w.admin, "POST", "/v1/deployments", strings.NewReader(body), nil)
			return ok && status < 300
		})
		w.until("the sign-off of "+version+" in "+environment, func() bool {
			d, there := w.find(version, environment)
			if !there || d.Status != "waiting" {
				return there && d.Ended
			}
			_, _ = w.ask(w.stella, "POST", "/v1/deployments/"+d.ID+"/answer", strings.NewReader(`{"proceed":true}`), nil)
			return false
		})
		w.ends(version, environment)
	}
}

func (w *world) ends(version, environment string) {
	w.t.Helper()
	var d deployment
	w.until(version+" ending in "+environment, func() bool {
		found, there := w.find(version, environment)
		d = found
		return there && d.Ended
	})
	if d.Status != "succeeded" {
		w.t.Fatalf("%s of %s to %s is %s: %s", d.ID, version, environment, d.Status, d.Message)
	}
}

// check compares the attempts that the server knows of with the lines that
// their payloads have left on the host.
func (w *world) check(rounds int) {
	w.until("the server answering", func() bool { status, _ := w.ask("", "GET", "/v1/version", nil, nil); return status == 200 })
	all, ok := w.deployments()
	if !ok || len(all) != 3*rounds {
		w.t.Fatalf("%d deployments after %d rounds, want three a round", len(all), rounds)
	}
	attempts := 0
	for _, d := range all {
		var full deployment
		if status, ok := w.ask(w.admin, "GET", "/v1/deployments/"+d.ID, nil, &full); !ok || status != 200 {
			w.t.Fatalf("%s: %d", d.ID, status)
		}
		for _, s := range full.Steps {
			for _, target := range s.Targets {
				attempts += target.Attempt
			}
		}
	}
	logs, err := filepath.Glob(filepath.Join(w.data(), "pretend", "*", "payload.log"))
	if err != nil || len(logs) != 1 {
		w.t.Fatal(errors.Join(err, fmt.Errorf("payload logs: %v", logs)))
	}
	b, err := os.ReadFile(logs[0])
	must(w.t, err)
	seen := map[string]bool{}
	for line := range strings.Lines(string(b)) {
		if seen[line] {
			w.t.Errorf("a payload ran twice: %s", line)
		}
		seen[line] = true
	}
	if len(seen) != attempts {
		w.t.Errorf("%d payloads ran in %d attempts", len(seen), attempts)
	}
}
