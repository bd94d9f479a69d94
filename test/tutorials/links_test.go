package tutorials

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/test/hosts"
)

// counting prints numbered lines until the host has a file ~/enough. It leaves one line in ~/payloads for each time it is run.
const counting = `
environments: [Dev, Test]
lifecycles:
  - name: Any
    phases: [{ name: All, environments: [Dev, Test] }]
projects:
  - name: Counting
    lifecycle: Any
    steps:
      - name: Work
        roles: [web-1, web-2]
        script:
          body: |
            echo "#{Octopus.Deployment.Id}" >> ~/payloads
            sync ~/payloads
            i=0
            until [ -e ~/enough ]; do
              i=$((i+1)); echo "line $i"; echo $i > ~/at; sleep 0.02
            done
            echo "lines: $i"
      - { name: Afterwards, roles: [web-1, web-2], script: { body: echo afterwards } }
      - name: Tell
        run: always
        email: { to: team@example.org, subject: "Counting ended in #{Octopus.Environment.Name}", body: "#{each step in Octopus.Step}#{step}: #{step.Status.Code} #{step.Status.Error}\n#{/each}" }
`

// reached is how far the payload on a host has come.
func reached(t *testing.T, h *hosts.Host) int {
	t.Helper()
	n, err := strconv.Atoi(h.Exec(t, "cat "+home+"/at 2>/dev/null || echo 0"))
	if err != nil {
		return 0 // the file is being written
	}
	return n
}

func (w *world) goesOn(h *hosts.Host, lines int) {
	w.t.Helper()
	from := reached(w.t, h)
	w.until("the payload going on", 20*time.Second, func() bool { return reached(w.t, h) >= from+lines })
}

// TestTheLinkComesBack pulls the cable twice: once the connection outlives it, once the host has forgotten the connection meanwhile.
func TestTheLinkComesBack(t *testing.T) {
	t.Parallel()
	h := hosts.Need(t).Up(t, "web-1")
	w := newWorld(t, time.Minute)
	w.apply(counting)
	w.addTarget(h, "web-1", h.HostKey, "Dev")
	id := w.deploy("Counting", w.release("Counting", "1.0.0"), "Dev")
	w.goesOn(h, 10)
	for _, forgotten := range []bool{false, true} {
		h.LinkDown(t)
		if forgotten {
			h.Exec(t, `for p in $(pgrep -u octopus sshd); do kill -9 $p; done`)
		}
		w.goesOn(h, 60)
		h.LinkUp(t)
		seen := reached(t, h)
		w.until("lines that were printed after the cut", 30*time.Second, func() bool {
			return strings.Contains(w.log(id), fmt.Sprintf("line %d\n", seen))
		})
	}
	touch(t, h, home+"/enough")
	d := w.ends(id, pipelines.Succeeded)

	n, due := 0, reached(t, h)
	for _, l := range w.lines(id) {
		if l.Step != "Work" || !strings.HasPrefix(l.Text, "line ") {
			continue
		}
		if n++; l.Text != fmt.Sprintf("line %d", n) {
			t.Fatalf("%q came where line %d was due", l.Text, n)
		}
	}
	if n != due {
		t.Errorf("%d lines in the log, the payload printed %d", n, due)
	}
	if got := h.Exec(t, "cat "+home+"/payloads"); got != id {
		t.Errorf("payloads that ran: %q, want %q once", got, id)
	}
	if attempt := step(t, d, "Work").Targets[0].Attempt; attempt != 1 {
		t.Errorf("it took %d attempts, want one", attempt)
	}
	if !strings.Contains(w.said.String(), "attempt waits") {
		t.Error("the server never lost the host: this test cannot fail")
	}
}

// TestTheHostDoesNotComeBack cuts one host's link and another's power for longer than the server is patient.
func TestTheHostDoesNotComeBack(t *testing.T) {
	t.Parallel()
	kit := hosts.Need(t)
	cut, off := kit.Up(t, "web-1"), kit.Up(t, "web-2")
	w := newWorld(t, 2*time.Second)
	w.apply(counting)
	w.addTarget(cut, "web-1", cut.HostKey, "Dev")
	w.addTarget(off, "web-2", off.HostKey, "Test")
	number := w.release("Counting", "1.0.0")
	onCut, onOff := w.deploy("Counting", number, "Dev"), w.deploy("Counting", number, "Test")
	w.goesOn(cut, 10)
	w.goesOn(off, 10)
	cut.LinkDown(t)
	off.PowerOff(t)

	ends := map[string]pipelines.Status{}
	for id, environment := range map[string]string{onCut: "Dev", onOff: "Test"} {
		w.until("the question what becomes of "+id, 60*time.Second, func() bool { return w.deployment(id).Status == pipelines.Waiting })
		asked := step(t, w.deployment(id), "Work").Targets[0]
		wants(t, "question", asked.Message, asked.Target, "lost in the middle", "the step may have gone on there")
		w.slipway("", "decide", id, "fail")
		d := w.ends(id, pipelines.Unknown, pipelines.Failed)
		ends[id] = d.Status
		s := step(t, d, "Work")
		wants(t, "message", s.Message+s.Targets[0].Message, s.Targets[0].Target, "lost in the middle", "out of reach for ")
		if s.Status != pipelines.Unknown || s.Targets[0].Attempt != 1 {
			t.Errorf("the step is %s after %d attempts, want unknown after one", s.Status, s.Targets[0].Attempt)
		}
		if s := step(t, d, "Afterwards"); s.Status != pipelines.Skipped {
			t.Errorf("the step after it is %s, want skipped", s.Status)
		}
		wants(t, "mail", w.mail("Counting ended in "+environment), "lost in the middle")
	}

	// The hosts come back. Nothing is repeated by itself, and the way out that the message names is open.
	cut.LinkUp(t)
	off.PowerOn(t)
	again := []string{w.deploy("Counting", number, "Dev"), w.deploy("Counting", number, "Test")}
	w.until("the new attempt waiting for the one that goes on", 20*time.Second, func() bool {
		return strings.Contains(w.said.String(), "why=\"busy: attempt "+onCut)
	})
	touch(t, cut, home+"/enough")
	touch(t, off, home+"/enough")
	for i, h := range []*hosts.Host{cut, off} {
		w.ends(again[i], pipelines.Succeeded)
		if got, want := h.Exec(t, "cat "+home+"/payloads"), []string{onCut, onOff}[i]+"\n"+again[i]; got != want {
			t.Errorf("payloads that ran on %s: %q, want %q", h.Name, got, want)
		}
	}
	for id, end := range ends {
		if now := w.deployment(id).Status; now != end {
			t.Errorf("%s ended %s and has become %s", id, end, now)
		}
	}
}
