package conventions

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/masking"
	"slipway/runner/executor/nginx/nginxtest"
)

// kept is a log in memory.
type kept struct{ lines []string }

func (k *kept) Add(stream task.Stream, text string) {
	k.lines = append(k.lines, string(stream)+": "+text)
}
func (k *kept) Flush()      {}
func (k *kept) all() string { return strings.Join(k.lines, "\n") }

const step = "Deploy web app to Nginx"

// tutorial is the tutorial's step with its own expressions.
func tutorial(p *nginxtest.Private) task.Nginx {
	return task.Nginx{
		Name: "RandomQuotes-Dev", ConfigDirectory: p.Path("conf.d"),
		Bindings: []task.NginxBinding{{Protocol: "http", Port: "#{NGINX Port}"}},
		Locations: []task.NginxLocation{
			{Path: "= /", Directives: []task.NginxDirective{{Name: "index", Value: "index.html"}}},
			{Path: "@app", Proxy: "http://unix:#{Octopus.Action.Package.InstallationDirectoryPath}/tmp/sockets/unicorn.sock"},
			{Path: "/", Directives: []task.NginxDirective{{Name: "root", Value: "#{Octopus.Action.Package.InstallationDirectoryPath}/lib/public"}, {Name: "try_files", Value: "$uri @app"}}},
		},
		Installation: task.Installation{Scripts: task.Scripts{
			PreDeploy:  "echo pre in $(basename $PWD); set_octopusvariable Colour green",
			Deploy:     "echo deploy #{Colour}",
			PostDeploy: "echo post #{Octopus.Action[" + step + "].Output.Package.InstallationDirectoryPath | Replace \"/.*/\" } #{Octopus.Action[" + step + "].Output.Colour}",
		}},
	}
}

// job is the step on a host with a private NGINX.
func job(t *testing.T, p *nginxtest.Private, n task.Nginx, port string) (Job, *kept) {
	t.Helper()
	settings, err := json.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	w := zip.NewWriter(&body)
	f, err := w.Create("lib/public/index.html")
	if err != nil {
		t.Fatal(err)
	}
	f.Write([]byte("a quote"))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(body.Bytes())
	hash := hex.EncodeToString(sum[:])
	if err := os.MkdirAll(p.Path("packages"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.Path("packages"), hash), body.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	log := &kept{}
	return Job{
		Order: task.Order{
			ID: "one", Target: "web-1", Step: step, Environment: "Dev", Project: "Random Quotes", Release: "1.0.1",
			Work:      task.Work{Kind: task.KindNginx, Settings: settings},
			Package:   &task.Package{ID: "RandomQuotes", Version: "1.0.1", FileName: "RandomQuotes.1.0.1.zip", SHA256: hash, Size: int64(body.Len())},
			Variables: []task.Variable{{Name: "Nginx Port", Value: port}, {Name: "Evil", Value: "x; deny all"}},
		},
		Mask: masking.New(), Log: log, Now: time.Now,
		Work: p.Path("work"), Packages: p.Path("packages"), Undo: p.Dir, Applications: p.Path("Applications"),
		Alone:    func(context.Context, string) (func(), error) { return func() {}, nil },
		Commands: p,
	}, log
}

func TestTutorialIsServed(t *testing.T) {
	t.Parallel()
	p := nginxtest.New(t)
	port := nginxtest.FreePort(t)
	j, log := job(t, p, tutorial(p), port)
	done, err := Perform(t.Context(), j)
	if err != nil {
		t.Fatalf("Perform = %v\n%s", err, log.all())
	}
	nginxtest.AwaitAnswer(t, port, "a quote")
	dir := p.Path("Applications/Dev/RandomQuotes/1.0.1")
	for name, want := range map[string]string{
		"Package.InstallationDirectoryPath": dir, "Octopus.Action.Package.InstallationDirectoryPath": dir,
		"Package.ExtractedFileCount": "1", "Colour": "green",
	} {
		if done.Outputs[name] != want {
			t.Errorf("output %s = %q, want %q", name, done.Outputs[name], want)
		}
	}
	order := []string{"installing RandomQuotes 1.0.1", "out: pre in 1.0.1", "out: deploy green", "NGINX: new file", "starting it", "out: post 1.0.1 green"}
	rest := log.all()
	for _, text := range order {
		_, after, found := strings.Cut(rest, text)
		if !found {
			t.Fatalf("log has no %q after what should come before it:\n%s", text, log.all())
		}
		rest = after
	}
	// Again: a fresh folder, so that nothing changes under the one being served.
	if done, err = Perform(t.Context(), j); err != nil || done.Outputs["Package.InstallationDirectoryPath"] != dir+"_1" {
		t.Errorf("again = %+v, %v, want %s_1", done, err, dir)
	}
}

func TestEveryNameOfTheInstallationFolder(t *testing.T) {
	t.Parallel()
	p := nginxtest.New(t)
	n := tutorial(p)
	names := []string{
		"Octopus.Action.Package.InstallationDirectoryPath", "Package.InstallationDirectoryPath", "OctopusOriginalPackageDirectoryPath",
		"Octopus.Action[" + step + "].Output.Package.InstallationDirectoryPath",
		"Octopus.Action[" + step + "].Output[web-1].Package.InstallationDirectoryPath",
		"Octopus.Action[" + step + "].Output.Octopus.Action.Package.InstallationDirectoryPath",
	}
	n.Scripts = task.Scripts{}
	for _, name := range names {
		n.Scripts.PostDeploy += fmt.Sprintf("[ '#{%s}' = \"$PWD\" ] || exit 3\n[ \"$(get_octopusvariable '%s')\" = \"$PWD\" ] || exit 4\n", name, name)
	}
	j, log := job(t, p, n, nginxtest.FreePort(t))
	if _, err := Perform(t.Context(), j); err != nil {
		t.Errorf("Perform = %v\n%s", err, log.all())
	}
}

func TestFailuresComeBeforeTheyHurt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		change  func(*task.Nginx, *Job)
		message string
		ran     string // the last of our scripts that may have spoken
	}{
		{"unresolved later", func(n *task.Nginx, _ *Job) {
			n.Scripts = task.Scripts{PreDeploy: "echo pre", PostDeploy: "echo #{Nobody}"}
		}, "Nobody", ""},
		{"unresolved after a script that sets variables", func(n *task.Nginx, _ *Job) { n.Scripts.Deploy = "echo #{Nobody}" }, "deployment script uses", "pre"},
		{"value that would end a directive", func(n *task.Nginx, _ *Job) { n.Locations[2].Directives[1].Value = "#{Evil}" }, "locations[2].directives[1].value", "deploy"},
		{"script", func(n *task.Nginx, _ *Job) { n.Scripts = task.Scripts{PreDeploy: "echo pre; exit 4"} }, "pre-deployment script ended with exit code 4", "pre"},
		{"unknown port", func(n *task.Nginx, _ *Job) {
			n.Scripts = task.Scripts{PreDeploy: "echo pre"}
			n.Bindings[0].Port = "#{No Port}"
		}, "binding 1: port uses", ""},
		{"no package", func(_ *task.Nginx, j *Job) { j.Order.Package = nil }, "no package", ""},
		{"no cp as root", func(_ *task.Nginx, j *Job) {
			j.Commands.(*nginxtest.Private).Before = func(name string, _ []string) error {
				if name == "cp" || name == "rm" {
					return fmt.Errorf("sudo: a password is required")
				}
				return nil
			}
		}, "cp cannot be called as root", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := nginxtest.New(t)
			n := tutorial(p)
			j, _ := job(t, p, n, nginxtest.FreePort(t))
			tt.change(&n, &j)
			pack := j.Order.Package
			before := j.Commands
			j, log := job(t, p, n, nginxtest.FreePort(t))
			j.Order.Package, j.Commands = pack, before
			_, err := Perform(t.Context(), j)
			if err == nil || !strings.Contains(err.Error(), tt.message) {
				t.Errorf("Perform = %v, want %q", err, tt.message)
			}
			last := ""
			for _, line := range log.lines {
				if text, ok := strings.CutPrefix(line, "out: "); ok {
					last, _, _ = strings.Cut(text, " ")
				}
			}
			if last != tt.ran {
				t.Errorf("last script to speak was %q, want %q:\n%s", last, tt.ran, log.all())
			}
			if entries, _ := os.ReadDir(p.Path("conf.d")); len(entries) > 0 {
				t.Errorf("NGINX's folder has %v", entries)
			}
		})
	}
}
