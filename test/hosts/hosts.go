// Package hosts gives tests real target hosts: containers with systemd, OpenSSH, NGINX, Ruby and unicorn, each with an address of its own.
//
// It does not reach hosts the way the product does: Exec and the faults go straight into the container, so that a test can look at
// a host and hurt it without the code under test. It knows no deployments either.
//
// The idea a newcomer would miss: all the work is done by host.sh beside this file, which the demo uses too. A host belongs to the
// test process: if that is killed, the next run removes the host.
package hosts

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
)

// Kit is what a machine needs to bring up hosts; Need has seen that it is there.
type Kit struct {
	dir  string   // where host.sh lies
	sudo []string // put before each command; empty for root
}

var hostsUp atomic.Int64

// Need makes sure that this machine can bring up hosts and that the image they boot from exists; the first time that takes about
// a minute. Where it cannot, the test is skipped with the reason; with CI=true it fails instead.
func Need(t testing.TB) *Kit {
	t.Helper()
	kit := &Kit{dir: folder(t)}
	if os.Getuid() != 0 {
		if err := exec.Command("sudo", "-n", "true").Run(); err != nil {
			missing(t, "test hosts take root, and this user has neither root nor password-less sudo")
		}
		kit.sudo = []string{"sudo", "-n"}
	}
	for _, program := range []string{"systemd-nspawn", "mmdebstrap", "ip", "ssh-keygen", "flock", "nsenter", "unshare"} {
		if !installed(program) {
			missing(t, fmt.Sprintf("test hosts need %s; %s installs it", program, filepath.Join(kit.dir, "install.sh")))
		}
	}
	if err := exec.Command(filepath.Join(kit.dir, "image.sh"), "path").Run(); err != nil {
		t.Log("making the image of the test hosts, once for this machine; this takes about a minute")
	}
	if _, err := kit.script(t.Context(), nil, "image.sh"); err != nil {
		missing(t, fmt.Sprintf("the image of the test hosts could not be made: %v", err))
	}
	return kit
}

// Up boots a clean host and waits until it has booted; it is removed when the test ends.
func (k *Kit) Up(t testing.TB, name string) *Host {
	t.Helper()
	h := &Host{Name: name, User: "octopus", kit: k}
	h.machine = fmt.Sprintf("%s-%d-%d", name, os.Getpid(), hostsUp.Add(1))
	h.KeyFile, h.PrivateKey = newKey(t)
	owner := fmt.Sprintf("SLIPWAY_HOST_OWNER=%d", os.Getpid())
	addr, err := k.script(t.Context(), []string{owner}, "host.sh", "up", h.machine, "auto", h.KeyFile+".pub")
	if err != nil {
		t.Fatalf("host %s: %v", name, err)
	}
	h.Addr = addr
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("journal of host %s:\n%s", name, h.journal())
		}
		// The test's own context has ended by now.
		if _, err := k.script(context.Background(), nil, "host.sh", "down", h.machine, "poweroff"); err != nil {
			t.Errorf("host %s stays behind: %v", name, err)
		}
	})
	h.HostKey = h.verb(t, "hostkey")
	return h
}
