package aws

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"slipway/functions/cli"
	"slipway/pipelines"
	"slipway/test/hosts"
	"slipway/web/rest"
)

// world is a stack and the person who configures it.
type world struct {
	*Stack
	t    *testing.T
	home string
}

const password = "correct horse battery"

// newWorld brings up a stack, makes the first administrator at the one-time address and signs in with the command line.
func newWorld(t *testing.T, v Variant) *world {
	t.Helper()
	w := &world{Stack: Up(t, v), t: t, home: t.TempDir()}
	var made struct{ Link string }
	w.SendOwn(map[string]string{"slipway": "first-admin", "username": "admin", "mail": "admin@example.org"}, &made)
	if !strings.HasPrefix(made.Link, "https://"+w.Domain+"/setup/") {
		t.Fatalf("the one-time address is %q, want one below https://%s/setup/", made.Link, w.Domain)
	}
	form := url.Values{"name": {"admin"}, "display": {"Ada Admin"}, "mail": {"admin@example.org"}, "password": {password}, "again": {password}}
	if status, body := w.post(made.Link, form); status != http.StatusOK && status != http.StatusSeeOther {
		t.Fatalf("making the first administrator = %d %s", status, body)
	}
	if status, _ := w.post(made.Link, form); status == http.StatusOK || status == http.StatusSeeOther {
		t.Error("the one-time address worked twice")
	}
	w.slipway(password+"\n", "login", w.URL, "--username", "admin", "--password-stdin")
	return w
}

// here is an address of the stack as this machine reaches it.
func (w *world) here(link string) string {
	return strings.Replace(link, "https://"+w.Domain, w.URL, 1)
}

// post sends a form as a browser does that shows a page of ours, and does not follow where it leads.
func (w *world) post(link string, form url.Values) (int, string) {
	w.t.Helper()
	action, _, _ := strings.Cut(w.here(link), "?")
	r, err := http.NewRequest("POST", action, strings.NewReader(form.Encode()))
	must(w.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	client := http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	must(w.t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	must(w.t, err)
	return res.StatusCode, string(b)
}

func (w *world) page(link string) (int, string) {
	w.t.Helper()
	res, err := http.Get(w.here(link))
	must(w.t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	must(w.t, err)
	return res.StatusCode, string(b)
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

func (w *world) try(stdin string, args ...string) (out, problems string, code int) {
	env := map[string]string{"XDG_CONFIG_HOME": w.home}
	var said, wrong bytes.Buffer
	code = cli.Main(w.t.Context(), append([]string{"slipway"}, args...), func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		strings.NewReader(stdin), &said, &wrong)
	return said.String(), wrong.String(), code
}

// apply configures what the text says.
func (w *world) apply(text string) {
	w.t.Helper()
	file := filepath.Join(w.t.TempDir(), "slipway.yaml")
	must(w.t, os.WriteFile(file, []byte(text), 0o600))
	w.slipway("", "apply", file, "--owner", "aws", "--yes")
}

// target makes a host known that Systems Manager reaches.
func (w *world) target(h *hosts.Host, name, instance, role string, environments ...string) {
	w.t.Helper()
	w.AddInstance(instance, h)
	w.apply(fmt.Sprintf("targets:\n  - name: %s\n    roles: [%s]\n    environments: [%s]\n    ssm: { instance: %s, platform: linux }\n", name, role, strings.Join(environments, ", "), instance))
}

// pack makes a version of the sample application and gives its file.
func (w *world) pack(version string) string {
	w.t.Helper()
	source, out := filepath.Join(w.t.TempDir(), "RandomQuotes"), w.t.TempDir()
	must(w.t, os.CopyFS(source, os.DirFS("../tutorials/randomquotes")))
	must(w.t, os.WriteFile(filepath.Join(source, "VERSION"), []byte(version+"\n"), 0o644))
	w.slipway("", "pack", source, "--id", "RandomQuotes", "--version", version, "--out", out)
	return filepath.Join(out, "RandomQuotes."+version+".nupkg")
}

// copyToBucket is `aws s3 cp FILE s3://BUCKET/KEY`.
func (w *world) copyToBucket(file, key string) {
	w.t.Helper()
	f, err := os.Open(file)
	must(w.t, err)
	defer f.Close()
	_, err = w.Objects.PutObject(w.t.Context(), &s3.PutObjectInput{Bucket: &w.BucketName, Key: &key, Body: f})
	must(w.t, err)
}

// get reads from the API with the key that login has kept.
func (w *world) get(path string, into any) {
	w.t.Helper()
	status, body := w.ask("GET", path, nil)
	if status != http.StatusOK {
		w.t.Fatalf("GET %s = %d %s", path, status, body)
	}
	must(w.t, json.Unmarshal(body, into))
}

func (w *world) ask(method, path string, in any) (int, []byte) {
	w.t.Helper()
	var account struct{ Key string }
	kept, err := os.ReadFile(filepath.Join(w.home, "slipway", "login.json"))
	must(w.t, err)
	must(w.t, json.Unmarshal(kept, &account))
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		must(w.t, err)
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequest(method, w.URL+path, body)
	must(w.t, err)
	r.Header.Set("X-Slipway-ApiKey", account.Key)
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	must(w.t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	must(w.t, err)
	return res.StatusCode, b
}

// deploy begins a deployment and does not wait for it.
func (w *world) deploy(project, release, environment string) string {
	w.t.Helper()
	status, body := w.ask("POST", "/v1/deployments", map[string]string{"project": project, "release": release, "environment": environment})
	if status >= 300 {
		w.t.Fatalf("deploy %s %s to %s = %d %s", project, release, environment, status, body)
	}
	var d rest.Deployment
	must(w.t, json.Unmarshal(body, &d))
	return d.ID
}

func (w *world) deployment(id string) rest.Deployment {
	w.t.Helper()
	var d rest.Deployment
	w.get("/v1/deployments/"+id, &d)
	return d
}

func (w *world) deployments(project string) []rest.Deployment {
	w.t.Helper()
	var all []rest.Deployment
	w.get("/v1/deployments?project="+url.QueryEscape(project), &all)
	return all
}

// newest waits for the first deployment of a project.
func (w *world) newest(project string) string {
	w.t.Helper()
	var all []rest.Deployment
	w.until("a deployment of "+project, 40*time.Second, func() bool { all = w.deployments(project); return len(all) > 0 })
	return all[0].ID
}

func (w *world) becomes(id string, wanted ...pipelines.Status) rest.Deployment {
	w.t.Helper()
	var d rest.Deployment
	w.until(fmt.Sprintf("%s becoming %v", id, wanted), 90*time.Second, func() bool {
		d = w.deployment(id)
		return d.Ended || slices.Contains(wanted, d.Status)
	})
	if !slices.Contains(wanted, d.Status) {
		w.t.Fatalf("%s is %s (%s), want %v; its log:\n%s", id, d.Status, d.Message, wanted, w.log(id))
	}
	return d
}

func (w *world) log(id string) string {
	w.t.Helper()
	var out strings.Builder
	for after := ""; ; {
		var log rest.Log
		w.get("/v1/deployments/"+id+"/log?after="+url.QueryEscape(after), &log)
		for _, l := range log.Lines {
			fmt.Fprintf(&out, "%s: %s\n", l.Stream, l.Text)
		}
		if after = log.Next; len(log.Lines) == 0 {
			return out.String()
		}
	}
}

// until waits for a state. Each look is an event of a function, and where processes
// are killed after each it starts one, which is dearer than the wait.
func (w *world) until(what string, limit time.Duration, state func() bool) {
	w.t.Helper()
	pause := 250 * time.Millisecond
	if w.variant.KillAfterEach {
		pause = time.Second
	}
	for end := time.Now().Add(patience(limit)); !state(); time.Sleep(pause) {
		if time.Now().After(end) {
			w.t.Fatalf("%s did not happen within %s", what, patience(limit))
		}
	}
}

// patience is how long something is waited for that takes less than the limit on a
// machine with nothing else to do. A machine that is busy is no fault.
func patience(limit time.Duration) time.Duration { return 4 * limit }

// wants compares a text with the parts that must be in it.
func wants(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s =\n%s\nwant %q in it", what, text, part)
		}
	}
}
