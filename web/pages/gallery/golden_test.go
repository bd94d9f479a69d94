package main

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// fingerprint changes with every edit of an asset, and says nothing about a page.
var fingerprint = regexp.MustCompile(`\?v=[0-9a-f]{12}`)

// lines puts each element on its own line, so that a difference can be read.
func lines(html string) string {
	html = fingerprint.ReplaceAllString(html, "?v=…")
	return strings.ReplaceAll(html, "><", ">\n<") + "\n"
}

func TestGoldenPages(t *testing.T) {
	t.Parallel()
	central := map[string]bool{"dashboard": true, "project": true, "confirm": true, "deployment-waiting": true, "deployment-live": true, "answer-wrong": true, "signin-problem": true, "kept": true, "variables-here": true, "variable-conflict": true, "lifecycle": true, "edit-preview": true, "search": true, "user": true, "team-edit": true, "user-role": true, "keys": true, "key-shown": true}
	for _, s := range samples() {
		if !central[s.Name] {
			continue
		}
		got := lines(rendered(t, s))
		path := filepath.Join("testdata", s.Name+".html")
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatalf("%v (write it with -update)", err)
		}
		if got != string(want) {
			t.Errorf("page %s differs from %s; first at:\n%s", s.Name, path, firstDifference(got, string(want)))
		}
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "got  " + g[i] + "\nwant " + w[i]
		}
	}
	return "one of them ends early"
}
