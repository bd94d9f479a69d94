package transforms_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"slipway/pipelines/configfiles/transforms"
)

func TestFind(t *testing.T) {
	t.Parallel()
	files := []string{
		"/app/web.config", "/app/web.Release.config", "/app/web.Prod.config", "/app/one.xml",
		"/app/sub/web.config", "/app/t/web.p.config", "/app/t/app.p.config", "/etc/t/one.config",
	}
	got, err := transforms.Find(files, "/app/", transforms.Options{
		Additional: "t/*.p.config => *.config, /etc/t/one.config => one.xml, none.config => web.config, t\\web.p.config => web.config",
		Automatic:  true, Environment: "Prod", Tenant: " ",
	})
	want := transforms.Found{
		Pairs: []transforms.Pair{
			{Source: "/app/web.config", Transform: "/app/t/web.p.config"},
			{Source: "/app/web.config", Transform: "/app/web.Release.config"},
			{Source: "/app/web.config", Transform: "/app/web.Prod.config"},
			{Source: "/app/one.xml", Transform: "/etc/t/one.config"},
		},
		Unmatched:   []string{"none.config => web.config"},
		Overlapping: []string{`t\web.p.config => web.config`},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Find = %+v, %v, want %+v", got, err, want)
	}
}

func TestFindRefusesHalfAnItem(t *testing.T) {
	t.Parallel()
	for _, item := range []string{"a.config =>", "=> a.config", " => ", "a =>  => b"} {
		if _, err := transforms.Find(nil, "/app", transforms.Options{Additional: item}); err == nil || !strings.Contains(err.Error(), strings.TrimSpace(item)) {
			t.Errorf("Find with item %q: error %v, want one that names it", item, err)
		}
	}
}

func TestFolders(t *testing.T) {
	t.Parallel()
	got, err := transforms.Folders(transforms.Options{Additional: "/etc/x/../t/*.p.config => *.config\n/etc/t/q => web.config\nt/a => b\n/ignored"})
	if want := []string{"/etc/t/"}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Folders = %q, %v, want %q", got, err, want)
	}
}

func TestFromVariables(t *testing.T) {
	t.Parallel()
	values := map[string]string{
		"Octopus.Action.Package.AdditionalXmlConfigurationTransforms":             "a => b",
		"Octopus.Action.Package.AutomaticallyRunConfigurationTransformationFiles": " TRUE ",
		"Octopus.Environment.Name":       "Prod",
		"Octopus.Deployment.Tenant.Name": "Acme",
		"Octopus.Action.AdditionalPaths": "/x, ,/y\n/z\r\n",
	}
	got := transforms.FromVariables(func(name string) string { return values[name] }, true)
	want := transforms.Options{Windows: true, Additional: "a => b", Automatic: true, Environment: "Prod", Tenant: "Acme", AlsoBelow: []string{"/x", "/y", "/z"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("FromVariables = %+v, want %+v", got, want)
	}
}

func FuzzFind(f *testing.F) {
	f.Add("/app/a.config\n/app/a.p.config", "*.p.config => *.config", false)
	f.Add("c:\\app\\a.config\nc:\\t\\a.config", "c:\\t\\*.config => .\\*.config, x?*", true)
	f.Fuzz(func(t *testing.T, files, list string, windows bool) {
		given := strings.Split(files, "\n")
		found, err := transforms.Find(given, "/app", transforms.Options{Windows: windows, Additional: list, Automatic: true, Environment: list})
		if err != nil {
			return
		}
		seen := map[transforms.Pair]bool{}
		for _, p := range found.Pairs {
			if seen[p] || p.Source == p.Transform {
				t.Errorf("pair %q stands twice or is one file", p)
			}
			seen[p] = true
		}
	})
}

func BenchmarkFind(b *testing.B) {
	var files []string
	for i := range 10_000 {
		files = append(files, fmt.Sprintf("/app/dir%d/file%d.config", i%100, i))
	}
	var list []string
	for i := range 20 {
		list = append(list, fmt.Sprintf("*.p%d.config => *.config", i))
	}
	options := transforms.Options{Additional: strings.Join(list, "\n"), Automatic: true, Environment: "Prod"}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := transforms.Find(files, "/app", options); err != nil {
			b.Fatal(err)
		}
	}
}
