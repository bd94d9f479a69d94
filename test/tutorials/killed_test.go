package tutorials

import (
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/test/hosts"
)

// serve starts the server as a process of its own, which can be killed.
func (w *world) serve() (kill func()) {
	w.t.Helper()
	cmd := program(w.t, "serve", "--data", w.data(), "--listen", strings.TrimPrefix(w.url, "http://"))
	cmd.Stdout, cmd.Stderr = w.said, w.said
	must(w.t, cmd.Start())
	kill = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	w.t.Cleanup(kill)
	w.until("the server answering", 20*time.Second, func() bool {
		status, _ := w.ask("GET", "/v1/version", nil, nil)
		return status == http.StatusOK
	})
	return kill
}

// TestTheServerIsKilled kills it before, in and behind the switch of NGINX; each script waits until the server is there again.
func TestTheServerIsKilled(t *testing.T) {
	t.Parallel()
	h := hosts.Need(t).Up(t, "web-1")
	w := emptyWorld(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	w.url = "http://" + l.Addr().String()
	must(t, l.Close())
	kill := w.serve()
	w.apply(`
environments: [Dev]
projects:
  - name: Killed
    steps:
      - name: Deploy
        roles: [web]
        nginx:
          package: Killed
          bindings: [{ port: 8101 }]
          locations: [{ path: /, directives: [{ root: "#{Octopus.Action.Package.InstallationDirectoryPath}" }] }]
          pre-deploy: |
            echo pre-deploy >> ~/payloads
            until [ -e ~/go-1 ]; do sleep 0.02; done
          deploy: echo deploy >> ~/payloads
          post-deploy: |
            echo post-deploy >> ~/payloads
            until [ -e ~/go-2 ]; do sleep 0.02; done
            echo the last line
`)
	w.addTarget(h, "web", h.HostKey, "Dev")
	w.push("Killed", "1.0.0", map[string]string{"index.html": "alive"})
	id := w.deploy("Killed", w.release("Killed", "1.0.0"), "Dev")

	w.until("the first script", 20*time.Second, func() bool { return count(t, h, home+"/payloads") == 1 })
	kill()
	kill = w.serve()
	touch(t, h, home+"/go-1")
	w.until("the last script", 20*time.Second, func() bool { return count(t, h, home+"/payloads") == 3 })
	kill()
	touch(t, h, home+"/go-2") // all that is left happens while there is no server
	w.until("the end on the host", 20*time.Second, func() bool { return h.Exec(t, "ls "+home+"/.slipway/attempts/*/end.json 2>/dev/null; true") != "" })
	w.serve()

	d := w.ends(id, pipelines.Succeeded)
	answers(t, h, 8101, "alive")
	if got := h.Exec(t, "cat "+home+"/payloads"); got != "pre-deploy\ndeploy\npost-deploy" {
		t.Errorf("scripts that ran: %q, want each once", got)
	}
	if attempt := step(t, d, "Deploy").Targets[0].Attempt; attempt != 1 {
		t.Errorf("it took %d attempts, want one", attempt)
	}
	log := w.log(id)
	for _, once := range []string{"running the pre-deployment script", "NGINX: configuration tested and loaded", "running the post-deployment script", "the last line"} {
		if n := strings.Count(log, once); n != 1 {
			t.Errorf("%q stands %d times in the log, want once:\n%s", once, n, log)
		}
	}
}
