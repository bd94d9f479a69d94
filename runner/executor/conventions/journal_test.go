package conventions

import (
	"os"
	"strings"
	"testing"

	"slipway/pipelines/task"
)

// earlier is an installation of the journal, with its directory on the host.
func (b *bench) earlier(version string, succeeded bool) task.Installed {
	b.t.Helper()
	dir := "Applications/Dev/Shop/" + version
	b.write(dir+"/a", "old")
	return task.Installed{Package: "Shop", Version: version, FileName: "Shop." + version + ".zip", Directory: b.path(dir), Succeeded: succeeded}
}

func TestSkipIfInstalled(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		arrange func(b *bench) []task.Installed
		skipped bool
		dir     string
	}{
		{"same and successful", func(b *bench) []task.Installed { return []task.Installed{b.earlier("1.0.0", true)} }, true, installation},
		{"in a custom directory", func(b *bench) []task.Installed {
			e := b.earlier("1.0.0", true)
			b.write("live/a", "old")
			e.Custom = b.path("live")
			return []task.Installed{e}
		}, true, "live"},
		{"failed", func(b *bench) []task.Installed { return []task.Installed{b.earlier("1.0.0", false)} }, false, installation + "_1"},
		{"another version", func(b *bench) []task.Installed { return []task.Installed{b.earlier("0.9.0", true)} }, false, installation},
		{"another package", func(b *bench) []task.Installed {
			e := b.earlier("1.0.0", true)
			e.Package = "Blog"
			return []task.Installed{e}
		}, false, installation + "_1"},
		{"not the newest", func(b *bench) []task.Installed {
			return []task.Installed{b.earlier("2.0.0", false), b.earlier("1.0.0", true)}
		}, false, installation + "_1"},
		{"gone from the disk", func(b *bench) []task.Installed {
			e := b.earlier("1.0.0", true)
			os.RemoveAll(e.Directory)
			return []task.Installed{e}
		}, false, installation},
		{"custom directory gone", func(b *bench) []task.Installed {
			e := b.earlier("1.0.0", true)
			e.Custom = b.path("nowhere")
			return []task.Installed{e}
		}, false, installation + "_1"},
		{"first time", func(*bench) []task.Installed { return nil }, false, installation},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, map[string]string{"a": "new"})
			b.want.SkipIfInstalled = true
			b.want.Scripts.Deploy = "echo deployed"
			b.job.Order.Previous = tt.arrange(b)
			done := b.succeed()
			if done.Skipped != tt.skipped || (b.said() == "deployed") == tt.skipped || (done.Installed == nil) != tt.skipped {
				t.Errorf("done = %+v, scripts said %q", done, b.said())
			}
			if got := done.Outputs[installedInShort]; got != b.path(tt.dir) || done.Outputs[installedIn] != got {
				t.Errorf("outputs = %v, want %s", done.Outputs, b.path(tt.dir))
			}
		})
	}
}

func TestSkippingIsAWish(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"a": "new"})
	b.job.Order.Previous = []task.Installed{b.earlier("1.0.0", true)}
	if b.succeed().Skipped {
		t.Error("skipped, and nobody asked for it")
	}
	b.set("Octopus.Action.Package.SkipIfAlreadyInstalled", "True")
	if !b.succeed().Skipped {
		t.Error("not skipped, and the variable asks for it")
	}
}

func TestWhatScriptsKnowOfTheHost(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"a": "new"})
	b.job.Environ = []string{"HOME=/home/#{me}", "ODD", "=x"}
	failed, succeeded := b.earlier("0.9.0", false), b.earlier("0.8.0", true)
	failed.Custom = "/srv/shop"
	b.job.Order.Previous = []task.Installed{failed, succeeded}
	b.set("Octopus.Machine.Roles", "web,db")
	names := []string{
		"Octopus.Tentacle.PreviousInstallation.PackageVersion", "Octopus.Tentacle.PreviousInstallation.CustomInstallationDirectory",
		"Octopus.Tentacle.PreviousSuccessfulInstallation.PackageVersion", "Octopus.Tentacle.PreviousSuccessfulInstallation.OriginalInstalledPath",
		"Octopus.Tentacle.PreviousSuccessfulInstallation.PackageFilePath", "Octopus.Tentacle.CurrentDeployment.TargetedRoles",
		"Octopus.Tentacle.Agent.ApplicationDirectoryPath", "env:HOME", "Octopus.Action.Package.CustomInstallationDirectory",
	}
	for _, name := range names {
		b.want.Scripts.Deploy += "echo '#{" + name + "}'\n"
	}
	b.succeed()
	want := strings.Join([]string{"0.9.0", "/srv/shop", "0.8.0", succeeded.Directory, "Shop.0.8.0.zip", "web,db", b.path("Applications"), "/home/#{me}", b.path(installation)}, "|")
	if b.said() != want {
		t.Errorf("scripts said %s\nwant %s", b.said(), want)
	}
	b = newBench(t, map[string]string{"a": "new"})
	b.want.Scripts.Deploy = "echo '[#{Octopus.Tentacle.PreviousInstallation.PackageVersion}]'"
	if b.succeed(); b.said() != "[]" {
		t.Errorf("without a journal: %s, want an empty text", b.said())
	}
}

func TestRetire(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"a": "new"})
	old, older, previous := b.earlier("0.8.0", true), b.earlier("0.7.0", true), b.earlier("0.9.0", true)
	b.job.Order.Previous = []task.Installed{previous}
	b.write("outside/Shop/0.1/a", "old")
	if err := os.Symlink(b.path("outside"), b.path("Applications/link")); err != nil {
		t.Fatal(err)
	}
	gone := b.path("Applications/Dev/Shop/0.5.0")
	b.job.Order.Retire = []string{
		old.Directory, older.Directory + "/", gone,
		previous.Directory, b.path(installation), b.path("outside/Shop/0.1"), b.path("Applications"), b.path("Applications/Dev"), b.path("Applications/Dev/Shop"),
		b.path("Applications/link/Shop/0.1"), b.path("Applications/../outside"), "relative", "",
	}
	done := b.succeed()
	if got := strings.Join(done.Retired, " "); got != strings.Join([]string{old.Directory, older.Directory + "/", gone}, " ") {
		t.Errorf("retired %s", got)
	}
	if got := b.tree("Applications/Dev"); got != "Shop/0.9.0/a Shop/1.0.0/a" {
		t.Errorf("left is %s", got)
	}
	if b.read("outside/Shop/0.1/a") != "old" {
		t.Error("something outside is gone")
	}
	b = newBench(t, map[string]string{"a": "new", "Deploy.sh": "exit 1"})
	b.job.Order.Retire = []string{b.earlier("0.8.0", true).Directory}
	if done := b.fail("exit code 1"); len(done.Retired) > 0 || !b.exists("Applications/Dev/Shop/0.8.0/a") {
		t.Error("a failed deployment retired something")
	}
}

func TestAnotherApplicationsFolder(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"a": "new"})
	b.set(applicationsIn, b.path("elsewhere"))
	if b.succeed(); b.read("elsewhere/Dev/Shop/1.0.0/a") != "new" {
		t.Error("not installed where the project says")
	}
}
