package main

import (
	"bytes"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"slipway/web/pages"
)

func rendered(t *testing.T, s sample) string {
	t.Helper()
	var b bytes.Buffer
	if err := s.Page.Render(t.Context(), &b); err != nil {
		t.Fatalf("page %s: %v", s.Name, err)
	}
	return b.String()
}

// everyPage runs a rule over each sample; whole says that it is not a fragment.
func everyPage(t *testing.T, rule func(t *testing.T, html string, whole bool)) {
	t.Parallel()
	for _, s := range samples() {
		t.Run(s.Name, func(t *testing.T) {
			html := rendered(t, s)
			rule(t, html, !s.Fragment)
		})
	}
}

var (
	anyTag    = regexp.MustCompile(`<([a-zA-Z][a-zA-Z0-9]*)((?:\s[^>]*)?)>`)
	attribute = regexp.MustCompile(`([a-zA-Z-]+)(?:="([^"]*)")?`)
	form      = regexp.MustCompile(`(?s)<form ([^>]*)>(.*?)</form>`)
)

type tag struct {
	name  string
	attrs map[string]string
}

func tags(html string) []tag {
	var all []tag
	for _, m := range anyTag.FindAllStringSubmatch(html, -1) {
		t := tag{name: strings.ToLower(m[1]), attrs: map[string]string{}}
		for _, a := range attribute.FindAllStringSubmatch(m[2], -1) {
			t.attrs[a[1]] = a[2]
		}
		all = append(all, t)
	}
	return all
}

func TestNothingInline(t *testing.T) {
	everyPage(t, func(t *testing.T, html string, _ bool) {
		for _, tag := range tags(html) {
			switch {
			case tag.name == "style":
				t.Error("a style element is inline style, which the policy forbids")
			case tag.name == "script" && tag.attrs["src"] == "":
				t.Error("a script element without src is an inline script, which the policy forbids")
			}
			for name, value := range tag.attrs {
				if name == "style" || strings.HasPrefix(name, "on") || strings.HasPrefix(name, "hx-on") || strings.HasPrefix(value, "javascript:") {
					t.Errorf("<%s %s=%q> is inline, which the policy forbids", tag.name, name, value)
				}
			}
		}
	})
}

func TestFormsPostAndHaveAButton(t *testing.T) {
	everyPage(t, func(t *testing.T, html string, _ bool) {
		found := form.FindAllStringSubmatch(html, -1)
		if strings.Count(html, "<form") != len(found) {
			t.Fatalf("%d forms begin, %d end", strings.Count(html, "<form"), len(found))
		}
		for _, f := range found {
			asks := strings.Contains(f[1], `method="get"`) && (strings.Contains(f[1], `role="search"`) || !strings.Contains(f[2], `type="hidden"`)) // changes nothing
			if !strings.Contains(f[1], `method="post"`) && !asks || !strings.Contains(f[1], `action="`) {
				t.Errorf("form %s does not post to an address", f[1])
			}
			if !strings.Contains(f[2], `<button type="submit"`) {
				t.Errorf("form %s has no submit button", f[1])
			}
		}
		for _, tag := range tags(html) {
			if tag.name == "button" && tag.attrs["type"] != "submit" {
				t.Errorf("button %v has type %q, want submit", tag.attrs, tag.attrs["type"])
			}
		}
	})
}

func TestInputsHaveLabels(t *testing.T) {
	everyPage(t, func(t *testing.T, html string, _ bool) {
		labels := map[string]bool{}
		for _, tag := range tags(html) {
			if tag.name == "label" {
				labels[tag.attrs["for"]] = true
			}
		}
		for _, tag := range tags(html) {
			input := tag.name == "input" && tag.attrs["type"] != "hidden" || tag.name == "textarea" || tag.name == "select"
			_, unseen := tag.attrs["hidden"] // it tells a password manager who signs in
			if input && !unseen && !labels[tag.attrs["id"]] {
				t.Errorf("<%s name=%q> has no label", tag.name, tag.attrs["name"])
			}
		}
	})
}

func TestIDsAreUniqueAndReferencesResolve(t *testing.T) {
	everyPage(t, func(t *testing.T, html string, whole bool) {
		ids := map[string]bool{}
		for _, tag := range tags(html) {
			id := tag.attrs["id"]
			if id != "" && ids[id] {
				t.Errorf("id %q stands twice", id)
			}
			ids[id] = true
		}
		if !whole {
			return // a fragment refers to the page it becomes part of
		}
		for _, tag := range tags(html) {
			refs := strings.Fields(tag.attrs["aria-labelledby"] + " " + tag.attrs["aria-describedby"] + " " + tag.attrs["for"])
			if rest, ok := strings.CutPrefix(tag.attrs["href"], "#"); ok {
				refs = append(refs, rest)
			}
			for _, ref := range refs {
				if !ids[ref] {
					t.Errorf("<%s> refers to #%s, which is not on the page", tag.name, ref)
				}
			}
		}
	})
}

func TestLinksStartAtTheBase(t *testing.T) {
	everyPage(t, func(t *testing.T, html string, _ bool) {
		for _, tag := range tags(html) {
			for _, name := range []string{"href", "src", "action", "hx-get"} {
				link, ok := tag.attrs[name]
				away := name == "href" && strings.HasPrefix(link, "https://") && strings.Contains(tag.attrs["rel"], "noreferrer")
				if ok && !away && !strings.HasPrefix(link, base+"/") && !strings.HasPrefix(link, "#") {
					t.Errorf("<%s %s=%q> does not start at the base path", tag.name, name, link)
				}
			}
		}
	})
}

func TestPagesAreWellFurnished(t *testing.T) {
	everyPage(t, func(t *testing.T, html string, whole bool) {
		for _, tag := range tags(html) {
			if tag.name == "th" && tag.attrs["scope"] == "" {
				t.Error("a table header has no scope")
			}
			if tag.name == "iframe" {
				sandbox, ok := tag.attrs["sandbox"]
				if !ok || strings.Contains(sandbox, "scripts") || strings.Contains(sandbox, "same-origin") || tag.attrs["title"] == "" {
					t.Errorf("frame %v lacks a title or a sandbox without scripts and origin", tag.attrs)
				}
			}
		}
		if !whole {
			return
		}
		for _, want := range []string{`<html lang="en">`, `class="skip" href="#main"`, `name="htmx-config"`, "<h1 "} {
			if strings.Count(html, want) != 1 {
				t.Errorf("%q stands %d times, want once", want, strings.Count(html, want))
			}
		}
	})
}

var (
	usedClass = regexp.MustCompile(`class="([^"]*)"`)
	setClass  = regexp.MustCompile(`\.(-?[a-zA-Z][a-zA-Z-]*)`)
)

func TestStyleSheetNamesOnlyClassesThatAreUsed(t *testing.T) {
	t.Parallel()
	used := map[string]bool{"is-unknown": true}
	for _, s := range samples() {
		for _, m := range usedClass.FindAllStringSubmatch(rendered(t, s), -1) {
			for _, c := range strings.Fields(m[1]) {
				used[c] = true
			}
		}
	}
	for _, sheet := range []string{"slipway.css"} {
		css, err := fs.ReadFile(pages.Static(), sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range strings.Split(string(css), "}") {
			selector, _, _ := strings.Cut(block, "{")
			for _, m := range setClass.FindAllStringSubmatch(selector, -1) {
				if !used[m[1]] && m[1] != "css" {
					t.Errorf("%s styles .%s, which no sample uses", sheet, m[1])
				}
			}
		}
	}
}
