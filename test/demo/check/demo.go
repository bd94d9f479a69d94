package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// demo is one run: its settings, and what it has found out so far.
type demo struct {
	slipway, folder, listen, host string

	at      string // the stage that runs
	address string // of the host
	server  *exec.Cmd
	key     string
	dev     deployment
	test    deployment
	prod1   deployment
	site    string // bytes of sites-enabled/default before anything
}

// failure ends the run with a reason.
type failure string

func (d *demo) fail(format string, args ...any) {
	panic(failure(d.at + ": " + fmt.Sprintf(format, args...)))
}

func (d *demo) must(err error) {
	if err != nil {
		d.fail("%v", err)
	}
}

// cli runs the command line and gives what it printed; its exit code must be
// the one wanted.
func (d *demo) cli(want int, stdin string, args ...string) string {
	cmd := exec.Command(d.slipway, args...)
	cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+filepath.Join(d.folder, "config"))
	cmd.Stdin = strings.NewReader(stdin)
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	err := cmd.Run()
	code := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		code = exit.ExitCode()
	} else {
		d.must(err)
	}
	if code != want {
		d.fail("slipway %s ends with %d, want %d:\n%s%s", strings.Join(args, " "), code, want, out.String(), problems.String())
	}
	return out.String() + problems.String()
}

// script runs one of the repository's scripts.
func (d *demo) script(args ...string) string {
	cmd := exec.Command(args[0], args[1:]...)
	if os.Getuid() != 0 {
		cmd = exec.Command("sudo", append([]string{"-n", "-E"}, args...)...)
	}
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		d.fail("%s: %v\n%s", strings.Join(args, " "), err, problems.String())
	}
	return strings.TrimSpace(string(out))
}

func (d *demo) onHost(command string) string {
	return d.script("test/hosts/host.sh", "exec", d.host, "bash", "-c", command)
}

// ask sends a request to the API and decodes the answer.
func (d *demo) ask(method, path string, body, into any) int {
	var payload io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		d.must(err)
		payload = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, "http://"+d.listen+path, payload)
	d.must(err)
	req.Header.Set("X-Octopus-ApiKey", d.key)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	answer, err := http.DefaultClient.Do(req)
	d.must(err)
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	d.must(err)
	if into != nil && answer.StatusCode < 300 {
		if err := json.Unmarshal(b, into); err != nil {
			d.fail("%s %s answers %s: %v", method, path, b, err)
		}
	}
	return answer.StatusCode
}

// get reads a page of the application or the server, "" if it does not answer.
func get(url string) (int, string) {
	client := http.Client{Timeout: 2 * time.Second}
	answer, err := client.Get(url)
	if err != nil {
		return 0, ""
	}
	defer answer.Body.Close()
	b, _ := io.ReadAll(answer.Body)
	return answer.StatusCode, string(b)
}

// until waits for a condition, at most for a time.
func (d *demo) until(what string, limit time.Duration, done func() bool) time.Duration {
	start := time.Now()
	for !done() {
		if time.Since(start) > limit {
			d.fail("%s did not happen within %s", what, limit)
		}
		time.Sleep(50 * time.Millisecond)
	}
	return time.Since(start)
}

// serve starts the server, or starts it again after a kill.
func (d *demo) serve() {
	log, err := os.OpenFile(filepath.Join(d.folder, "server.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	d.must(err)
	defer log.Close()
	d.server = exec.Command(d.slipway, "serve", "--data", filepath.Join(d.folder, "data"), "--listen", d.listen)
	d.server.Stdout, d.server.Stderr = log, log
	d.server.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	d.must(d.server.Start())
	d.until("the server answering", 10*time.Second, func() bool {
		code, _ := get("http://" + d.listen + "/v1/version")
		return code == http.StatusOK
	})
}

func (d *demo) kill() {
	d.must(d.server.Process.Kill())
	_ = d.server.Wait()
}

// cleanUp ends what this process started; demo.sh removes the rest.
func (d *demo) cleanUp() {
	if d.server != nil && d.server.Process != nil {
		_ = d.server.Process.Kill()
		_ = d.server.Wait()
	}
}

func password() string { return rand.Text() }
