package browser

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// axeSource is axe-core as install.sh has fetched it.
var axeSource = sync.OnceValues(func() (string, error) {
	tools := os.Getenv("SLIPWAY_TOOLS")
	if tools == "" {
		tools = "/var/cache/slipway/tools"
	}
	source, err := os.ReadFile(filepath.Join(tools, "axe", "axe.min.js"))
	return string(source), err
})

func needAxe(t *testing.T) string {
	t.Helper()
	source, err := axeSource()
	if err != nil && os.Getenv("CI") != "true" {
		t.Skipf("axe-core is not here: `make install` fetches it: %v", err)
	}
	must(t, err)
	return source
}

// violation is what axe says about one element.
type violation struct{ Rule, Help, Element, Why string }

// runAxe judges the page by all rules of axe, and by the size of targets, which
// is off by default. What it is unsure about it does not tell. It does not wait for
// an answer of frames, where it is not.
const runAxe = `axe.run(document, {resultTypes: ['violations'], iframes: false, rules: {'target-size': {enabled: true}}%ONLY%}).then(r => r.violations.flatMap(v =>
	v.nodes.map(n => ({Rule: v.id, Help: v.help, Element: n.html.slice(0, 200), Why: n.failureSummary}))))`

// form is how a page is looked at. The first one is asked by all rules. In the dark
// nothing but colours is another, and on a phone nothing but places: what is a
// name, a role or an order there is the same page.
type form struct {
	name, scheme  string
	width, height int64
	only          string // rules; empty for all
}

var forms = []form{
	{"wide, light", "light", 1280, 900, ""}, {"wide, dark", "dark", 1280, 900, "'color-contrast', 'link-in-text-block'"},
	{"narrow, light", "light", 360, 800, "'target-size', 'scrollable-region-focusable', 'meta-viewport', 'region', 'skip-link'"},
}

func (f form) axe() string {
	only := ""
	if f.only != "" {
		only = ", runOnly: {type: 'rule', values: [" + f.only + "]}"
	}
	return strings.ReplaceAll(runAxe, "%ONLY%", only)
}

// excused are elements that a rule takes for wrong and WCAG does not.
func (v violation) excused() bool {
	// The number of a line in a log is as high as the line: "constrained by the line-height of non-target text" (2.5.8, inline).
	return v.Rule == "target-size" && strings.HasPrefix(v.Element, `<a class="n" `)
}

// formsOf are those that the n-th page is looked at in. Colours come from the
// palette, which has a test of its own: so in the dark it is every third page, but
// all in the run that measures.
func formsOf(n int) []form {
	if n%3 == 0 || os.Getenv("SLIPWAY_MEASURE") != "" {
		return forms
	}
	return slices.DeleteFunc(slices.Clone(forms), func(f form) bool { return f.scheme == "dark" })
}

// verdict judges the open page in these forms; what is wrong in several is told once.
func (b tab) verdict(source, page string, forms []form) {
	b.t.Helper()
	told := map[string]bool{}
	for _, f := range forms {
		b.prefers(f.scheme)
		b.do(chromedp.EmulateViewport(f.width, f.height))
		if !b.is(`typeof axe !== 'undefined'`) {
			evaluate[bool](b, source+"; true")
		}
		for _, v := range evaluate[[]violation](b, f.axe(), awaited) {
			if key := v.Rule + v.Element; !told[key] && !v.excused() {
				told[key] = true
				b.t.Errorf("%s (%s): %s: %s\n\t%s\n\t%s", page, f.name, v.Rule, v.Help, v.Element, strings.ReplaceAll(v.Why, "\n", "\n\t"))
			}
		}
		if wide := evaluate[int64](b, "document.documentElement.scrollWidth"); wide > f.width {
			b.t.Errorf("%s (%s) is %d px wide and scrolls sideways", page, f.name, wide)
		}
	}
}

// Every page of the route table, with something on it.
func TestAxe(t *testing.T) {
	t.Parallel()
	source := needAxe(t)
	s := setStage(t)
	tabs := map[string]tab{}
	pages := s.visits(t)
	looks := 0
	for i, v := range pages {
		b, open := tabs[v.who]
		if !open {
			b = s.tab(t)
			if v.who != "" {
				b.signIn(v.who)
			}
			tabs[v.who] = b
		}
		b.open(v.path)
		if v.who != "" && b.is(there("signin-form")) {
			t.Errorf("%s asks %s to sign in", v.path, v.who)
		}
		b.verdict(source, v.path, formsOf(i))
		looks += len(formsOf(i))
	}
	t.Logf("axe: %d pages in %d forms", len(pages), looks)
}

// The page of the first administrator, on a server that has none.
func TestAxeBeforeSetUp(t *testing.T) {
	t.Parallel()
	source := needAxe(t)
	s := &server{t: t, dir: t.TempDir(), said: &words{}}
	own, err := os.Executable()
	must(t, err)
	init := exec.Command(own, "init", "--data", s.data())
	init.Env = append(os.Environ(), asSlipway+"=1")
	var out bytes.Buffer
	init.Stdout, init.Stderr = &out, &out
	if err := init.Run(); err != nil {
		t.Fatalf("init: %v: %s", err, out.String())
	}
	path := regexp.MustCompile(`/setup/[\w-]+`).FindString(out.String())
	if path == "" {
		t.Fatalf("init says no address: %s", out.String())
	}
	s.serve()
	b := s.tab(t)
	for _, p := range []string{path, "/"} {
		b.open(p)
		b.verdict(source, p, forms)
	}
	t.Logf("axe: 2 pages × %d forms", len(forms))
}
