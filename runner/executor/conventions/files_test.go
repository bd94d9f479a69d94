package conventions

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/pipelines/task"
)

func TestTargetsThatMeanNoFile(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"a.txt": "#{X}"})
	b.set("X", "1")
	b.want.SubstituteIn, b.want.StructuredIn = []string{"*.txt", "missing/*.txt"}, []string{"missing.json"}
	b.succeed()
	for _, text := range []string{"warning: no file is like missing/*.txt", "warning: no file is like missing.json"} {
		if !strings.Contains(b.log.all(), text) {
			t.Errorf("log has no %q:\n%s", text, b.log.all())
		}
	}
	b = newBench(t, map[string]string{"a.txt": "#{X}"})
	b.want.SubstituteIn = []string{"missing/*.txt"}
	b.set("Octopus.Action.SubstituteInFiles.EnableNoMatchWarning", "False")
	if b.succeed(); strings.Contains(b.log.all(), "no file is like") {
		t.Errorf("warned although switched off:\n%s", b.log.all())
	}
}

func TestSubstitution(t *testing.T) {
	t.Parallel()
	files := map[string]string{"conf/a.txt": "#{X} #{Nobody} #{if\r\n", "conf/b.txt": "\xEF\xBB\xBF#{X}", "c.bin": "\x00#{X}", "link.txt": "->conf/a.txt"}
	b := newBench(t, files)
	b.set("X", "1")
	b.set("Octopus.Action.SubstituteInFiles.TargetFiles", "conf/*.txt\r\n#{List}")
	b.set("List", "*.bin\nlink.txt")
	b.succeed()
	for name, want := range map[string]string{"conf/a.txt": "1 #{Nobody} #{if\r\n", "conf/b.txt": "\xEF\xBB\xBF1", "c.bin": "\x001"} {
		if got := b.read(installation + "/" + name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if info, err := os.Lstat(b.path(installation, "link.txt")); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is %v, %v", info, err)
	}
	if info, _ := os.Stat(b.path(installation, "conf/a.txt")); info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, want the file's own", info.Mode())
	}
	if !strings.Contains(b.log.all(), "#{Nobody} has no value") {
		t.Errorf("log:\n%s", b.log.all())
	}
	left, _ := filepath.Glob(b.path(installation, "conf", ".slipway*"))
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	b = newBench(t, files)
	b.want.SubstituteIn = []string{"conf/a.txt"}
	b.set("OctopusShouldFailDeploymentOnSubstitutionFails", "True")
	b.fail("#{Nobody} has no value")
	b = newBench(t, map[string]string{"a.txt": "#{A}"})
	b.want.SubstituteIn = []string{"a.txt"}
	b.set("A", "#{B}")
	b.set("B", "#{A}")
	b.fail("a.txt: ")
	b = newBench(t, map[string]string{"a.txt": "x"})
	b.want.SubstituteIn = []string{"[a.txt"}
	b.fail("bracket")
}

func TestOutputEncoding(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"a.txt": "#{X}"})
	b.set("X", "ü")
	b.want.SubstituteIn, b.want.SubstituteEncoding = []string{"a.txt"}, "utf-8"
	if b.succeed(); b.read(installation+"/a.txt") != "\xEF\xBB\xBFü" {
		t.Errorf("a.txt is %q", b.read(installation+"/a.txt"))
	}
}

func TestAdditionalPaths(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"a.txt": "#{X}", "web.config": "<c/>"})
	b.write("other/a.txt", "#{X}")
	b.write("other/web.config", `<configuration><appSettings><add key="X" value=""/></appSettings></configuration>`)
	b.set("X", "1")
	b.set("Octopus.Action.AdditionalPaths", b.path("other"))
	b.want.SubstituteIn, b.want.ConfigVariables = []string{"a.txt"}, true
	b.succeed()
	if b.read("other/a.txt") != "1" || !strings.Contains(b.read("other/web.config"), `value="1"`) {
		t.Errorf("other/a.txt is %q, web.config %q", b.read("other/a.txt"), b.read("other/web.config"))
	}
}

const warningTransform = `<configuration xmlns:xdt="http://schemas.microsoft.com/XML-Document-Transform"><nobody xdt:Transform="Remove" /></configuration>`

func TestTransformOutcomes(t *testing.T) {
	t.Parallel()
	no := map[string]string{"Octopus.Action.Package.TreatConfigTransformationWarningsAsErrors": "False"}
	ignore := map[string]string{"Octopus.Action.Package.IgnoreConfigTransformationErrors": "True"}
	for _, tt := range []struct {
		name, transform string
		want            task.Transforms
		variables       map[string]string
		fails           bool
	}{
		{"warnings are errors", warningTransform, task.Transforms{Automatic: true}, nil, true},
		{"lenient", warningTransform, task.Transforms{Automatic: true, LenientWarnings: true}, nil, false},
		{"lenient by variable", warningTransform, task.Transforms{Automatic: true}, no, false},
		{"ignored", warningTransform, task.Transforms{Automatic: true, IgnoreErrors: true}, nil, false},
		{"no XML", "<a", task.Transforms{Automatic: true}, nil, true},
		{"no XML, ignored by variable", "<a", task.Transforms{Automatic: true}, ignore, false},
		{"explicit", xdtTransform, task.Transforms{Files: []string{"web.Release.config => web.config"}}, nil, false},
		{"explicit without a file", xdtTransform, task.Transforms{Files: []string{"web.Nobody.config => web.config"}}, nil, false},
		{"no arrow's end", xdtTransform, task.Transforms{Files: []string{"web.config =>"}}, nil, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, map[string]string{"web.config": `<configuration><system.web><compilation debug="true" /></system.web></configuration>`, "web.Release.config": tt.transform})
			b.want.Transforms = &tt.want
			for name, value := range tt.variables {
				b.set(name, value)
			}
			if _, err := b.perform(); (err != nil) != tt.fails {
				t.Errorf("Perform = %v, want an error: %v\n%s", err, tt.fails, b.log.all())
			}
		})
	}
}

func TestTransformsByVariables(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"web.config": `<configuration><system.web><compilation debug="true" /></system.web></configuration>`, "web.Dev.config": xdtTransform})
	b.set("Octopus.Action.Package.AutomaticallyRunConfigurationTransformationFiles", "True")
	b.set("Octopus.Environment.Name", "Dev")
	if b.succeed(); !strings.Contains(b.read(installation+"/web.config"), `debug="false"`) {
		t.Errorf("web.config is %s", b.read(installation+"/web.config"))
	}
}

// A folder's name is no pattern, whatever signs are in it.
func TestTransformsFromElsewhere(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{"shared", "shared[1]", "[shared", "no such folder"} {
		b := newBench(t, map[string]string{"web.config": `<configuration><system.web><compilation debug="true" /></system.web></configuration>`})
		if folder != "no such folder" {
			b.write(folder+"/web.Central.config", xdtTransform)
		}
		b.write("shared1/web.Central.config", warningTransform) // what the brackets would mean
		b.want.Transforms = &task.Transforms{Files: []string{b.path(folder, "web.Central.config") + " => web.config"}}
		b.succeed()
		transformed := strings.Contains(b.read(installation+"/web.config"), `debug="false"`)
		if told := strings.Contains(b.log.all(), "means no file"); transformed == told || told != (folder == "no such folder") {
			t.Errorf("%s: transformed %v, told that it means no file %v\n%s", folder, transformed, told, b.log.all())
		}
	}
}

func TestConfigFilesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"web.config": "<a"})
	b.set("Octopus.Action.Package.AutomaticallyUpdateAppSettingsAndConnectionStrings", "True")
	b.fail("web.config")
	b.set("Octopus.Action.Package.IgnoreVariableReplacementErrors", "True")
	if b.succeed(); !strings.Contains(b.log.all(), "left as it is") {
		t.Errorf("log:\n%s", b.log.all())
	}
	b = newBench(t, map[string]string{"a.yaml": "a: 1"})
	b.set("Octopus.Action.Package.JsonConfigurationVariablesTargets", "a.yaml")
	b.set("a", "2")
	if b.succeed(); strings.TrimSpace(b.read(installation+"/a.yaml")) != "a: 2" {
		t.Errorf("a.yaml is %q", b.read(installation+"/a.yaml"))
	}
	b.set("Octopus.Action.StructuredConfigurationFallbackFlag", "True")
	b.fail("a.yaml")
}

func TestLinksThatLeadOutAreLeftAlone(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"a.txt": "#{X}"})
	b.write("outside.txt", "#{X}")
	b.set("X", "1")
	b.set("Outside", b.path("outside.txt"))
	b.want.Scripts.PreDeploy = "ln -s #{Outside} out.txt; ln -s a.txt in.txt; ln -s loop.txt loop.txt; mkdir -p d; ln -s .. d/up"
	b.want.SubstituteIn = []string{"**/*.txt"}
	b.succeed()
	if b.read("outside.txt") != "#{X}" || b.read(installation+"/a.txt") != "1" {
		t.Errorf("outside is %q, inside %q", b.read("outside.txt"), b.read(installation+"/a.txt"))
	}
}

func TestUsedTransformsAreNoConfiguration(t *testing.T) {
	t.Parallel()
	const transform = `<configuration xmlns:xdt="http://schemas.microsoft.com/XML-Document-Transform"><appSettings><add key="X" value="from the transform" xdt:Transform="SetAttributes" xdt:Locator="Match(key)" /></appSettings></configuration>`
	b := newBench(t, map[string]string{"web.config": `<configuration><appSettings><add key="X" value="old" /></appSettings></configuration>`, "web.Release.config": transform})
	b.want.Transforms, b.want.ConfigVariables = &task.Transforms{Automatic: true}, true
	b.set("X", "from the variable")
	b.succeed()
	if got := b.read(installation + "/web.Release.config"); got != transform {
		t.Errorf("the transform is now %s", got)
	}
	if got := b.read(installation + "/web.config"); !strings.Contains(got, "from the variable") {
		t.Errorf("web.config is %s", got)
	}
}

func TestLargeFiles(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"a": "b"})
	b.want.Scripts.PreDeploy = "truncate -s 300M huge.bin"
	b.want.SubstituteIn = []string{"huge.bin"}
	b.succeed()
	if !strings.Contains(b.log.all(), "huge.bin is left as it is: it has 300 MB") {
		t.Errorf("log:\n%s", b.log.all())
	}
	b.want.Scripts.PreDeploy = "head -c 9000 /dev/zero | tr '\\0' x > huge.txt; truncate -s 300M huge.txt"
	b.want.SubstituteIn = []string{"huge.txt"}
	b.fail("huge.txt: it has 300 MB, and files are read up to 256 MB")
	b.want.SubstituteIn, b.want.StructuredIn = nil, []string{"huge.txt"}
	b.fail("huge.txt: it has 300 MB, and files are read up to 64 MB")
}

func TestTheOwnerOfAFileStays(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("needs to be root: nobody else gives files away")
	}
	b := newBench(t, map[string]string{"a.txt": "#{X}"})
	b.want.Scripts.PreDeploy = "chown 12345:12346 a.txt; chmod 604 a.txt"
	b.want.SubstituteIn = []string{"a.txt"}
	b.want.Scripts.Deploy = "stat -c '%u %g %a' a.txt"
	b.set("X", "1")
	if b.succeed(); b.said() != "12345 12346 604" || b.read(installation+"/a.txt") != "1" {
		t.Errorf("a.txt belongs to %s and is %q", b.said(), b.read(installation+"/a.txt"))
	}
}
