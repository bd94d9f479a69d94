package conventions

import (
	"os"
	"strings"
	"testing"
)

// live is a host on which something lies in the custom directory already.
func live(t *testing.T) *bench {
	b := newBench(t, map[string]string{"app.txt": "new", "lib/x": "new", "link": "->app.txt"})
	b.want.Directory = b.path("live")
	b.write("live/app.txt", "old")
	b.write("live/extra.txt", "old")
	b.write("live/uploads/deep/1.jpg", "old")
	b.write("live/logs/a.log", "old")
	b.write("outside/precious", "old")
	if err := os.Symlink(b.path("outside"), b.path("live/elsewhere")); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCustomDirectoryIsCopiedOver(t *testing.T) {
	t.Parallel()
	b := live(t)
	b.want.Scripts.Deploy = "pwd; get_octopusvariable OctopusOriginalPackageDirectoryPath; echo; get_octopusvariable Octopus.Action.Package.CustomInstallationDirectory"
	done := b.succeed()
	if got := b.tree("live"); got != "app.txt elsewhere extra.txt lib/x link logs/a.log uploads/deep/1.jpg" {
		t.Errorf("live holds %s", got)
	}
	if b.read("live/app.txt") != "new" || b.read("live/link") != "new" || b.read(installation+"/app.txt") != "new" {
		t.Error("not what the package holds")
	}
	if info, err := os.Stat(b.path("live/app.txt")); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v, want that of the package", info.Mode(), err)
	}
	if want := b.path("live") + "|" + b.path(installation) + "|" + b.path("live"); b.said() != want {
		t.Errorf("scripts said %s, want %s", b.said(), want)
	}
	if done.Outputs["Package.CopiedFileCount"] != "2" {
		t.Errorf("outputs = %v", done.Outputs)
	}
}

func TestPurge(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name      string
		keep      []string
		variables map[string]string
		want      string
	}{
		{"all", nil, nil, "app.txt lib/x link"},
		{"a folder with all below", []string{"uploads"}, nil, "app.txt lib/x link uploads/deep/1.jpg"},
		{"by pattern", []string{"**/*.log", "extra.*"}, nil, "app.txt extra.txt lib/x link logs/a.log"},
		{"a link is kept as a link", []string{"elsewhere"}, nil, "app.txt elsewhere lib/x link"},
		{"by variables", nil, map[string]string{"PurgeExclusions": "uploads/deep\nlogs"}, "app.txt lib/x link logs/a.log uploads/deep/1.jpg"},
		{"switched off", nil, map[string]string{"ShouldBePurgedBeforeDeployment": "False"}, "app.txt elsewhere extra.txt lib/x link logs/a.log uploads/deep/1.jpg"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := live(t)
			b.want.Purge, b.want.KeepOnPurge = true, tt.keep
			for name, value := range tt.variables {
				b.set(customIn+name, value)
			}
			b.succeed()
			if got := b.tree("live"); got != tt.want {
				t.Errorf("live holds %s, want %s", got, tt.want)
			}
			if b.read("outside/precious") != "old" {
				t.Error("a link was followed")
			}
		})
	}
}

func TestCustomDirectoryByVariable(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"a": "new"})
	b.set(customIn, b.path("srv/#{Site}"))
	b.set("Site", "shop")
	if done := b.succeed(); done.Installed.Custom != b.path("srv/shop") || b.read("srv/shop/a") != "new" {
		t.Errorf("installed = %+v", done.Installed)
	}
}

func TestCustomDirectoriesThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		dir   func(b *bench) string
		purge bool
		why   string
	}{
		{func(*bench) string { return "relative/dir" }, false, "no absolute path"},
		{func(b *bench) string { return b.path(installation) }, false, "lies inside"},
		{func(b *bench) string { return b.path(installation, "sub") }, false, "lies inside"},
		{func(b *bench) string { return b.path("way") + "/1.0.0/x" }, false, "lies inside"},
		{func(b *bench) string { return b.path("Applications") }, true, "holds the installations"},
		{func(b *bench) string { return b.path("Applications/Dev") }, true, "holds the installations"},
		{func(b *bench) string { return b.dir }, true, "holds the installations"},
		{func(*bench) string { return "/" }, true, "holds the installations"},
		{func(b *bench) string { b.write("file", "x"); return b.path("file") }, false, "cannot be made"},
	} {
		b := newBench(t, map[string]string{"a": "new", "Deploy.sh": "echo never"})
		if err := os.Symlink(b.path("Applications/Dev/Shop"), b.path("way")); err != nil {
			t.Fatal(err)
		}
		b.want.Directory, b.want.Purge = tt.dir(b), tt.purge
		b.fail(tt.why)
		if b.said() != "" || b.read(installation+"/a") != "new" {
			t.Errorf("%s: scripts said %q", b.want.Directory, b.said())
		}
	}
}

func TestALinkInTheCustomDirectoryLeadsNobodyOut(t *testing.T) {
	t.Parallel()
	b := live(t)
	b.files["elsewhere/precious"] = "new"
	b.fail("cannot be copied")
	if b.read("outside/precious") != "old" {
		t.Error("a file outside was changed")
	}
}

func TestNoRoomForTheCustomDirectory(t *testing.T) {
	t.Parallel()
	free := func(dir string) int64 {
		if strings.HasSuffix(dir, "live") {
			return 300 << 20
		}
		return 1 << 40
	}
	b := newBench(t, map[string]string{"a": "new"})
	b.job.FreeBytes, b.want.Directory = free, b.path("live")
	b.fail("has 300 MB free")
	for name, value := range map[string]string{"OctopusFreeDiskSpaceOverrideInMegaBytes": "200", "OctopusSkipFreeDiskSpaceCheck": "True"} {
		b := newBench(t, map[string]string{"a": "new"})
		b.job.FreeBytes, b.want.Directory = free, b.path("live")
		b.set(name, value)
		b.succeed()
	}
}

func TestCustomDirectoryIsNamedWithoutSecrets(t *testing.T) {
	t.Parallel()
	b := live(t)
	b.secret("Key", "hunter2-hunter2")
	b.set("Folder", "live/#{Key}")
	b.want.Directory = b.path("#{Folder}")
	b.fail("is named with the help of a secret")
	if b.exists("live/hunter2-hunter2") {
		t.Error("the directory is there")
	}
}
