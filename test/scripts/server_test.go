package scripts

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// patience is how long a script waits for a state before it fails.
const patience = 2 * time.Minute

// servers are the ones running, by the folder of their script.
var servers sync.Map

type server struct {
	cmd *exec.Cmd
	log bytes.Buffer
}

// up makes a data folder with an administrator if there is none, starts the
// server on it and lets the admin log in.
func up(ts *testscript.TestScript, _ bool, flags []string) {
	data, key := ts.MkAbs("data"), ts.MkAbs(".key")
	if _, err := os.Stat(data); err != nil {
		cmd := exec.Command("slipway", "init", "--data", data, "--admin", "admin", "--mail", "admin@example.org", "--password-stdin", "--print-key")
		cmd.Stdin = strings.NewReader("the password of admin\n")
		out, err := cmd.Output()
		ts.Check(err)
		ts.Check(os.WriteFile(key, out, 0o600))
	}
	s := &server{cmd: exec.Command("slipway", append([]string{"serve", "--data", data, "--listen", ts.Getenv("ADDR")}, flags...)...)}
	s.cmd.Env = []string{"PATH=" + ts.Getenv("PATH"), "HOME=" + ts.MkAbs("home")}
	s.cmd.Stderr = &s.log
	ts.Check(s.cmd.Start())
	servers.Store(ts.Getenv("WORK"), s)
	ts.Defer(func() { s.stop(ts, os.Kill) })
	reached(ts, false, nil)
	typed(ts, key, "admin", "login", ts.Getenv("SLIPWAY_URL"), "--key-stdin")
}

// reached waits until there is a server.
func reached(ts *testscript.TestScript, _ bool, _ []string) {
	until(ts, "the server answers", func() bool {
		answer, err := http.Get(ts.Getenv("SLIPWAY_URL") + "/v1/version")
		if err == nil {
			answer.Body.Close()
		}
		return err == nil
	})
}

// down stops the server: `down`, or `down kill` in the middle of anything.
func down(ts *testscript.TestScript, _ bool, args []string) {
	v, ok := servers.Load(ts.Getenv("WORK"))
	if !ok {
		ts.Fatalf("no server is up")
	}
	how := os.Signal(syscall.SIGTERM)
	if len(args) > 0 && args[0] == "kill" {
		how = os.Kill
	}
	if err := v.(*server).stop(ts, how); err != nil && how != os.Kill {
		ts.Fatalf("the server did not stop cleanly: %v", err)
	}
}

func (s *server) stop(ts *testscript.TestScript, how os.Signal) error {
	if s.cmd.ProcessState != nil {
		return nil
	}
	_ = s.cmd.Process.Signal(how)
	err := s.cmd.Wait()
	ts.Logf("[server]\n%s", s.log.String())
	s.log.Reset()
	return err
}

// await waits until a deployment has a status: `await Deployments-2 waiting`.
func await(ts *testscript.TestScript, _ bool, args []string) {
	var got struct {
		Status  string `json:"status"`
		Message string `json:"message"`
	}
	until(ts, args[0]+" is "+args[1], func() bool {
		get(ts, "/v1/deployments/"+url.PathEscape(args[0]), &got)
		return got.Status == args[1]
	})
}

// get asks the API as the admin. Who waits for a state asks so: a process for each
// question costs more than all that is waited for.
func get(ts *testscript.TestScript, path string, into any) {
	var login struct{ Key string }
	kept, err := os.ReadFile(filepath.Join(ts.MkAbs(".admin"), "slipway", "login.json"))
	ts.Check(err)
	ts.Check(json.Unmarshal(kept, &login))
	r, err := http.NewRequest(http.MethodGet, ts.Getenv("SLIPWAY_URL")+path, nil)
	ts.Check(err)
	r.Header.Set("X-Slipway-ApiKey", login.Key)
	answer, err := http.DefaultClient.Do(r)
	ts.Check(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	ts.Check(err)
	if answer.StatusCode != http.StatusOK {
		ts.Fatalf("GET %s: %s: %s", path, answer.Status, body)
	}
	ts.Check(json.Unmarshal(body, into))
}

// until waits for a state.
func until(ts *testscript.TestScript, what string, so func() bool) {
	for end := time.Now().Add(patience); !so(); time.Sleep(30 * time.Millisecond) {
		if time.Now().After(end) {
			ts.Fatalf("waited %s, and it is not so that %s", patience, what)
		}
	}
}
