package markdown

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestHTML(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"a", "<p>a</p>"},
		{"a\nb  \nc", "<p>a\nb<br />\nc</p>"},
		{"# T\n\n---", "<h1>T</h1>\n<hr />"},
		{"- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"},
		{"```go\na<b\n```", "<pre><code class=\"language-go\">a&lt;b\n</code></pre>"},
		{"<b>\"x\" & y</b>", "<p><b>&quot;x&quot; &amp; y</b></p>"},
		{"![i](a.png)", "<p><img src=\"a.png\" alt=\"i\" /></p>"},
		{"*a* **b** ~~c~~ H~2~O 2^10^ ++d++ ==e==", "<p><em>a</em> <strong>b</strong> <del>c</del> H<sub>2</sub>O 2<sup>10</sup> <ins>d</ins> <mark>e</mark></p>"},
		{"a+b+c a=b=c c++ i+=1", "<p>a+b+c a=b=c c++ i+=1</p>"},
		{"10^-18^ x^+^ ++*a*++", "<p>10<sup>-18</sup> x<sup>+</sup> <ins><em>a</em></ins></p>"},
		{"+++a+++ ~~~b~~~", "<p>+<ins>a</ins>+ <sub><del>b</del></sub></p>"},
		{"|a|b|c|d|\n|:-|:-:|-:|-|\n|1|2|3|4|", "<table>\n<thead>\n<tr>\n<th style=\"text-align: left;\">a</th>\n<th style=\"text-align: center;\">b</th>\n<th style=\"text-align: right;\">c</th>\n<th>d</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td style=\"text-align: left;\">1</td>\n<td style=\"text-align: center;\">2</td>\n<td style=\"text-align: right;\">3</td>\n<td>4</td>\n</tr>\n</tbody>\n</table>"},
	} {
		checkHTML(t, c.in, c.want)
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	link := func(url, label string) string { return fmt.Sprintf(`<a href="%s">%s</a>`, url, label) }
	same := func(url string) string { return link(url, url) }
	for _, c := range []struct{ in, want string }{
		{"see http://a.com.", "see " + same("http://a.com") + "."},
		{"(https://a.com/x_(y)) ftp://f.org", "(" + same("https://a.com/x_(y)") + ") " + same("ftp://f.org")},
		{"www.a.com/b?c=d&e=f", link("http://www.a.com/b?c=d&amp;e=f", "www.a.com/b?c=d&amp;e=f")},
		{"mailto:me@a.com, mailto:@a.com", link("mailto:me@a.com", "me@a.com") + ", mailto:@a.com"},
		{"me@a.com", "me@a.com"},
		{"http://localhost xhttp://a.com http://a. http://a_b.com www.x", "http://localhost xhttp://a.com http://a. http://a_b.com www.x"},
		{"http://10.0.0.1:8080/x http://x_y.a.com", same("http://10.0.0.1:8080/x") + " " + same("http://x_y.a.com")},
		{"**http://a.com** _http://b.com_", "<strong>" + same("http://a.com") + "</strong> <em>" + same("http://b.com") + "</em>"},
		{"[http://a.com](http://b.com)", link("http://b.com", "http://a.com")},
		{"<a href=\"x\">http://a.com</a> http://b.com", "<a href=\"x\">http://a.com</a> " + same("http://b.com")},
		{"<http://a.com>", same("http://a.com")},
		{"http://a.com/<b>", same("http://a.com/") + "<b>"},
		{"http://a.com/x&hl;", same("http://a.com/x") + "&amp;hl;"},
		{"http://a.com?☃", link("http://a.com?%E2%98%83", "http://a.com?☃")},
		{"http://a.com\nhttp://b.com", same("http://a.com") + "\n" + same("http://b.com")},
	} {
		checkHTML(t, c.in, "<p>"+c.want+"</p>")
	}
}

func checkHTML(t *testing.T, in, want string) {
	t.Helper()
	if got, err := HTML(in); err != nil || strings.TrimSuffix(got, "\n") != want {
		t.Errorf("HTML(%q): error %v\n got %q\nwant %q", in, err, got, want)
	}
}

// However a text is nested, what callers let through is rendered in time: a
// second at worst on an idle machine, which a busy one may need longer for.
func TestHostileTextEnds(t *testing.T) {
	t.Parallel()
	const size = 40_000
	for _, piece := range []string{"x", "[", "![", "*a ", "**_~^==++", " http://a.b", "<a", "<a href='x'>http://a.b ", "`", "> ", "- ", "1. ", "|", "|-|\n", "[a](b", "&", "\\", "_a_ *", "(http://a.b", "~a ^b ", "a|b\n-|-\n"} {
		started := time.Now()
		if _, err := HTML(strings.Repeat(piece, size/len(piece))); err != nil {
			t.Errorf("%q repeated: %v", piece, err)
		}
		if took := time.Since(started); took > 30*time.Second {
			t.Errorf("%q repeated: %v", piece, took)
		}
	}
}
