package hosts_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"slipway/test/hosts"
)

// machine is a set of hosts apart from all others: its own folder, network and bridge.
type machine struct {
	t   *testing.T
	env []string
	dir string
	key string
}

func newMachine(t *testing.T, net, bridge string) machine {
	t.Helper()
	hosts.Need(t)
	if os.Getuid() != 0 {
		t.Skip("SKIPPED: looking for traces takes root itself, sudo is not enough")
	}
	m := machine{t: t, dir: filepath.Join(t.TempDir(), "hosts"), key: filepath.Join(t.TempDir(), "key")}
	m.env = []string{"SLIPWAY_HOSTS=" + m.dir, "SLIPWAY_HOSTS_NET=" + net, "SLIPWAY_HOSTS_BRIDGE=" + bridge}
	if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", m.key).CombinedOutput(); err != nil {
		t.Fatalf("ssh-keygen: %v: %s", err, out)
	}
	t.Cleanup(func() {
		left, _ := m.run(nil, "list")
		for _, line := range strings.Split(left, "\n") {
			if name, _, ok := strings.Cut(line, " "); ok {
				m.run(nil, "down", name, "poweroff")
			}
		}
	})
	return m
}

func (m machine) run(env []string, args ...string) (string, error) {
	cmd := exec.Command("./host.sh", args...)
	cmd.Env = append(append(os.Environ(), m.env...), env...)
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

func (m machine) must(env []string, args ...string) string {
	m.t.Helper()
	out, err := m.run(env, args...)
	if err != nil {
		m.t.Fatalf("host.sh %v: %v: %s", args, err, out)
	}
	return out
}

// traces is everything on this machine that speaks of the hosts.
func (m machine) traces(bridge string, names ...string) string {
	m.t.Helper()
	look := `ls -d "$SLIPWAY_HOSTS" 2>/dev/null; grep -F "$SLIPWAY_HOSTS" /proc/[0-9]*/mountinfo 2>/dev/null; ip -o link show master ` + bridge + ` 2>/dev/null; ip -o link show ` + bridge + ` 2>/dev/null;`
	for _, name := range names {
		look += fmt.Sprintf(`find /sys/fs/cgroup -name slipway-host-%s; grep -lzx -- --machine=%[1]s /proc/[0-9]*/cmdline 2>/dev/null;`, name)
	}
	cmd := exec.Command("bash", "-c", look+" true")
	cmd.Env = append(os.Environ(), m.env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		m.t.Fatalf("looking for traces: %v: %s", err, out)
	}
	return strings.TrimSpace(string(out))
}

func TestDownLeavesNothing(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "10.83.101", "slipwayt1")
	for _, way := range [][]string{{"down", "left"}, {"down", "left", "poweroff"}} {
		if got := m.must(nil, "up", "left", "auto", m.key+".pub"); got != "10.83.101.10" {
			t.Errorf("up auto = %q, want the first address", got)
		}
		m.must(nil, "up", "right", "10.83.101.77", m.key+".pub")
		if got, want := m.must(nil, "list"), "left 10.83.101.10 running\nright 10.83.101.77 running"; got != want {
			t.Errorf("list = %q, want %q", got, want)
		}
		if m.traces("slipwayt1", "left") == "" {
			t.Fatal("a running host shows no traces: this test cannot fail")
		}
		m.must(nil, way...)
		if got, want := m.must(nil, "list"), "right 10.83.101.77 running"; got != want {
			t.Errorf("list after %v = %q, want %q", way, got, want)
		}
		m.must(nil, "exec", "right", "true")
		m.must(nil, "down", "right", "poweroff")
		if got := m.traces("slipwayt1", "left", "right"); got != "" {
			t.Errorf("%v left behind:\n%s", way, got)
		}
	}
}

func TestARunThatDiedIsClearedAway(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "10.83.102", "slipwayt2")

	// The test process that owned a host is gone.
	owner := exec.Command("sleep", "1000")
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	m.must([]string{fmt.Sprintf("SLIPWAY_HOST_OWNER=%d", owner.Process.Pid)}, "up", "orphan", "auto", m.key+".pub")
	owner.Process.Kill()
	owner.Wait()
	if got := m.must(nil, "list"); got != "" {
		t.Errorf("list after the owner's death = %q, want nothing", got)
	}
	if got := m.traces("slipwayt2", "orphan"); got != "" {
		t.Errorf("a host without owner left behind:\n%s", got)
	}

	// The machinery was killed, the folder is still there.
	m.must(nil, "up", "wreck", "auto", m.key+".pub")
	out, err := exec.Command("bash", "-c", "find /sys/fs/cgroup -path '*slipway-host-wreck*' -name cgroup.procs -exec cat {} + | sort -u | while read pid; do kill -9 $pid 2>/dev/null; done; true").CombinedOutput()
	if err != nil {
		t.Fatalf("kill: %v: %s", err, out)
	}
	await(t, "the killed host is listed as off", func() bool { return m.must(nil, "list") == "wreck 10.83.102.10 off" })
	if got := m.must(nil, "up", "wreck", "auto", m.key+".pub"); got != "10.83.102.10" {
		t.Errorf("up over a wreck = %q, want its address again", got)
	}

	// A run died before it started anything.
	if err := os.Mkdir(filepath.Join(m.dir, "stillborn"), 0o700); err != nil {
		t.Fatal(err)
	}
	m.must(nil, "up", "stillborn", "auto", m.key+".pub")
	m.must(nil, "down", "stillborn", "poweroff")
	m.must(nil, "down", "wreck", "poweroff")
	if got := m.traces("slipwayt2", "wreck", "stillborn"); got != "" {
		t.Errorf("left behind:\n%s", got)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "10.83.103", "slipwayt3")
	m.must(nil, "up", "taken", "10.83.103.20", m.key+".pub")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"up", "taken", "auto", m.key + ".pub"}, "host taken is up already, at 10.83.103.20; 'host.sh down taken' removes it"},
		{[]string{"up", "other", "10.83.103.20", m.key + ".pub"}, "belongs to another host"},
		{[]string{"up", "other", "192.0.2.1", m.key + ".pub"}, "hosts live in 10.83.103.2 to 10.83.103.254"},
		{[]string{"up", "other", "auto", m.key + ".nothing"}, "public key file " + m.key + ".nothing is missing"},
		{[]string{"up", "../x", "auto", m.key + ".pub"}, "letters, digits and inner hyphens only"},
		{[]string{"down", "nobody"}, "there is no host nobody"},
		{[]string{"exec", "taken"}, "exec NAME COMMAND"},
	} {
		out, err := m.run(nil, c.args...)
		if err == nil || !strings.Contains(out, c.want) {
			t.Errorf("host.sh %v = %q, %v, want %q", c.args, out, err, c.want)
		}
	}
	if got, want := m.must(nil, "list"), "taken 10.83.103.20 running"; got != want {
		t.Errorf("list after refusals = %q, want %q", got, want)
	}
	if out, err := m.run([]string{"SLIPWAY_HOSTS_BRIDGE=slipwayt4", "SLIPWAY_HOSTS=" + m.dir + "2"}, "up", "other", "auto", m.key+".pub"); err == nil || !strings.Contains(out, "already has a route to 10.83.103.0/24") {
		t.Errorf("up in a network that is in use = %q, %v", out, err)
	}
	m.must(nil, "down", "taken", "poweroff")
	if got := m.traces("slipwayt3", "taken", "other"); got != "" {
		t.Errorf("left behind:\n%s", got)
	}
	if _, err := os.Stat(m.dir + "2"); !os.IsNotExist(err) {
		t.Errorf("the refused run's folder: %v, want none", err)
	}
}
