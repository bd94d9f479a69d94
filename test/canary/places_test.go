package canary

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"slipway/web/rest"
)

// place is one thing that somebody can read.
type place struct {
	name string
	text []byte
}

var projects = []string{"Told", "Fails", "Asks", "Mails"}

// answers are those of the API, and the logs as people read them: line by line, a task after the other.
func (w *world) answers() []place {
	w.t.Helper()
	paths := []string{
		"/v1/status", "/v1/export", "/v1/targets", "/v1/secrets", "/v1/mail", "/v1/packages", "/v1/packages/App", "/v1/variable-sets",
		"/v1/variable-sets/Shared/variables", "/v1/me", "/v1/apikeys",
	}
	for _, project := range projects {
		at := "/v1/projects/" + project
		paths = append(paths, "/v1/deployments?project="+project, at+"/variables", at+"/variables?environment=Dev&target=one&step=Print", at+"/variables?environment=Dev&target=two",
			at+"/variables/Special/reach", at+"/variables/Outer/reach", at+"/releases", at+"/releases/1.0.0")
	}
	var all []place
	for _, d := range w.deployments() {
		paths = append(paths, "/v1/deployments/"+d.ID, "/v1/deployments/"+d.ID+"/artifacts")
		all = append(all, w.log(d.ID)...)
	}
	var mails []rest.HeldMail
	w.get("/v1/mail", &mails)
	for _, m := range mails {
		paths = append(paths, "/v1/mail/"+m.Key)
	}
	for _, path := range paths {
		status, body := w.ask("GET", path, "")
		if status >= 500 || status == http.StatusOK && len(body) < 3 {
			w.t.Errorf("GET %s: %d %s", path, status, body)
		}
		all = append(all, place{"API " + path, body})
	}
	for _, project := range projects {
		_, body := w.ask("POST", "/v1/deployments/preview", fmt.Sprintf(`{"project":%q,"release":"1.0.0","environment":"Dev"}`, project))
		all = append(all, place{"API preview of " + project, body})
	}
	return all
}

func (w *world) deployments() []rest.Deployment {
	w.t.Helper()
	var all []rest.Deployment
	for _, project := range projects {
		var some []rest.Deployment
		w.get("/v1/deployments?take=100&project="+project, &some)
		all = append(all, some...)
	}
	return all
}

func (w *world) log(id string) []place {
	w.t.Helper()
	texts := map[string]*bytes.Buffer{}
	for after := ""; ; {
		var log rest.Log
		w.get("/v1/deployments/"+id+"/log?after="+url.QueryEscape(after), &log)
		for _, l := range log.Lines {
			of := fmt.Sprintf("log %s, %s on %s, %s", id, l.Step, l.Target, l.Stream)
			if texts[of] == nil {
				texts[of] = &bytes.Buffer{}
			}
			texts[of].WriteString(l.Text + "\n")
		}
		if len(log.Lines) == 0 || log.Next == after {
			break
		}
		after = log.Next
	}
	var all []place
	for of, text := range texts {
		all = append(all, place{of, text.Bytes()})
	}
	return all
}

// link is any attribute that looks like an address of ours.
var link = regexp.MustCompile(`="([/?][^"#]*)`)

// pages follows every link from the first page on, as an administrator who never presses a button.
func (w *world) pages() []place {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	must(w.t, err)
	browser := &http.Client{Jar: jar, Timeout: 20 * time.Second}
	base := "http://" + w.listen
	answer, err := browser.PostForm(base+"/signin", url.Values{"name": {"admin"}, "password": {password}})
	must(w.t, err)
	answer.Body.Close()
	var all []place
	queue, seen := []string{"/", "/keys", "/mail", "/people", "/variable-sets"}, map[string]bool{}
	for len(queue) > 0 && len(seen) < 600 {
		path := queue[0]
		queue = queue[1:]
		if seen[path] || strings.HasPrefix(path, "/static/") {
			continue
		}
		seen[path] = true
		answer, err := browser.Get(base + path)
		must(w.t, err)
		body, err := io.ReadAll(answer.Body)
		must(w.t, err)
		answer.Body.Close()
		if answer.StatusCode >= 500 {
			w.t.Errorf("GET %s: %s", path, answer.Status)
		}
		all = append(all, place{"page " + path, body})
		if !strings.Contains(answer.Header.Get("Content-Type"), "html") {
			continue
		}
		for _, found := range link.FindAllSubmatch(body, -1) {
			to, err := url.Parse(strings.ReplaceAll(string(found[1]), "&amp;", "&"))
			if err != nil {
				continue
			}
			if to = answer.Request.URL.ResolveReference(to); to.Host == w.listen {
				queue = append(queue, to.RequestURI())
			}
		}
	}
	if len(all) < 25 {
		w.t.Errorf("only %d pages are reached: %v", len(all), seen)
	}
	return all
}

// commands are what the command line says.
func (w *world) commands() []place {
	w.t.Helper()
	for _, d := range w.deployments() {
		w.slipway("", "logs", d.ID)
		w.slipway("", "logs", d.ID, "--json")
		w.slipway("", "status", d.ID)
		w.slipway("", "artifacts", d.ID)
	}
	for _, args := range [][]string{
		{"status"}, {"export"}, {"secret", "list"}, {"mail", "list"}, {"release", "list", "Told"},
		{"variables", "explain", "Told", "--environment", "Dev", "--target", "one"}, {"variables", "explain", "Told", "--environment", "Dev", "--json"},
		{"variables", "reach", "Told", "Special"}, {"variables", "reach", "Told", "Outer"},
		{"template", "render", "--project", "Told", "--environment", "Dev", "--target", "one", "--lenient", "--text", "#{Special} #{Outer} #{Chained} #{Encoded} #{Json.password} #{Pem | ToBase64}"},
	} {
		w.slipway("", args...)
	}
	return []place{{"command line", w.said.Bytes()}}
}

// folder are all files below a folder of this world.
func (w *world) folder(name string) []place {
	w.t.Helper()
	var all []place
	must(w.t, filepath.WalkDir(w.path(name), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		short := strings.TrimPrefix(path, w.dir+"/")
		all = append(all, place{"name of file " + short, []byte(filepath.Base(path))})
		if !entry.Type().IsRegular() {
			return nil
		}
		b, err := os.ReadFile(path)
		all = append(all, place{"file " + short, b})
		return err
	}))
	return all
}

// items are those of the table, as they were before they were packed.
func (w *world) items() []place {
	w.t.Helper()
	files, err := filepath.Glob(w.path("data", "*"))
	must(w.t, err)
	var all []place
	for _, file := range files {
		head, err := os.ReadFile(file)
		if err != nil || len(head) < 20 || binary.LittleEndian.Uint32(head[16:]) != 0xED0CDAED { // bbolt's mark
			continue
		}
		db, err := bbolt.Open(file, 0o600, &bbolt.Options{ReadOnly: true, Timeout: time.Second})
		must(w.t, err)
		must(w.t, db.View(func(tx *bbolt.Tx) error {
			return tx.ForEach(func(bucket []byte, b *bbolt.Bucket) error {
				return b.ForEach(func(k, v []byte) error {
					all = append(all, place{fmt.Sprintf("item %s %q", bucket, k), append(append(bytes.Clone(k), '\n'), unpacked(v)...)})
					return nil
				})
			})
		}))
		must(w.t, db.Close())
	}
	if len(all) < 50 {
		w.t.Errorf("only %d items in the table of %v", len(all), files)
	}
	return all
}

// unpacked takes the two numbers in front of a value away, and inflates it where it is deflated.
func unpacked(v []byte) []byte {
	value := v
	for range 2 {
		_, n := binary.Varint(value)
		if n <= 0 {
			return v
		}
		value = value[n:]
	}
	if len(value) > 0 && value[0] == 1 {
		if inflated, err := io.ReadAll(flate.NewReader(bytes.NewReader(value[1:]))); err == nil {
			return inflated
		}
	}
	return value
}

// leftovers are temporary files of this machine that are newer than the world.
func (w *world) leftovers() []place {
	var all []place
	for _, dir := range []string{os.TempDir(), "/tmp", "/var/tmp", "/dev/shm"} {
		_ = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return nil // somebody else's, or gone
			case entry.IsDir() && (strings.HasPrefix(w.dir, path+"/") && path != dir || strings.HasPrefix(entry.Name(), "go-build")):
				return fs.SkipDir // ours is looked at by itself
			case !entry.Type().IsRegular():
				return nil
			}
			info, err := entry.Info()
			if err != nil || info.Size() > 8<<20 || info.ModTime().Before(w.since) {
				return nil
			}
			if b, err := os.ReadFile(path); err == nil {
				all = append(all, place{"temporary file " + path, b})
			}
			return nil
		})
	}
	return all
}
