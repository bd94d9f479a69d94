package executor

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/nginx/nginxtest"
)

// privateNginx lets the executor's processes find an nginx that uses the test's
// own configuration, and a systemctl that starts no other.
func privateNginx(t *testing.T, h *host) *nginxtest.Private {
	t.Helper()
	if runtime.GOOS == "windows" || os.Geteuid() != 0 {
		t.Skip("needs to be root on a system with nginx: commands would go through sudo")
	}
	p := nginxtest.New(t)
	real, err := exec.LookPath("nginx")
	if err != nil {
		real = "/usr/sbin/nginx"
	}
	bin := filepath.Join(h.home, "bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"nginx", "systemctl"} {
		text := fmt.Sprintf("#!/bin/sh\n[ \"$1\" = start ] && shift 2\nexec %s -c %s -e %s \"$@\"\n", real, p.Path("nginx.conf"), p.Path("error.log"))
		if err := os.WriteFile(filepath.Join(bin, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	h.path = bin + string(os.PathListSeparator) + os.Getenv("PATH")
	return p
}

// deliver puts a package with one page on the host.
func (h *host) deliver(page string) *task.Package {
	h.t.Helper()
	var body bytes.Buffer
	w := zip.NewWriter(&body)
	f, err := w.Create("public/index.html")
	if err != nil {
		h.t.Fatal(err)
	}
	f.Write([]byte(page))
	if err := w.Close(); err != nil {
		h.t.Fatal(err)
	}
	sum := sha256.Sum256(body.Bytes())
	p := task.Package{ID: "Web", Version: "1.0.0", FileName: "Web.1.0.0.zip", SHA256: hex.EncodeToString(sum[:]), Size: int64(body.Len())}
	head, _ := json.Marshal(p)
	var answer struct{ Holds bool }
	h.ask(&answer, bytes.NewReader(append(append(head, '\n'), body.Bytes()...)), "deliver")
	return &p
}

func nginxOrder(t *testing.T, p *nginxtest.Private, id, port string, pack *task.Package) task.Order {
	t.Helper()
	o := scriptOrder(t, id, "")
	settings, err := json.Marshal(task.Nginx{
		Name: "Web-Dev", ConfigDirectory: p.Path("conf.d"),
		Bindings: []task.NginxBinding{{Protocol: "http", Port: port}},
		Locations: []task.NginxLocation{
			{Path: "= /", Directives: []task.NginxDirective{{Name: "index", Value: "index.html"}}},
			{Path: "/", Directives: []task.NginxDirective{{Name: "root", Value: "#{Package.InstallationDirectoryPath}/public"}}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	o.Work, o.Package = task.Work{Kind: task.KindNginx, Settings: settings}, pack
	return o
}

// TestSiteSurvivesKills kills the detached process while it deploys. The next
// attempt on the target, whatever its kind, finds the files of the last good
// deployment, byte for byte, or makes them so.
func TestSiteSurvivesKills(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	h.home = shortFolder(t) // workers of NGINX must be able to enter it
	p := privateNginx(t, h)
	port := nginxtest.FreePort(t)
	lines, end := h.run(nginxOrder(t, p, "first", port, h.deliver("page first")))
	if end.Outcome != task.Succeeded || !strings.HasPrefix(end.Outputs["Package.InstallationDirectoryPath"], h.home+"/Applications/Dev/Web/1.0.0") {
		t.Fatalf("first deployment = %+v\n%s", end, texts(lines, task.Note))
	}
	nginxtest.AwaitAnswer(t, port, "page first")
	good, page, restored := p.Snapshot(), "page first", 0
	for i := range 12 {
		id := fmt.Sprintf("kill-%d", i)
		next := "page " + id
		h.start(nginxOrder(t, p, id, port, h.deliver(next)))
		time.Sleep(time.Duration(rand.IntN(120)) * time.Millisecond)
		kill(processOf(h.root("attempts", id, "started")).PID)
		_, last := h.follow(id)
		if last.End.Outcome == task.Succeeded {
			good, page = p.Snapshot(), next
		}
		lines, end := h.run(scriptOrder(t, "after-"+id, "true"))
		if strings.Contains(texts(lines, task.Note), "former files are back") {
			restored++
		}
		if end.Outcome != task.Succeeded || !maps.Equal(p.Snapshot(), good) {
			// The kill may have come after the switch was complete; workers
			// with the new files answer a moment later.
			if last.End.Outcome != task.Unknown || end.Outcome != task.Succeeded {
				t.Fatalf("after %s (%s): %+v\nfiles %q\nwant %q", id, last.End.Outcome, end, p.Snapshot(), good)
			}
			good, page = p.Snapshot(), next
		}
		if _, err := p.Run(t.Context(), "nginx", "-t"); err != nil {
			t.Fatalf("after %s the configuration at rest is refused: %v", id, err)
		}
		nginxtest.AwaitAnswer(t, port, page)
	}
	t.Logf("restored %d times", restored)
}

func shortFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "home")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}
