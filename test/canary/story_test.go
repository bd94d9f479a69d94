package canary

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"slipway/pipelines/octostache"
)

// variable is the name under which a secret is used.
func (s secret) variable() string { return strings.ToUpper(s.name[:1]) + s.name[1:] }

// configure sets the secrets, or writes the same values openly into the variables, and applies what stands in testdata.
func (w *world) configure(all []secret, openly bool) {
	w.t.Helper()
	var lines, names []string
	for _, s := range all {
		names = append(names, s.variable())
		is := "secret: the " + s.name
		if openly {
			is = "value: " + inJSON(octostache.Escape(s.value))
		} else {
			w.slipway(random(30), "secret", "set", "the "+s.name) // what was set before is gone
			w.slipway(s.value, "secret", "set", "the "+s.name)
		}
		scope := ""
		if s.name == "scoped" {
			scope = ", environments: [Dev], roles: [one]"
		}
		lines = append(lines, fmt.Sprintf("      - { name: %s, %s%s }", s.variable(), is, scope))
	}
	with := strings.NewReplacer("$SECRETS", strings.Join(lines, "\n"), "$HOME_ONE", w.path("one"), "$HOME_TWO", w.path("two"), "$NAMES", strings.Join(names, " "))
	found, err := filepath.Glob("testdata/*.*")
	must(w.t, err)
	folder := w.t.TempDir()
	for _, file := range found {
		text, err := os.ReadFile(file)
		must(w.t, err)
		must(w.t, os.WriteFile(filepath.Join(folder, filepath.Base(file)), []byte(with.Replace(string(text))), 0o600))
	}
	w.slipway("", "apply", folder, "--yes")
	for _, id := range []string{"App", "Broken", "Failing"} {
		out := w.t.TempDir()
		w.slipway("", "pack", filepath.Join("testdata", id), "--id", id, "--version", "1.0.0", "--out", out)
		w.slipway("", "push", filepath.Join(out, id+".1.0.0.nupkg"))
	}
}
