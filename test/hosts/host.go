package hosts

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
)

// Host is one running target host.
type Host struct {
	Name       string // as the test called it
	Addr       string // its IP address; SSH listens on port 22
	User       string // the deploying user, with password-less sudo for what a deployment needs
	KeyFile    string // that user's private key, for programs that want a file
	PrivateKey []byte // the same, as OpenSSH PEM
	HostKey    string // its SSH host key as "ssh-ed25519 AAAA…", known before it booted

	kit     *Kit
	machine string // its name on this machine, unique among all test processes
}

// URL is the address of a page the host serves on port.
func (h *Host) URL(port int, path string) string {
	return "http://" + net.JoinHostPort(h.Addr, fmt.Sprint(port)) + path
}

// Exec runs a bash command in the host as root and returns what it prints; a command that fails ends the test.
func (h *Host) Exec(t testing.TB, command string) string {
	t.Helper()
	return h.verb(t, "exec", "bash", "-c", command)
}

// Try is Exec for commands that may fail: the error holds what they said on standard error.
func (h *Host) Try(ctx context.Context, command string) (string, error) {
	return h.kit.script(ctx, nil, "host.sh", "exec", h.machine, "bash", "-c", command)
}

// PowerOff cuts the power: peers hear nothing more, the disk stays as it is at that moment.
func (h *Host) PowerOff(t testing.TB) { t.Helper(); h.verb(t, "poweroff") }

// PowerOn boots a host whose power was cut, with the disk it had.
func (h *Host) PowerOn(t testing.TB) { t.Helper(); h.verb(t, "poweron") }

// Reboot restarts the host in good order and waits until it has booted.
func (h *Host) Reboot(t testing.TB) { t.Helper(); h.verb(t, "reboot") }

// Freeze stops every process in the host; its kernel still accepts connections, and nobody answers them.
func (h *Host) Freeze(t testing.TB) { t.Helper(); h.verb(t, "freeze") }

// Thaw lets a frozen host go on.
func (h *Host) Thaw(t testing.TB) { t.Helper(); h.verb(t, "thaw") }

// LinkDown pulls the host's network cable.
func (h *Host) LinkDown(t testing.TB) { t.Helper(); h.verb(t, "linkdown") }

// LinkUp puts the network cable back.
func (h *Host) LinkUp(t testing.TB) { t.Helper(); h.verb(t, "linkup") }

func (h *Host) verb(t testing.TB, verb string, args ...string) string {
	t.Helper()
	out, err := h.kit.script(t.Context(), nil, "host.sh", append([]string{verb, h.machine}, args...)...)
	if err != nil {
		t.Fatalf("host %s: %s %s: %v", h.Name, verb, strings.Join(args, " "), err)
	}
	return out
}

func (h *Host) journal() string {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	out, err := h.Try(ctx, "journalctl --no-pager --lines=40")
	if err != nil {
		return err.Error()
	}
	return out
}
