package tutorials

import (
	"crypto/ed25519"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"slipway/pipelines"
	"slipway/pipelines/task"
	"slipway/test/hosts"
)

// TestScriptsOnOneHost has no NGINX in it, so that all of it can share a host and a server.
func TestScriptsOnOneHost(t *testing.T) {
	t.Parallel()
	h := hosts.Need(t).Up(t, "web-1")
	w := newWorld(t, 10*time.Second)
	w.apply("environments: [Dev, Test]\nlifecycles:\n  - name: Any\n    phases: [{ name: All, environments: [Dev, Test] }]\n")
	// The order matters for the first only: it wants a host that nobody has been on.
	t.Run("wrong host key", func(t *testing.T) { wrongHostKey(t, w.in(t), h) })
	t.Run("failing script", func(t *testing.T) { t.Parallel(); failingScript(t, w.in(t), h) })
	t.Run("secret", func(t *testing.T) { t.Parallel(); secret(t, w.in(t), h) })
	t.Run("two environments at once", func(t *testing.T) { t.Parallel(); twoEnvironments(t, w.in(t), h) })
	t.Run("a second server", func(t *testing.T) { t.Parallel(); secondServer(t, w.in(t), h) })
}

func wrongHostKey(t *testing.T, w *world, h *hosts.Host) {
	public, _, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	other, err := ssh.NewPublicKey(public)
	must(t, err)
	w.addTarget(h, "stranger", strings.TrimSpace(string(ssh.MarshalAuthorizedKey(other))), "Dev")
	w.apply(`
projects:
  - name: Stranger
    lifecycle: Any
    steps: [{ name: Work, roles: [stranger], script: { body: echo hello } }]
`)
	begun := time.Now()
	d := w.ends(w.deploy("Stranger", w.release("Stranger", "1.0.0"), "Dev"), pipelines.Failed)
	if took := time.Since(begun); took > 8*time.Second {
		t.Errorf("the refusal took %s: another try cannot help", took)
	}
	message := step(t, d, "Work").Message + step(t, d, "Work").Targets[0].Message
	wants(t, "message", message, h.Addr, "presents another key", h.HostKey, "pin the new key", "Nothing was sent")
	if there(t, h, home+"/.slipway") {
		t.Error("something was sent to a host that is not the pinned one")
	}
	if logins := h.Exec(t, "journalctl --no-pager -o cat | grep -c 'Accepted publickey' || true"); logins != "0" {
		t.Errorf("%s logins at a host that is not the pinned one", logins)
	}
}

func failingScript(t *testing.T, w *world, h *hosts.Host) {
	w.addTarget(h, "breaks", h.HostKey, "Dev")
	w.apply(`
projects:
  - name: Breaks
    lifecycle: Any
    steps:
      - { name: Work, roles: [breaks], script: { body: "echo so far, so good\necho the disk is on fire >&2\nexit 7" } }
      - { name: Afterwards, roles: [breaks], script: { body: echo never } }
      - name: Tell
        run: always
        email: { to: team@example.org, subject: Breaks ended, body: "#{each step in Octopus.Step}#{step}: #{step.Status.Code} #{step.Status.Error}\n#{/each}" }
`)
	id := w.deploy("Breaks", w.release("Breaks", "1.0.0"), "Dev")
	d := w.ends(id, pipelines.Failed)
	work := step(t, d, "Work")
	wants(t, "message", work.Message+work.Targets[0].Message, "exit code 7")
	if s := step(t, d, "Afterwards"); s.Status != pipelines.Skipped {
		t.Errorf("the step after the failed one is %s (%s), want skipped", s.Status, s.Message)
	}
	streams := map[string]task.Stream{}
	for _, l := range w.lines(id) {
		streams[l.Text] = l.Stream
	}
	if streams["so far, so good"] != task.Stdout || streams["the disk is on fire"] != task.Stderr || streams["never"] != "" {
		t.Errorf("log:\n%s\nwant both lines of the script on their streams, and none of the step after it", w.log(id))
	}
	wants(t, "mail", w.mail("Breaks ended"), "Work: Failed", "exit code 7", "Afterwards: Skipped")
}

func twoEnvironments(t *testing.T, w *world, h *hosts.Host) {
	w.addTarget(h, "shared", h.HostKey, "Dev", "Test")
	w.apply(`
projects:
  - name: Shared
    lifecycle: Any
    steps:
      - name: Work
        roles: [shared]
        script:
          body: |
            echo "begin #{Octopus.Environment.Name}" >> ~/shared.log
            until [ -e ~/shared-#{Octopus.Environment.Name} ]; do sleep 0.05; done
            echo "end #{Octopus.Environment.Name}" >> ~/shared.log
`)
	number := w.release("Shared", "1.0.0")
	ids := []string{w.deploy("Shared", number, "Dev"), w.deploy("Shared", number, "Test")}
	w.until("one of two beginning", 20*time.Second, func() bool { return count(t, h, home+"/shared.log") == 1 })
	w.until("the other waiting for the target", 20*time.Second, func() bool {
		return strings.Contains(w.said.String(), "target=shared why=\"busy: attempt")
	})
	if n := count(t, h, home+"/shared.log"); n != 1 {
		t.Fatalf("%d payloads run on one target at once:\n%s", n, h.Exec(t, "cat "+home+"/shared.log"))
	}
	touch(t, h, home+"/shared-Dev")
	touch(t, h, home+"/shared-Test")
	for _, id := range ids {
		w.ends(id, pipelines.Succeeded)
	}
	got := strings.Fields(h.Exec(t, "cat "+home+"/shared.log"))
	if len(got) != 8 || got[0] != "begin" || got[2] != "end" || got[1] != got[3] || got[4] != "begin" || got[6] != "end" || got[5] != got[7] || got[1] == got[5] {
		t.Errorf("payloads in the order %q, want one after the other, each once", got)
	}
}

// secondServer stands for a server that was made anew, or restored from an old copy: it counts its deployments from 1 again, and the
// host remembers those of the other.
func secondServer(t *testing.T, first *world, h *hosts.Host) {
	const text = `
environments: [Dev]
projects:
  - name: Twice
    steps: [{ name: Work, roles: [twice], script: { body: "echo $WORD >> ~/twice.log\necho $WORD" } }]
`
	for _, word := range []string{"one", "two"} {
		w := newWorld(t, 10*time.Second)
		w.apply(text, "$WORD", word)
		w.addTarget(h, "twice", h.HostKey, "Dev")
		id := w.deploy("Twice", w.release("Twice", "1.0.0"), "Dev")
		w.ends(id, pipelines.Succeeded)
		wants(t, "log of "+id+" on server "+word, w.log(id), "out: "+word+"\n")
	}
	if got := h.Exec(t, "cat "+home+"/twice.log"); got != "one\ntwo" {
		t.Errorf("payloads that ran: %q, want that of each server", got)
	}
}
