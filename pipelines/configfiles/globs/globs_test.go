package globs_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines/configfiles/globs"
)

func TestMatch(t *testing.T) {
	t.Parallel()
	files := []string{
		"app.json", "App.JSON", "readme.txt", ".env", "config/app.json", "config/deep/app.json",
		"config/a1.json", "config/b2.yaml", "config/[x].json", "bin/app.dll.config",
	}
	cases := []struct {
		pattern  string
		foldCase bool
		want     []string
	}{
		{"app.json", false, []string{"app.json"}},
		{"./app.json", false, []string{"app.json"}},
		{`.\app.json`, false, []string{"app.json"}},
		{"app.json", true, []string{"app.json", "App.JSON"}},
		{"config/app.json", false, []string{"config/app.json"}},
		{`config\app.json`, false, []string{"config/app.json"}},
		{"config//./app.json", false, []string{"config/app.json"}},
		{`CONFIG\*.JSON`, true, []string{"config/app.json", "config/a1.json", "config/[x].json"}},
		{"*.json", false, []string{"app.json"}},
		{"**/*.json", false, []string{"app.json", "config/app.json", "config/deep/app.json", "config/a1.json", "config/[x].json"}},
		{"**/app.json", false, []string{"app.json", "config/app.json", "config/deep/app.json"}},
		{"config/**", false, []string{"config/app.json", "config/deep/app.json", "config/a1.json", "config/b2.yaml", "config/[x].json"}},
		{"config/**/app.json", false, []string{"config/app.json", "config/deep/app.json"}},
		{"config/??.*", false, []string{"config/a1.json", "config/b2.yaml"}},
		{"config/[ab]?.*", false, []string{"config/a1.json", "config/b2.yaml"}},
		{"config/[!a]?.*", false, []string{"config/b2.yaml"}},
		{"config/[a-c]1.json", false, []string{"config/a1.json"}},
		{"config/*.{json,yaml}", false, []string{"config/app.json", "config/a1.json", "config/b2.yaml", "config/[x].json"}},
		{"{config/{a,b}?,bin/app.dll}.{json,config}", false, []string{"config/a1.json", "bin/app.dll.config"}},
		{"{config,bin}/app.*", false, []string{"config/app.json", "bin/app.dll.config"}},
		{"config/[x].json", false, []string{"config/[x].json"}},
		{"*", false, []string{"app.json", "App.JSON", "readme.txt", ".env"}},
		{"config", false, nil},
		{"../app.json", false, nil},
		{"/app.json", false, nil},
	}
	for _, c := range cases {
		p, err := globs.Compile(c.pattern, c.foldCase)
		if err != nil {
			t.Errorf("Compile(%q): %v", c.pattern, err)
			continue
		}
		var got []string
		for _, f := range files {
			if p.Match(f) {
				got = append(got, f)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q (fold %v) means %q, want %q", c.pattern, c.foldCase, got, c.want)
		}
	}
}

func TestCoversKeepsWhatIsBelow(t *testing.T) {
	t.Parallel()
	cases := []struct {
		pattern, path string
		want          bool
	}{
		{"logs", "logs", true},
		{"logs", "logs/2030/a.log", true},
		{"logs/", "logs/a.log", true},
		{"logs", "old/logs/a.log", false},
		{"**/logs", "old/logs/a.log", true},
		{"logs/*.log", "logs/a.log", true},
		{"logs/*.log", "logs/a.txt", false},
		{"logs/*.log", "logs", false},
		{"/logs", "/logs/a.log", true},
	}
	for _, c := range cases {
		p, err := globs.Compile(c.pattern, false)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Covers(c.path); got != c.want {
			t.Errorf("%q covers %q = %v, want %v", c.pattern, c.path, got, c.want)
		}
	}
}

func TestCompileRefuses(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{"", "./", "a[b", "a{b", strings.Repeat("a", 5000), strings.Repeat("{a,b,c}", 20)} {
		if _, err := globs.Compile(pattern, false); err == nil {
			t.Errorf("Compile(%.20q): no error", pattern)
		}
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	got := globs.Lines("  a.json \r\n\r\nb c.json\n\t\nd,e.json\rf")
	if want := []string{"a.json", "b c.json", "d,e.json", "f"}; !slices.Equal(got, want) {
		t.Errorf("Lines = %q, want %q", got, want)
	}
	if got := globs.Lines(" \n "); got != nil {
		t.Errorf("Lines of nothing = %q", got)
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("**/{a,b}*[!c]?.json", "x/a1.json", true)
	f.Add(`.\a{b`, "a{b", false)
	f.Fuzz(func(t *testing.T, pattern, path string, fold bool) {
		p, err := globs.Compile(pattern, fold)
		if err != nil {
			return
		}
		start := time.Now()
		if p.Match(path) && !p.Covers(path) {
			t.Errorf("%q matches %q and does not cover it", pattern, path)
		}
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("%q took %v on %q", pattern, took, path)
		}
	})
}
