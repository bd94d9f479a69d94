package tutorials

import (
	"path/filepath"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/test/aspnet"
)

const iisShop = `
environments: [Dev, Test, Prod]
projects:
  - name: Shop
    variables: [{ name: EnvironmentName, value: "#{Octopus.Environment.Name}" }$MORE]
    steps:
      - name: Deploy
        roles: [web]
        iis:
          package: RandomQuotes
          site:
            name: Shop
            pool: { name: Shop }
            bindings: [{ port: $PORT }]
            authentication: { anonymous: true }
          config-variables: true
          change-retries: 0
          script-syntax: bash
          deploy: $DEPLOY
          post-deploy: $AFTER
      - name: Say
        run: always
        email: { to: team@example.org, subject: "Shop #{Octopus.Release.Number}", body: "#{each step in Octopus.Step}#{step}: #{step.Status.Code}\n#{/each}" }
`

// TestIISFails has scripts that fail before and after the switch. What was served before is served still.
func TestIISFails(t *testing.T) {
	t.Parallel()
	w := newIISWorld(t)
	w.apply("environments: [Dev, Test, Prod]\n")
	w.addHost()
	for _, version := range []string{"1.0.1", "1.0.2"} {
		file := filepath.Join(t.TempDir(), "RandomQuotes."+version+".nupkg")
		w.write(file, octoPacked(t, version))
		w.slipway("", "push", file)
	}
	more := ""
	deploy := func(w *iisWorld, number, version, port, during, after string, want pipelines.Status) string {
		w.t.Helper()
		w.apply(iisShop, "$PORT", port, "$DEPLOY", during, "$AFTER", after, "$MORE", more)
		w.slipway("", "release", "create", "Shop", "--number", number, "--package", "RandomQuotes:"+version)
		return w.ends(w.deploy("Shop", number, "Dev"), want).ID
	}
	deploy(w, "1", "1.0.1", "8081", "exit 0", "exit 0", pipelines.Succeeded)
	old := w.installed("Dev", "1.0.1")
	w.serves("Shop", "Dev", old)

	t.Run("before the switch", func(t *testing.T) {
		w := w.in(t)
		before := w.host.written()
		id := deploy(w, "2", "1.0.2", "8082", "echo the migration failed; exit 3", "exit 0", pipelines.Failed)
		if now := w.host.written(); now != before {
			t.Errorf("IIS was changed %d times, want not at all", now-before)
		}
		wants(t, "log", w.log(id), "the migration failed")
		w.serves("Shop", "Dev", old)
		wants(t, "mail", w.mail("Shop 2"), "Deploy: Failed")
	})
	t.Run("after the switch", func(t *testing.T) {
		w := w.in(t)
		failed := w.installed("Dev", "1.0.2_1")
		id := deploy(w, "3", "1.0.2", "8082", "exit 0", "echo the new version does not answer; exit 3", pipelines.Failed)
		s := step(t, w.deployment(id), "Deploy")
		wants(t, "message", s.Message+s.Targets[0].Message, "exit code 3")
		wants(t, "log", w.log(id), `switch site "Shop" from `+old+" to "+failed, "the new version does not answer")
		w.serves("Shop", "Dev", old)
	})
	t.Run("in the switch", func(t *testing.T) {
		w := w.in(t)
		w.host.fails("verb=set+object=vdir:denied=*")
		id := deploy(w, "4", "1.0.2", "8082", "exit 0", "exit 0", pipelines.Failed)
		w.host.fails("")
		s := step(t, w.deployment(id), "Deploy")
		wants(t, "message", s.Message+s.Targets[0].Message, `switch site "Shop"`, "ERROR ( message:")
		wants(t, "log", w.log(id), "Configuration error", "insufficient permissions", `give site "Shop" the bindings http *:8082:`, `switch site "Shop" from `+old)
		w.serves("Shop", "Dev", old)
	})
	t.Run("then a good one", func(t *testing.T) {
		w := w.in(t)
		deploy(w, "5", "1.0.2", "8081", "exit 0", "exit 0", pipelines.Succeeded)
		w.serves("Shop", "Dev", w.installed("Dev", "1.0.2_3"))
		// And the older one again.
		if d := w.ends(w.deploy("Shop", "1", "Dev"), pipelines.Succeeded); !d.Older || d.Replaces != "5" {
			t.Errorf("%s says that it is older: %v, and replaces %q; want older than 5", d.ID, d.Older, d.Replaces)
		}
		w.serves("Shop", "Dev", old+"_1")
	})
	t.Run("values in Web.config", func(t *testing.T) {
		w := w.in(t)
		more = `, { name: backgroundcolor, value: "#123456" }, { name: QUOTES, value: "Server=db;Database=Quotes-#{EnvironmentName}" }`
		deploy(w, "6", "1.0.2", "8081", "exit 0", "exit 0", pipelines.Succeeded)
		folder := w.host.folder("Shop")
		want := strings.NewReplacer(`value='#fff'`, `value='#123456'`, "Server=(local);Database=Quotes", "Server=db;Database=Quotes-Dev").Replace(w.webConfig("Dev"))
		if got := w.read(filepath.Join(folder, "Web.config")); got != want {
			t.Errorf("Web.config =\n%s\nwant\n%s", got, want)
		}
		wants(t, "the page", aspnet.Page(t, folder), "running in Dev", "background: #123456", "Server=db;Database=Quotes-Dev", "release 0.0.0")
	})
	w.host.heldToRules()
}

// TestNoIIS is a host without IIS: the step says what to install, and puts nothing there.
func TestNoIIS(t *testing.T) {
	t.Parallel()
	w := newIISWorld(t)
	w.removed(filepath.Join(w.host.bin, "appcmd"))
	w.apply(iisShop, "$PORT", "8081", "$DEPLOY", "exit 0", "$AFTER", "exit 0", "$MORE", "")
	w.addHost()
	w.push("RandomQuotes", "1.0.1", map[string]string{"Default.aspx": "page"})
	w.slipway("", "release", "create", "Shop", "--number", "1")
	d := w.ends(w.deploy("Shop", "1", "Dev"), pipelines.Failed)
	s := step(t, d, "Deploy")
	wants(t, "message", s.Message+s.Targets[0].Message, "this host has no IIS", "IIS-WebServerRole")
	if w.fileThere(filepath.Join(w.host.home, "Applications")) {
		t.Error("the package was installed on a host without IIS")
	}
}
