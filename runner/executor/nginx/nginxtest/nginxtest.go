// Package nginxtest runs a real NGINX with a folder of its own, for tests of what
// configures it.
//
// It is no fake: files are tested, loaded and served by the installed NGINX.
// Where there is none, the test is skipped.
package nginxtest

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"slipway/runner/executor/commands"
)

// Private is a real NGINX with a prefix of its own. Hooks let a test fail or
// observe single commands.
type Private struct {
	t      *testing.T
	Dir    string
	Before func(name string, args []string) error
	mu     sync.Mutex
	Calls  []string
}

// New prepares the folder; NGINX is started by whoever needs it running, and
// stopped when the test ends.
func New(t *testing.T) *Private {
	t.Helper()
	// Short, because the path of a socket below it may have 107 bytes.
	dir, err := os.MkdirTemp("", "nginx")
	if err != nil {
		t.Fatal(err)
	}
	p := &Private{t: t, Dir: dir}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if _, err := (commands.System{}).Run(t.Context(), "nginx", "-v"); err != nil {
		t.Skipf("needs nginx: %v", err)
	}
	if err := os.Chmod(p.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"conf.d", "sites-enabled", "stage"} {
		if err := os.Mkdir(p.Path(dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	p.Write("nginx.conf", fmt.Sprintf(`pid %[1]s/nginx.pid; error_log %[1]s/error.log; worker_processes 1;
events { worker_connections 64; }
http {
  access_log off; client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;
  include %[1]s/conf.d/*.conf; include %[1]s/sites-enabled/*;
}
`, p.Dir))
	t.Cleanup(p.stop)
	return p
}

// stop waits until NGINX is gone: it removes its pid file last. It is signalled
// directly, because `nginx -s stop` refuses to with a broken configuration.
func (p *Private) stop() {
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		text, _ := os.ReadFile(p.Path("nginx.pid"))
		pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
		if err != nil {
			return // never started, or gone; a test alone leaves an empty file
		}
		if process, err := os.FindProcess(pid); err != nil || process.Signal(syscall.SIGTERM) != nil {
			return
		}
	}
}

// Path leads into the folder: nginx.conf, conf.d, sites-enabled, stage.
func (p *Private) Path(name string) string { return filepath.Join(p.Dir, name) }

// Write writes a file of the folder.
func (p *Private) Write(name, text string) {
	p.t.Helper()
	if err := os.WriteFile(p.Path(name), []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// Run runs a command of the host; nginx uses this folder's configuration.
func (p *Private) Run(ctx context.Context, name string, args ...string) (string, error) {
	p.mu.Lock()
	p.Calls = append(p.Calls, strings.Join(append([]string{name}, args...), " "))
	p.mu.Unlock()
	if p.Before != nil {
		if err := p.Before(name, args); err != nil {
			return "", err
		}
	}
	if name == "nginx" {
		args = append([]string{"-c", p.Path("nginx.conf"), "-e", p.Path("error.log")}, args...)
	}
	return commands.System{}.Run(ctx, name, args...)
}

// Sudo is Run: everything here belongs to the test's user.
func (p *Private) Sudo(ctx context.Context, name string, args ...string) (string, error) {
	return p.Run(ctx, name, args...)
}

// Called says whether a command line held the text.
func (p *Private) Called(part string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, call := range p.Calls {
		if strings.Contains(call, part) {
			return true
		}
	}
	return false
}

// Snapshot is every file of the configuration, by its bytes.
func (p *Private) Snapshot() map[string]string {
	p.t.Helper()
	files := map[string]string{}
	for _, dir := range []string{"conf.d", "sites-enabled"} {
		err := filepath.WalkDir(p.Path(dir), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			files[path] = string(b)
			return err
		})
		if err != nil {
			p.t.Fatal(err)
		}
	}
	return files
}

// FreePort is a port that nobody uses now.
func FreePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// Get is the body of the root page on the port, or the error.
func Get(port string) string {
	client := http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := client.Get("http://127.0.0.1:" + port + "/")
	if err != nil {
		return err.Error()
	}
	defer r.Body.Close()
	b, _ := io.ReadAll(r.Body)
	return string(b)
}

// AwaitAnswer waits until the port answers so: workers take over after a reload.
func AwaitAnswer(t *testing.T, port, want string) {
	t.Helper()
	got := ""
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if got = Get(port); got == want {
			return
		}
	}
	t.Fatalf("port %s answers %q, want %q", port, got, want)
}
