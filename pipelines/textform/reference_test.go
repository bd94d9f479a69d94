package textform_test

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"slipway/pipelines/textform"
)

// sectionOf is where the reference tells of what stands under a key; what is not
// named here is told where the key itself is.
var sectionOf = map[string]string{
	"environments": "Environment", "lifecycles": "Lifecycle", "users": "User", "user-roles": "User role", "teams": "Team", "targets": "Target",
	"variable-sets": "Variable set", "projects": "Project", "variables": "Variable", "channels": "Channel", "steps": "Step",
	"package": "package", "nginx": "nginx", "script": "script", "approval": "approval", "email": "email",
}

// reference is the page about text, by its headings; feeds and IIS have pages of
// their own, and what serves a package has all of a package's keys.
func reference(t *testing.T) map[string]string {
	t.Helper()
	read := func(page string) string {
		text, err := os.ReadFile("../../docs/reference/" + page)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	out := map[string]string{"feeds": read("feeds.md")}
	page := "\n" + read("configuration.md")
	headings := regexp.MustCompile(`\n##+ (.+)\n`).FindAllStringSubmatchIndex(page, -1)
	for i, h := range headings {
		end := len(page)
		if i+1 < len(headings) {
			end = headings[i+1][0]
		}
		out[page[h[2]:h[3]]] = page[h[1]:end]
	}
	out["nginx"] += out["package"]
	out["iis"] = read("iis.md") + out["package"]
	return out
}

// Every key that may be written stands in the reference, in its place.
func TestTheReferenceHasEveryKey(t *testing.T) {
	t.Parallel()
	pages := reference(t)
	seen, keys := map[string]bool{}, 0
	var walk func(of reflect.Type, section string)
	walk = func(of reflect.Type, section string) {
		for of.Kind() == reflect.Slice || of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct || seen[section+of.String()] {
			return
		}
		seen[section+of.String()] = true
		for i := range of.NumField() {
			f := of.Field(i)
			key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			switch {
			case f.Anonymous && key == "":
				walk(f.Type, section)
				continue
			case key == "" || key == "-" || f.Tag.Get("text") == "-" || f.Type.String() == "pipelines.Action":
				continue
			}
			keys++
			if !regexp.MustCompile("`[^`\n]*\\b" + regexp.QuoteMeta(key) + "\\b[^`\n]*`").MatchString(pages[section]) {
				t.Errorf("%q is a key of %s and stands nowhere in the section %q of the reference", key, of, section)
			}
			below := section
			if at := sectionOf[key]; at != "" && f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct {
				below = at
			} else if key == "feeds" {
				below = key
			}
			walk(f.Type, below)
		}
	}
	walk(reflect.TypeFor[textform.Nouns](), "Top level")
	for name, settings := range stepTypes() {
		walk(reflect.TypeOf(settings()), name)
	}
	if keys < 150 {
		t.Errorf("only %d keys were looked for", keys)
	}
}
