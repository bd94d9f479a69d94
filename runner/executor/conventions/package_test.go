package conventions

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/masking"
)

// bench is a host with one package to install.
type bench struct {
	t     testing.TB
	dir   string
	job   Job
	log   *kept
	files map[string]string // of the package; a value that begins with `->` is a link
	want  task.Installation
}

const shop = "Deploy shop"

func newBench(t testing.TB, files map[string]string) *bench {
	t.Helper()
	b := &bench{t: t, dir: t.TempDir(), log: &kept{}, files: files}
	b.job = Job{
		Order: task.Order{
			ID: "one", Deployment: "Deployments-1", Target: "web-1", Step: shop, Environment: "Dev", Project: "Shop", Release: "1.0.0",
			Package: &task.Package{ID: "Shop", Version: "1.0.0", FileName: "Shop.1.0.0.tar"},
		},
		Mask: masking.New(), Log: b.log, Now: time.Now, Commands: nil,
		Work: b.path("work"), Artifacts: b.path("artifacts"), Packages: b.path("packages"), Undo: b.dir, Applications: b.path("Applications"),
		Alone: func(context.Context, string) (func(), error) { return func() {}, nil },
	}
	return b
}

func (b *bench) path(elem ...string) string {
	return filepath.Join(append([]string{b.dir}, elem...)...)
}

// set gives the project a variable.
func (b *bench) set(name, value string) {
	b.job.Order.Variables = append(b.job.Order.Variables, task.Variable{Name: name, Value: value})
}

func (b *bench) secret(name, value string) {
	if b.job.Secrets == nil {
		b.job.Secrets = map[string]string{}
	}
	b.job.Secrets[name] = value
	b.job.Order.Variables = append(b.job.Order.Variables, task.Variable{Name: name, Secret: true})
}

// write puts a file on the host.
func (b *bench) write(name, text string) {
	b.t.Helper()
	path := b.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) read(name string) string {
	b.t.Helper()
	text, err := os.ReadFile(b.path(name))
	if err != nil {
		b.t.Fatal(err)
	}
	return string(text)
}

func (b *bench) exists(name string) bool {
	_, err := os.Lstat(b.path(name))
	return err == nil
}

// tree lists what lies below a folder of the host.
func (b *bench) tree(name string) string {
	var names []string
	filepath.WalkDir(b.path(name), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(b.path(name), path)
			names = append(names, filepath.ToSlash(rel))
		}
		return nil
	})
	slices.Sort(names)
	return strings.Join(names, " ")
}

func (b *bench) pack() {
	b.t.Helper()
	var body bytes.Buffer
	w := tar.NewWriter(&body)
	for name, text := range b.files {
		h := &tar.Header{Name: name, Mode: 0o640, Size: int64(len(text)), Typeflag: tar.TypeReg}
		if target, ok := strings.CutPrefix(text, "->"); ok {
			h, text = &tar.Header{Name: name, Linkname: target, Typeflag: tar.TypeSymlink}, ""
		}
		if err := w.WriteHeader(h); err != nil {
			b.t.Fatal(err)
		}
		w.Write([]byte(text))
	}
	w.Close()
	sum := sha256.Sum256(body.Bytes())
	p := b.job.Order.Package
	p.SHA256, p.Size = hex.EncodeToString(sum[:]), int64(body.Len())
	b.write("packages/"+p.SHA256, body.String())
}

// perform installs the package.
func (b *bench) perform() (Done, error) {
	b.t.Helper()
	if b.job.Order.Package != nil {
		b.pack()
	}
	settings, err := json.Marshal(b.want)
	if err != nil {
		b.t.Fatal(err)
	}
	b.job.Order.Work = task.Work{Kind: task.KindPackage, Settings: settings}
	return Perform(b.t.Context(), b.job)
}

// succeed is perform that must work.
func (b *bench) succeed() Done {
	b.t.Helper()
	done, err := b.perform()
	if err != nil {
		b.t.Fatalf("Perform = %v\n%s", err, b.log.all())
	}
	return done
}

// fail is perform that must not work, for this reason.
func (b *bench) fail(why string) Done {
	b.t.Helper()
	done, err := b.perform()
	if err == nil || !strings.Contains(err.Error(), why) {
		b.t.Fatalf("Perform = %v, want %q\n%s", err, why, b.log.all())
	}
	return done
}

// said are the lines that scripts printed.
func (b *bench) said() string {
	var out []string
	for _, line := range b.log.lines {
		if text, ok := strings.CutPrefix(line, "out: "); ok {
			out = append(out, text)
		}
	}
	return strings.Join(out, "|")
}

const installation = "Applications/Dev/Shop/1.0.0"
