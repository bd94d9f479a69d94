package hosts_test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"slipway/test/hosts"

	"golang.org/x/crypto/ssh"
)

func TestAHostIsWhereTheTutorialStarts(t *testing.T) {
	t.Parallel()
	h := hosts.Need(t).Up(t, "web-1")

	for _, c := range []struct{ command, want string }{
		{"systemctl is-system-running", "running"},
		{"systemctl is-active nginx ssh", "active\nactive"},
		{"ls -A /usr/share/nginx/html /var/www/html", "/usr/share/nginx/html:\n\n/var/www/html:"},
		{"readlink -f /etc/nginx/sites-enabled/default", "/etc/nginx/sites-available/default"},
		{"grep -E '^[^#]*listen' /etc/nginx/sites-enabled/default | tr -s '\\t ' ' '", " listen 4444 default_server;\n listen [::]:4444 default_server;"},
		{"stat -c '%n %U %a' /home/Octopus", "/home/Octopus octopus 711"},
		{"getent passwd octopus | cut -d: -f6,7", "/home/Octopus:/bin/bash"},
		{"which ruby unicorn unzip tar sudo", "/usr/bin/ruby\n/usr/bin/unicorn\n/usr/bin/unzip\n/usr/bin/tar\n/usr/bin/sudo"},
	} {
		if got := h.Exec(t, c.command); got != c.want {
			t.Errorf("Exec(%s) = %q, want %q", c.command, got, c.want)
		}
	}
	if got := status(t, h.URL(4444, "/")); got != http.StatusForbidden {
		t.Errorf("GET of the default site = %d, want 403: its root is empty", got)
	}
	for _, port := range []int{80, 8081, 8082, 8083} {
		if listens(h.Addr, port) {
			t.Errorf("a clean host answers on port %d", port)
		}
	}
	if _, err := h.Try(t.Context(), "echo lost >&2; false"); err == nil || !strings.Contains(err.Error(), "lost") {
		t.Errorf("Try of a failing command = %v, want an error with what it said", err)
	}
}

func TestTheDeployingUserMayDoWhatADeploymentNeeds(t *testing.T) {
	t.Parallel()
	h := hosts.Need(t).Up(t, "web-1")

	for _, c := range []struct {
		command string
		allowed bool
	}{
		{"sudo -n nginx -t", true},
		{"sudo -n systemctl daemon-reload", true},
		{"sudo -n journalctl -n 1 -u nginx", true},
		{"sudo -n mkdir -p /etc/nginx/conf.d/x && sudo -n rm -r /etc/nginx/conf.d/x", true},
		{"echo a | sudo -n tee /etc/a && sudo -n cp /etc/a /etc/b && sudo -n mv /etc/b /etc/c && sudo -n chmod 0644 /etc/c", true},
		{"sudo -n install -m 0644 /etc/hostname /etc/d", true},
		{"sudo -n /bin/cp /etc/hostname /etc/e", true},
		{"sudo -n bash -c true", false},
		{"sudo -n apt-get update", false},
		{"cp /etc/hostname /etc/f", false},
	} {
		out, err := login(t, h, c.command)
		if (err == nil) != c.allowed {
			t.Errorf("%s: %v %s, want allowed = %t", c.command, err, out, c.allowed)
		}
	}
}

func TestSitesOnTheTutorialsPortsAreReachable(t *testing.T) {
	t.Parallel()
	kit := hosts.Need(t)
	one, two := kit.Up(t, "web-1"), kit.Up(t, "web-2")
	if one.Addr == two.Addr || one.HostKey == two.HostKey {
		t.Fatalf("two hosts share an address (%s, %s) or a key", one.Addr, two.Addr)
	}
	one.Exec(t, `for port in 8081 8082 8083; do echo "server { listen $port; return 204; }"; done >/etc/nginx/conf.d/ports.conf; nginx -s reload`)
	for _, port := range []int{8081, 8082, 8083} {
		await(t, fmt.Sprintf("port %d answers", port), func() bool { return listens(one.Addr, port) })
		if got := status(t, one.URL(port, "/")); got != http.StatusNoContent {
			t.Errorf("GET %s = %d, want 204", one.URL(port, "/"), got)
		}
	}
	if got := two.Exec(t, "curl -s -o /dev/null -w %{http_code} "+one.URL(8081, "/")); got != "204" {
		t.Errorf("from host to host = %s, want 204", got)
	}
}

func TestAHostComesBackFromAReboot(t *testing.T) {
	t.Parallel()
	h := hosts.Need(t).Up(t, "web-1")
	before := h.Exec(t, "cat /proc/sys/kernel/random/boot_id; systemctl show -P ActiveEnterTimestampMonotonic nginx; echo kept >/etc/kept")

	h.Reboot(t)

	if after := h.Exec(t, "cat /proc/sys/kernel/random/boot_id; systemctl show -P ActiveEnterTimestampMonotonic nginx"); after == before {
		t.Error("nginx was not started anew")
	}
	if got := h.Exec(t, "cat /etc/kept"); got != "kept" {
		t.Errorf("file on disk = %q after the reboot", got)
	}
	if got := status(t, h.URL(4444, "/")); got != http.StatusForbidden {
		t.Errorf("GET of the default site = %d after the reboot, want 403", got)
	}
	if out, err := login(t, h, "whoami"); out != "octopus\n" {
		t.Errorf("login after the reboot = %q, %v", out, err)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	h := hosts.Need(t).Up(t, "web-1")
	for _, fault := range []struct {
		name       string
		hurt, heal func(testing.TB)
		accepts    bool // whether connections are still accepted, without an answer
	}{
		{"frozen", h.Freeze, h.Thaw, true},
		{"link down", h.LinkDown, h.LinkUp, false},
		{"power off", h.PowerOff, h.PowerOn, false},
	} {
		fault.hurt(t)
		conn, err := net.DialTimeout("tcp", net.JoinHostPort(h.Addr, "22"), time.Second)
		if (err == nil) != fault.accepts {
			t.Errorf("%s: connecting gives %v, want accepted = %t", fault.name, err, fault.accepts)
		}
		if err == nil {
			conn.SetReadDeadline(time.Now().Add(time.Second))
			if n, err := conn.Read(make([]byte, 64)); err == nil {
				t.Errorf("%s: sshd still sent %d bytes", fault.name, n)
			}
			conn.Close()
		}
		fault.heal(t)
		await(t, "the host answers again after "+fault.name, func() bool { return listens(h.Addr, 22) })
		if out, err := login(t, h, "whoami"); out != "octopus\n" {
			t.Errorf("login after %s = %q, %v", fault.name, out, err)
		}
	}
}

// TestAMissingHostIsLoud runs another process of this test as a user without rights.
func TestAMissingHostIsLoud(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("SKIPPED: taking another user's part takes root")
	}
	t.Parallel()
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "slipway-hosts")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	os.Chmod(dir, 0o755)
	program := filepath.Join(dir, "hosts.test")
	if err := os.WriteFile(program, self, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ ci, outcome string }{{"", "SKIP"}, {"true", "FAIL"}} {
		cmd := exec.Command(program, "-test.v", "-test.run", "^TestFaults$")
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "CI=" + c.ci}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		out, _ := cmd.CombinedOutput()
		for _, want := range []string{"--- " + c.outcome + ": TestFaults", "neither root nor password-less sudo"} {
			if !strings.Contains(string(out), want) {
				t.Errorf("with CI=%q the test prints %q, want %q in it", c.ci, out, want)
			}
		}
	}
}

// connect logs in as the deploying user, with the pinned host key.
func connect(t *testing.T, h *hosts.Host) *ssh.Client {
	t.Helper()
	signer, err := ssh.ParsePrivateKey(h.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(h.HostKey))
	if err != nil {
		t.Fatalf("host key %q: %v", h.HostKey, err)
	}
	client, err := ssh.Dial("tcp", net.JoinHostPort(h.Addr, "22"), &ssh.ClientConfig{
		User: h.User, Auth: []ssh.AuthMethod{ssh.PublicKeys(signer)}, HostKeyCallback: ssh.FixedHostKey(key),
		HostKeyAlgorithms: []string{key.Type()}, Timeout: 5 * time.Second,
	})
	if err != nil {
		t.Fatalf("ssh to %s: %v", h.Name, err)
	}
	return client
}

// login runs a command as the deploying user and returns all that it printed.
func login(t *testing.T, h *hosts.Host, command string) (string, error) {
	t.Helper()
	client := connect(t, h)
	defer client.Close()
	session, err := client.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	out, err := session.CombinedOutput(command)
	return string(out), err
}

func status(t *testing.T, url string) int {
	t.Helper()
	client := http.Client{Timeout: 5 * time.Second}
	res, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

func listens(addr string, port int) bool {
	conn, err := net.DialTimeout("tcp", net.JoinHostPort(addr, fmt.Sprint(port)), time.Second)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

func await(t *testing.T, what string, state func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !state(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("gave up waiting until %s", what)
		}
	}
}
