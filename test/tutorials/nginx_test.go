package tutorials

import (
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/test/hosts"
)

const site = `
projects:
  - name: Site
    steps:
      - name: Deploy
        roles: [web]
        nginx:
          package: Site
          bindings: [{ port: $PORT }]
          locations:
            - path: /
              directives:
                - { root: "#{Octopus.Action.Package.InstallationDirectoryPath}" }
                - { $DIRECTIVE }
`

// other is a site of somebody else on the same host.
const other = `server { listen 8102; location / { return 200 other; } }`

// TestNginxOnOneHost has the wrong configuration in three ways. The parts go on from each other.
func TestNginxOnOneHost(t *testing.T) {
	t.Parallel()
	h := hosts.Need(t).Up(t, "web-1")
	w := newWorld(t, 10*time.Second)
	w.apply("environments: [Dev]")
	w.addTarget(h, "web", h.HostKey, "Dev")
	w.push("Site", "1.0.0", map[string]string{"index.html": "one"})
	w.push("Site", "2.0.0", map[string]string{"index.html": "two"})
	h.Exec(t, "echo '"+other+"' >/etc/nginx/conf.d/other.conf; nginx -s reload")
	deploy := func(w *world, number, version string, want pipelines.Status, with ...string) string {
		w.t.Helper()
		w.apply(site, with...)
		w.slipway("", "release", "create", "Site", "--number", number, "--package", "Site:"+version)
		return w.ends(w.deploy("Site", number, "Dev"), want).ID
	}
	deploy(w, "1", "1.0.0", pipelines.Succeeded, "$PORT", "8101", "$DIRECTIVE", "expires: 1h")
	answers(t, h, 8101, "one")
	before := fingerprint(t, h, "/etc/nginx")
	asBefore := func(t *testing.T) {
		t.Helper()
		if now := fingerprint(t, h, "/etc/nginx"); now != before {
			t.Errorf("/etc/nginx was\n%s\nand is\n%s", before, now)
		}
		answers(t, h, 8101, "one")
		answers(t, h, 8102, "other")
		h.Exec(t, "systemctl restart nginx")
		answers(t, h, 8101, "one")
		answers(t, h, 8102, "other")
	}

	t.Run("nginx -t fails", func(t *testing.T) {
		w := w.in(t)
		id := deploy(w, "2", "2.0.0", pipelines.Failed, "$PORT", "8101", "$DIRECTIVE", "expirse: 1h")
		s := step(t, w.deployment(id), "Deploy")
		wants(t, "message", s.Message+s.Targets[0].Message, `unknown directive "expirse"`, "former files are back, byte for byte")
		asBefore(t)
	})
	t.Run("port of another site", func(t *testing.T) {
		w := w.in(t)
		id := deploy(w, "3", "2.0.0", pipelines.Failed, "$PORT", "8102", "$DIRECTIVE", "expires: 1h")
		s := step(t, w.deployment(id), "Deploy")
		wants(t, "message", s.Message+s.Targets[0].Message, "port 8102", "/etc/nginx/conf.d/other.conf")
		if log := w.log(id); strings.Contains(log, "file /etc/nginx/conf.d/Site") {
			t.Errorf("log:\n%s\nwant nothing written", log)
		}
		asBefore(t)
	})
	t.Run("then a good one", func(t *testing.T) {
		deploy(w.in(t), "4", "2.0.0", pipelines.Succeeded, "$PORT", "8101", "$DIRECTIVE", "expires: 2h")
		answers(t, h, 8101, "two")
		answers(t, h, 8102, "other")
	})
	t.Run("service that crashes", func(t *testing.T) { crashingService(t, w.in(t), h) })
	t.Run("the same version again", func(t *testing.T) { sameVersion(t, w.in(t), h) })
}

func crashingService(t *testing.T, w *world, h *hosts.Host) {
	w.push("Crash", "1.0.0", map[string]string{"index.html": "crash"})
	w.apply(`
projects:
  - name: Crash
    steps:
      - name: Deploy
        roles: [web]
        nginx:
          package: Crash
          bindings: [{ port: 8103 }]
          locations: [{ path: /, directives: [{ root: "#{Octopus.Action.Package.InstallationDirectoryPath}" }] }]
          post-deploy: |
            printf '[Service]\nExecStart=/bin/sh -c "echo no database here; exec /bin/false"\nRestart=always\nRestartSec=1\n' > crash.service
            sudo cp crash.service /etc/systemd/system/crash.service
            sudo systemctl daemon-reload
            sudo systemctl restart crash
          services: [crash]
`)
	begun := time.Now()
	id := w.deploy("Crash", w.release("Crash", "1.0.0"), "Dev")
	d := w.ends(id, pipelines.Failed)
	if took := time.Since(begun); took > 15*time.Second {
		t.Errorf("the crash was noticed after %s, want within the watch", took)
	}
	s := step(t, d, "Deploy")
	wants(t, "message", s.Message+s.Targets[0].Message, "service crash")
	wants(t, "log", w.log(id), "last words of crash", "no database here")
	// The site was switched before the service was started, and NGINX accepts it: it stays.
	answers(t, h, 8103, "crash")
	h.Exec(t, "nginx -t")
}

// sameVersion deploys the very same release a second time and looks at the host while the new folder is there and not yet served.
func sameVersion(t *testing.T, w *world, h *hosts.Host) {
	w.push("Again", "1.0.1", map[string]string{"index.html": "again"})
	w.apply(`
projects:
  - name: Again
    steps:
      - name: Deploy
        roles: [web]
        nginx:
          package: Again
          bindings: [{ port: 8104 }]
          locations:
            - { path: /, directives: [{ root: "#{Octopus.Action.Package.InstallationDirectoryPath}" }] }
            - { path: /where, directives: [{ return: "200 #{Octopus.Action.Package.InstallationDirectoryPath}" }] }
          deploy: |
            until [ -e ~/go-#{Octopus.Deployment.Id} ]; do sleep 0.05; done
`)
	number := w.release("Again", "1.0.1")
	folder := home + "/Applications/Dev/Again/1.0.1"
	first := w.deploy("Again", number, "Dev")
	touch(t, h, home+"/go-"+first)
	w.ends(first, pipelines.Succeeded)
	answers(t, h, 8104, "again")
	old := fingerprint(t, h, folder)

	second := w.deploy("Again", number, "Dev")
	w.until("the second folder", 20*time.Second, func() bool { return strings.Contains(w.log(second), "running the deployment script") })
	if !there(t, h, folder+"_1/index.html") {
		t.Errorf("the second deployment did not go to %s_1: %s", folder, h.Exec(t, "ls "+home+"/Applications/Dev/Again"))
	}
	if _, where := page(h, 8104, "/where"); where != folder {
		t.Errorf("before the switch %q is served, want %q", where, folder)
	}
	if now := fingerprint(t, h, folder); now != old {
		t.Errorf("the folder that is served was\n%s\nand is\n%s", old, now)
	}
	touch(t, h, home+"/go-"+second)
	w.ends(second, pipelines.Succeeded)
	w.until("the new folder being served", 5*time.Second, func() bool { _, where := page(h, 8104, "/where"); return where == folder+"_1" })
	answers(t, h, 8104, "again")
	if now := fingerprint(t, h, folder); now != old {
		t.Errorf("the former folder was\n%s\nand is\n%s", old, now)
	}
}
