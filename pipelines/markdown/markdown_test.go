package markdown

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestMarkdownBecomesHTML(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"Quotes are **larger**.":                "<p>Quotes are <strong>larger</strong>.</p>\n",
		"# New\n\n- one\n- two":                 "<h3>New</h3>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n",
		"[all](https://example.org/a?b=1&c=2)":  `<p><a href="https://example.org/a?b=1&amp;c=2" rel="noreferrer nofollow">all</a></p>` + "\n",
		"see https://example.org/x":             `<p>see <a href="https://example.org/x" rel="noreferrer nofollow">https://example.org/x</a></p>` + "\n",
		"[x](javascript:alert(1))":              `<p><a href="" rel="noreferrer nofollow">x</a></p>` + "\n",
		"[x](//evil.example)":                   `<p><a href="" rel="noreferrer nofollow">x</a></p>` + "\n",
		"[x](/projects/Projects-1/delete)":      `<p><a href="" rel="noreferrer nofollow">x</a></p>` + "\n",
		"![beacon](https://evil.example/p.png)": `<p><a href="https://evil.example/p.png" rel="noreferrer nofollow">beacon</a></p>` + "\n",
		"<script>alert(1)</script>":             "<!-- raw HTML omitted -->\n",
		"a <b onclick=x>b</b>":                  "<p>a <!-- raw HTML omitted -->b<!-- raw HTML omitted --></p>\n",
		"<javascript:alert(1)> <a@example.org>": `<p>javascript:alert(1) <a href="mailto:a@example.org" rel="noreferrer nofollow">a@example.org</a></p>` + "\n",
		"`a < b`":                               "<p><code>a &lt; b</code></p>\n",
		"":                                      "",
	} {
		if got := HTML(source); got != want {
			t.Errorf("HTML of %q is %q, want %q", source, got, want)
		}
	}
}

func TestHostileMarkdownIsShownAsTyped(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{
		"quotes":   strings.Repeat(">", 5000) + " a",
		"lists":    strings.Repeat("- ", 5000) + "a",
		"brackets": strings.Repeat("[", 50_000),
		"long":     strings.Repeat("a ", 100_000),
		"stars":    strings.Repeat("*a ", 20_000),
		"ticks":    strings.Repeat("`a ", 20_000),
		"links":    strings.Repeat("[a](", 15_000),
		"mixed":    strings.Repeat("*a_", 20_000),
	} {
		began := time.Now()
		HTML(source)
		if took := time.Since(began); took > time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}

var active = regexp.MustCompile(`(?i)<(script|iframe|object|embed|img|style|link|meta|form|input|base|svg)|<[^>]+\son\w+=|href="(?:[^"h m]|h(?:[^t])|javascript)`)

func FuzzHTML(f *testing.F) {
	for _, seed := range []string{"# a", "[x](javascript:alert(1))", "<img src=x onerror=alert(1)>", "![a](data:text/html,x)", "<https://a.example>", "[a]: vbscript:x\n[a]", "|a|\n|-|\n|b|"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		if found := active.FindString(HTML(source)); found != "" {
			t.Errorf("HTML of %q holds %q", source, found)
		}
	})
}
