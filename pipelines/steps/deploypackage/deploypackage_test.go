package deploypackage

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/pipelines/plan"
)

var update = flag.Bool("update", false, "write what the steps want now")

func TestCheck(t *testing.T) {
	t.Parallel()
	with := func(more string) string { return `{"id":"Shop",` + more + `}` }
	for _, c := range []struct{ settings, want string }{
		{`{"id":"Shop"}`, ""},
		{`{}`, "id: a package step names the package it installs, like `id: RandomQuotes`"},
		{`[]`, "json: cannot unmarshal array into Go value of type deploypackage.Settings"},
		{with(`"install-directory":"/srv/shop","purge":true,"purge-except":["uploads","#{Keep}"]`), ""},
		{with(`"install-directory":"#{Root}/shop"`), ""},
		{with(`"install-directory":"C:\\Shop"`), ""},
		{with(`"install-directory":"srv/shop"`), `install-directory: install-directory is an absolute path on the host, like /srv/shop; got "srv/shop"`},
		{with(`"install-directory":"/srv/.."`), `install-directory: install-directory is a folder of the package's own, not the whole disk; got "/srv/.."`},
		{with(`"install-directory":"D:\\"`), `install-directory: install-directory is a folder of the package's own, not the whole disk; got "D:\\"`},
		{with(`"purge":true`), "purge: purge empties install-directory, and there is none: a new folder for each version needs no purging"},
		{with(`"install-directory":"/srv/shop","purge-except":["a"]`), "purge-except: purge-except goes with install-directory and `purge: true`"},
		{with(`"substitute-in-files":["**/*.txt","[a"]`), `substitute-in-files[1]: file pattern "[a" has a bracket or brace without its partner: close it, or write ? for that character`},
		{with(`"structured-variables":[""]`), `structured-variables[0]: file pattern "" names nothing: write a file's path or a pattern like **/*.config`},
		{with(`"output-encoding":"utf-16"`), ""},
		{with(`"output-encoding":"klingon"`), `output-encoding: "klingon" is not the name of an encoding, like utf-8 or windows-1252`},
		{with(`"script-syntax":"powershell"`), ""},
		{with(`"script-syntax":"#{Language}"`), "script-syntax: scripts are written in bash, powershell or python; got #{Language}"},
		{with(`"config-transforms":{"automatic":true,"files":["a => b","#{Mine}"]}`), ""},
		{with(`"config-transforms":{"files":["a =>"," "]}`), "config-transforms.files[0]: config transform \"a =>\": a file is missing beside the arrow; write transform => target, like *.Prod.config => *.config\n" +
			"config-transforms.files[1]: a transform is a file, or `transform => target`, like *.Release.config => *.config"},
	} {
		var got []string
		for _, p := range (Type{}).Check(json.RawMessage(c.settings)) {
			got = append(got, p.String())
		}
		if text := strings.Join(got, "\n"); text != c.want {
			t.Errorf("Check(%s) =\n%s\nwant\n%s", c.settings, text, c.want)
		}
	}
}

// TestWant writes what a step wants, with the host's half as text.
func TestWant(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]string{
		"small": `{"id":"Shop"}`,
		"everything": `{"id":"Shop","pre-deploy":"echo pre","deploy":"echo #{A}","post-deploy":"echo post",
			"substitute-in-files":["*.txt","#{List}"],"output-encoding":"utf-8","structured-variables":["*.json"],"config-variables":true,
			"config-transforms":{"automatic":true,"files":["web.X.config => web.config"],"ignore-errors":true,"warnings-as-errors":false},
			"install-directory":"/srv/#{Site}","purge":true,"purge-except":["uploads"],"skip-if-installed":true,"packaged-scripts":false,"fail-on-error-output":true}`,
		"powershell":           `{"id":"Shop","script-syntax":"powershell","deploy":"Write-Host '#{A}'"}`,
		"defaults-written-out": `{"id":"Shop","script-syntax":"bash","deploy":"echo","packaged-scripts":true,"config-transforms":{"warnings-as-errors":true}}`,
	} {
		want, err := Type{}.Want(plan.Context{Project: "Shop", Environment: "Dev", Step: "Deploy"}, json.RawMessage(settings))
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(want); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", name+".json")
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := b.String(); got != string(file) {
			t.Errorf("%s: Want =\n%s\nwant\n%s", name, got, file)
		}
	}
	if _, err := (Type{}).Want(plan.Context{}, json.RawMessage(`[]`)); err == nil {
		t.Error("Want of a list gives no error")
	}
}

func TestPackage(t *testing.T) {
	t.Parallel()
	for settings, want := range map[string]string{`{"id":"A"}`: "A", `{}`: "", `[]`: ""} {
		if got := (Type{}).Package(json.RawMessage(settings)); got != want {
			t.Errorf("Package(%s) = %q, want %q", settings, got, want)
		}
	}
}

func TestDefaultSyntax(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		settings Installation
		want     string
	}{
		{Installation{Deploy: "x"}, "powershell"},
		{Installation{Deploy: "x", ScriptSyntax: "bash"}, ""},
		{Installation{Deploy: "x", ScriptSyntax: "python"}, "python"},
		{Installation{}, ""},
	} {
		if got := c.settings.DefaultSyntax("powershell").Payload().Scripts.Syntax; got != c.want {
			t.Errorf("%+v: the host is told %q, want %q", c.settings, got, c.want)
		}
	}
}
