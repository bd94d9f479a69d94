package conventions

import (
	"encoding/base64"
	"strings"
	"testing"

	"slipway/pipelines/task"
)

const xdtTransform = `<?xml version="1.0"?>
<configuration xmlns:xdt="http://schemas.microsoft.com/XML-Document-Transform">
  <system.web><compilation debug="false" xdt:Transform="SetAttributes(debug)" /></system.web>
</configuration>
`

// everything is a package that uses every convention at once.
func everything() map[string]string {
	return map[string]string{
		"PreDeploy.sh":        "echo packaged-pre $(cat app.txt)",
		"PreDeploy.ps1":       "throw 'never'",
		"Deploy.sh":           "echo packaged-deploy #{Colour} $(cat app.txt); ls $(dirname \"${BASH_SOURCE[0]}\") | grep -c app.txt",
		"PostDeploy.sh":       "echo packaged-post $(basename $PWD)",
		"DeployFailed.sh":     "echo never",
		"app.txt":             "colour=#{Colour} password=#{Password}",
		"web.config":          "<configuration>\n  <appSettings><add key=\"Colour\" value=\"none\" /><add key=\"Password\" value=\"\" /></appSettings>\n  <system.web><compilation debug=\"true\" /></system.web>\n</configuration>\n",
		"web.Release.config":  xdtTransform,
		"settings.json":       `{"Db":{"Password":"x","Port":1},"Other":true}`,
		"settings.yaml":       "db:\n  password: x # keep me\n",
		"settings.xml":        "<a><b>x</b></a>",
		"settings.properties": "db.password=x\n",
		"untouched.json":      `{"Db":{"Password":"x"}}`,
	}
}

const canary = "canary-5f3 \"<&>'$"

func everythingBench(t *testing.T) *bench {
	b := newBench(t, everything())
	b.want = task.Installation{
		Scripts: task.Scripts{
			PreDeploy:  "echo inline-pre $(cat app.txt); set_octopusvariable Colour green",
			Deploy:     "echo inline-deploy; cp web.config seen-by-deploy.config",
			PostDeploy: "echo inline-post #{Octopus.Action[" + shop + "].Output.Package.InstallationDirectoryPath}",
		},
		SubstituteIn: []string{"app.txt", "Deploy.sh"}, Transforms: &task.Transforms{Automatic: true}, ConfigVariables: true,
		StructuredIn: []string{"settings.*"}, Directory: b.path("live"),
	}
	b.secret("Password", canary)
	b.secret("Db:Password", canary)
	b.set("Db:Port", "5432")
	b.set("/a/b", "from #{Colour}")
	b.set("db.password", "#{Password}")
	return b
}

// TestStagesInOrder follows every convention through one deployment.
func TestStagesInOrder(t *testing.T) {
	t.Parallel()
	b := everythingBench(t)
	done := b.succeed()
	rest := b.log.all()
	for _, text := range []string{
		"installing Shop 1.0.0", "installed 13 files in",
		"out: inline-pre colour=#{Colour} password=#{Password}",
		"out: packaged-pre colour=#{Colour} password=#{Password}",
		"app.txt: variables are substituted", "web.config: transformed by", "web.config: 2 values set",
		"settings.json: 2 values set", "copied",
		"out: packaged-deploy green colour=green password=********", "out: 1",
		"out: inline-deploy", "out: packaged-post live", "out: inline-post " + b.path("live"),
	} {
		_, after, found := strings.Cut(rest, text)
		if !found {
			t.Fatalf("log has no %q after what should come before it:\n%s", text, b.log.all())
		}
		rest = after
	}
	for name, want := range map[string]string{
		"live/app.txt":                  "colour=green password=" + canary,
		"live/settings.json":            "\"Port\": 5432",
		"live/settings.yaml":            "# keep me",
		"live/settings.xml":             "from green",
		"live/settings.properties":      canary,
		"live/untouched.json":           `{"Db":{"Password":"x"}}`,
		"live/web.config":               `<compilation debug="false" />`,
		"live/seen-by-deploy.config":    `key="Colour" value="green"`,
		"live/web.Release.config":       xdtTransform,
		installation + "/app.txt":       "colour=green",
		installation + "/PostDeploy.sh": "packaged-post",
	} {
		if got := b.read(name); !strings.Contains(got, want) {
			t.Errorf("%s is %q, want %q in it", name, got, want)
		}
	}
	for _, name := range []string{"live/PreDeploy.sh", "live/PreDeploy.ps1", "live/Deploy.sh", "live/PostDeploy.sh", "live/DeployFailed.sh", installation + "/PreDeploy.ps1"} {
		if b.exists(name) {
			t.Errorf("%s is still there", name)
		}
	}
	if i := done.Installed; i == nil || !i.Succeeded || i.Directory != b.path(installation) || i.Custom != b.path("live") || i.Version != "1.0.0" || i.Deployment != "Deployments-1" || i.At.IsZero() {
		t.Errorf("Installed = %+v", i)
	}
	for name, want := range map[string]string{
		"Package.InstallationDirectoryPath": b.path("live"), "Octopus.Action.Package.InstallationDirectoryPath": b.path("live"),
		"Package.ExtractedFileCount": "13", "Package.CopiedFileCount": "11", "Colour": "green",
	} {
		if done.Outputs[name] != want {
			t.Errorf("output %s = %q, want %q", name, done.Outputs[name], want)
		}
	}
}

// TestNoSecretInALogLine: values go into files, and nowhere else.
func TestNoSecretInALogLine(t *testing.T) {
	t.Parallel()
	for _, fails := range []bool{false, true} {
		b := everythingBench(t)
		b.set("OctopusPrintVariables", "True")
		b.set("OctopusPrintEvaluatedVariables", "True")
		b.want.Scripts.PostDeploy = "get_octopusvariable Password; cat app.txt settings.*; diff app.txt settings.json"
		if fails {
			b.files["settings.json"] = `{"Db": {`
			b.files["DeployFailed.sh"] = "echo failed: $(get_octopusvariable OctopusLastError)"
		}
		_, err := b.perform()
		if err == nil {
			t.Error("Perform = nil, want the script's or the file's error")
		}
		all := b.log.all() + err.Error()
		for _, form := range []string{canary, "canary-5f3", base64.StdEncoding.EncodeToString([]byte(canary))} {
			if strings.Contains(all, form) {
				t.Errorf("%q is in the log:\n%s", form, all)
			}
		}
	}
}

func TestFailuresAreToldToThePackage(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{
		"DeployFailed.sh": "echo cleaning: $(get_octopusvariable OctopusLastError) / $(get_octopusvariable OctopusLastErrorMessage); set_octopusvariable Cleaned yes",
		"PostDeploy.sh":   "echo never",
	})
	b.want.Scripts = task.Scripts{Deploy: "echo deploying; exit 7", PostDeploy: "echo never"}
	done := b.fail("deployment script ended with exit code 7")
	if got := b.said(); got != "deploying|cleaning: deployment script ended with exit code 7; its last lines in the log say more / deployment script ended with exit code 7; its last lines in the log say more" {
		t.Errorf("scripts said %s", got)
	}
	if done.ExitCode != 7 || done.Outputs["Cleaned"] != "yes" || done.Installed == nil || done.Installed.Succeeded {
		t.Errorf("done = %+v", done)
	}
	if b.exists(installation+"/DeployFailed.sh") || !b.exists(installation+"/PostDeploy.sh") {
		t.Errorf("left is %s", b.tree(installation))
	}
}

func TestAFailingDeployFailedChangesNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"DeployFailed.sh": "exit 9", "Deploy.sh": "fail_step 'no luck'"})
	if done := b.fail("no luck"); done.ExitCode != 1 {
		t.Errorf("exit code %d, want that of the first failure", done.ExitCode)
	}
	if !strings.Contains(b.log.all(), "script for failures failed too") {
		t.Errorf("log:\n%s", b.log.all())
	}
}

func TestNothingFailsBeforeThereIsAPackage(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"DeployFailed.sh": "echo never"})
	b.job.Order.Package = nil
	if done := b.fail("names no package"); done.Installed != nil || b.said() != "" {
		t.Errorf("done = %+v, scripts said %q", done, b.said())
	}
}

func TestPackagedScriptsThatCannotRun(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"Deploy.ps1": "x"})
	b.fail("the package brings Deploy.ps1")
	b = newBench(t, map[string]string{"Deploy.ps1": "x", "PreDeploy.sh": "exit 3"})
	b.want.NoPackagedScripts = true
	b.succeed()
	if got := b.tree(installation); got != "Deploy.ps1 PreDeploy.sh" {
		t.Errorf("left is %s", got)
	}
	b = newBench(t, map[string]string{"deploy.SH": "echo hi $#: $1"})
	b.set("OctopusDeleteScriptsOnCleanup", "False")
	b.set("Octopus.Action.Script.ScriptParameters", "'one two' #{Three}")
	b.set("Three", "3")
	b.succeed()
	if got := b.said() + " " + b.tree(installation); got != "hi 2: one two deploy.SH" {
		t.Errorf("said and left: %s", got)
	}
}

func TestErrorOutputCanBeAFailure(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		setting bool
		value   string
		fails   bool
	}{{false, "", false}, {true, "", true}, {false, "True", true}, {true, "False", false}} {
		b := newBench(t, map[string]string{"a": "b"})
		b.want.FailOnErrorOutput = tt.setting
		if tt.value != "" {
			b.set("Octopus.Action.FailScriptOnErrorOutput", tt.value)
		}
		b.want.Scripts.Deploy = "echo oops >&2"
		if _, err := b.perform(); (err != nil) != tt.fails || tt.fails && !strings.Contains(err.Error(), "error output") {
			t.Errorf("%+v: Perform = %v", tt, err)
		}
	}
}

func TestUnresolvedTextsFailBeforeAScriptRuns(t *testing.T) {
	t.Parallel()
	for field, change := range map[string]func(*task.Installation){
		"substitute-in-files, entry 1,":     func(w *task.Installation) { w.SubstituteIn = []string{"#{Nobody}"} },
		"structured-variables, entry 2,":    func(w *task.Installation) { w.StructuredIn = []string{"a", "#{Nobody}"} },
		"the custom installation directory": func(w *task.Installation) { w.Directory = "/srv/#{Nobody}" },
		"post-deployment script":            func(w *task.Installation) { w.Scripts.PostDeploy = "#{Nobody}" },
	} {
		b := newBench(t, map[string]string{"a": "b"})
		b.want.Scripts.PreDeploy = "echo pre"
		change(&b.want)
		b.fail(field + " uses #{Nobody}")
		if b.said() != "" {
			t.Errorf("%s: a script said %q", field, b.said())
		}
	}
}
