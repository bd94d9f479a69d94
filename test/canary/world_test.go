package canary

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/web/rest"
)

// password is the administrator's.
const password = "correct horse battery"

// world is one server, two folders that are hosts, and the administrator.
type world struct {
	t      *testing.T
	dir    string
	listen string
	key    string
	server *exec.Cmd
	since  time.Time
	said   bytes.Buffer // all that the command line has printed
}

func newWorld(t *testing.T) *world {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	w := &world{t: t, dir: t.TempDir(), listen: listener.Addr().String(), since: time.Now()}
	must(t, listener.Close())
	init := w.command("init", "--data", w.path("data"), "--admin", "admin", "--mail", "admin@example.org", "--password-stdin", "--print-key")
	init.Stdin = strings.NewReader(password + "\n")
	out, err := init.Output()
	must(t, err)
	w.key = strings.TrimSpace(string(out))
	w.serve()
	t.Cleanup(func() {
		w.stop()
		if t.Failed() {
			t.Logf("the server's log:\n%s", w.read("server.log"))
		}
	})
	return w
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) path(elem ...string) string {
	return filepath.Join(append([]string{w.dir}, elem...)...)
}

func (w *world) read(elem ...string) []byte {
	w.t.Helper()
	b, err := os.ReadFile(w.path(elem...))
	must(w.t, err)
	return b
}

func (w *world) command(args ...string) *exec.Cmd {
	own, err := os.Executable()
	must(w.t, err)
	cmd := exec.Command(own, args...)
	cmd.Env = append(os.Environ(), asSlipway+"=1", "XDG_CONFIG_HOME="+w.path("config"), "SLIPWAY_URL=http://"+w.listen, "SLIPWAY_API_KEY="+w.key)
	return cmd
}

func (w *world) serve() {
	w.server = w.command("serve", "--data", w.path("data"), "--listen", w.listen)
	log, err := os.Create(w.path("server.log"))
	must(w.t, err)
	defer log.Close()
	w.server.Stdout, w.server.Stderr = log, log
	must(w.t, w.server.Start())
	w.until("the server answering", func() bool {
		answer, err := http.Get("http://" + w.listen + "/v1/version")
		if err == nil {
			answer.Body.Close()
		}
		return err == nil
	})
}

// stop ends the server as an operator does, so that its files are whole.
func (w *world) stop() {
	if w.server == nil {
		return
	}
	_ = w.server.Process.Signal(os.Interrupt)
	_ = w.server.Wait()
	w.server = nil
}

// slipway runs a command that must work, and keeps what it prints.
func (w *world) slipway(stdin string, args ...string) string {
	w.t.Helper()
	out, err := w.tries(stdin, args...)
	if err != nil {
		w.t.Fatalf("slipway %v: %v\n%s", args, err, out)
	}
	return out
}

// refused runs a command that must not work.
func (w *world) refused(stdin string, args ...string) string {
	w.t.Helper()
	out, err := w.tries(stdin, args...)
	if err == nil {
		w.t.Errorf("slipway %v was not refused:\n%s", args, out)
	}
	return out
}

func (w *world) tries(stdin string, args ...string) (string, error) {
	cmd := w.command(args...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	fmt.Fprintf(&w.said, "slipway %s\n%s\n", args[0], out)
	return string(out), err
}

// get asks the API, which must answer.
func (w *world) get(path string, into any) {
	w.t.Helper()
	status, body := w.ask("GET", path, "")
	if status != http.StatusOK {
		w.t.Fatalf("GET %s: %d %s", path, status, body)
	}
	must(w.t, json.Unmarshal(body, into))
}

func (w *world) ask(method, path, body string) (int, []byte) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, "http://"+w.listen+path, strings.NewReader(body))
	must(w.t, err)
	req.Header.Set("X-Slipway-ApiKey", w.key)
	req.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(req)
	must(w.t, err)
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	must(w.t, err)
	return answer.StatusCode, b
}

// deploy makes a release, deploys it to Dev and waits for its end.
func (w *world) deploy(project string) rest.Deployment {
	w.t.Helper()
	w.slipway("", "release", "create", project, "--number", "1.0.0")
	status, body := w.ask("POST", "/v1/deployments", fmt.Sprintf(`{"project":%q,"release":"1.0.0","environment":"Dev"}`, project))
	if status >= 300 {
		w.t.Fatalf("deploy %s: %d %s", project, status, body)
	}
	var d rest.Deployment
	must(w.t, json.Unmarshal(body, &d))
	w.until(d.ID+" of "+project+" ending", func() bool {
		w.get("/v1/deployments/"+d.ID, &d)
		return d.Ended
	})
	return d
}

// until waits for a state.
func (w *world) until(what string, state func() bool) {
	w.t.Helper()
	for end := time.Now().Add(2 * time.Minute); !state(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			w.t.Fatalf("%s has not happened", what)
		}
	}
}
