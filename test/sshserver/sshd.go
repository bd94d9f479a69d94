package sshserver

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// SSHD is a real OpenSSH server as a process of its own, for the user the test
// runs as, with another HOME.
type SSHD struct {
	Address string
	Home    string
	User    string
	HostKey string // authorized_keys form
	Key     []byte // PEM
}

// NewSSHD starts one on a loopback port, or skips the test where OpenSSH is not
// installed.
func NewSSHD(t testing.TB) *SSHD {
	t.Helper()
	program := "/usr/sbin/sshd"
	if _, err := os.Stat(program); err != nil {
		t.Skip("OpenSSH's server is not installed: apt-get install openssh-server")
	}
	if os.Geteuid() == 0 {
		// Where sshd, started by root, locks its unprivileged half in.
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			t.Skip(err)
		}
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	d := &SSHD{Address: freeAddress(t), Home: filepath.Join(dir, "home"), User: me.Username}
	host, hostPEM := NewKey(t)
	login, loginPEM := NewKey(t)
	d.HostKey, d.Key = authorized(host), loginPEM
	_, port, _ := net.SplitHostPort(d.Address)
	config := fmt.Sprintf(`
Port %s
ListenAddress 127.0.0.1
HostKey %[2]s/host
AuthorizedKeysFile %[2]s/authorized
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
MaxStartups 100
SetEnv HOME=%[3]s
`, port, dir, d.Home)
	for name, text := range map[string]string{"host": string(hostPEM), "authorized": authorized(login) + "\n", "config": config} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(d.Home, 0o700); err != nil {
		t.Fatal(err)
	}
	log := new(strings.Builder)
	cmd := exec.Command(program, "-D", "-e", "-f", filepath.Join(dir, "config"))
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	t.Cleanup(func() { cmd.Process.Kill(); <-ended })
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if c, err := net.Dial("tcp", d.Address); err == nil {
			c.Close()
			return d
		}
		select {
		case <-ended:
			t.Fatalf("sshd ended: %s", log)
		default:
		}
		if time.Now().After(deadline) {
			t.Fatal("sshd does not listen")
		}
	}
}

func authorized(key ssh.Signer) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key.PublicKey())))
}

func freeAddress(t testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
