package install

import (
	"path/filepath"
	"slices"
	"testing"
)

func TestRoot(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		values map[string]string
		want   string
	}{
		{map[string]string{"Octopus.Tentacle.Agent.ApplicationDirectoryPath": "/srv", "env:HOME": "/home/me"}, "/srv"},
		{map[string]string{"env:HOME": "/home/me"}, "/home/me" + filepath.FromSlash("/Applications")},
		{map[string]string{"env:HOME": "/home/me", "env:SystemDrive": "C:"}, "C:" + filepath.FromSlash("/Applications")},
		{nil, ""},
	} {
		got, err := Root(func(name string) string { return tt.values[name] })
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("Root(%v) = %q, %v, want %q", tt.values, got, err, tt.want)
		}
	}
}

func TestPlace(t *testing.T) {
	t.Parallel()
	slashed := filepath.ToSlash
	p := Place{Root: "/srv", Folders: []string{"Acme", "Dev"}, Package: "com.acme:shop", Version: "1.0.0+b"}
	all := slices.Collect(p.Candidates())
	if len(all) != mostFolders || slashed(all[0]) != "/srv/Acme/Dev/com.acme%3Ashop/1.0.0+b" || all[2] != all[0]+"_2" {
		t.Errorf("%d candidates, %s, %s", len(all), all[0], all[2])
	}
	if got := Without("/\x00", "a/b\x00c d"); got != "abc d" {
		t.Errorf("Without = %q", got)
	}
	for _, bad := range []Place{{Package: "a", Version: ".."}, {Package: "..", Version: "1"}, {Package: "a", Version: ""}} {
		if bad.check() == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}
