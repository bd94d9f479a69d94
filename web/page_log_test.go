package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"slipway/pipelines/task"
)

// print adds lines to what a deployment's first task has put out.
func (k *pageKit) print(deployment string, texts ...string) {
	k.t.Helper()
	w, err := k.output.Writer(deployment, "t0", "more", 0)
	must(k.t, err)
	for i, text := range texts {
		must(k.t, w.Append(k.t.Context(), task.Line{Seq: int64(i + 1), At: time.Now().Add(time.Hour), Stream: task.Stdout, Text: text}))
	}
	must(k.t, w.Flush(k.t.Context()))
}

func TestTheLogIsSearchedAtTheServer(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "/slipway")
	d := k.push("1.0.1")
	texts := make([]string, 1000)
	for i := range texts {
		texts[i] = fmt.Sprintf("file %d is unpacked", i)
	}
	texts[3], texts[700] = "Needle & <b>one</b>", "the second NEEDLE"
	k.print(d.ID, texts...)
	admin := k.browser("admin")
	path := "/deployments/" + d.ID
	last := admin.has(path+"?find=needle", http.StatusOK, "2 of 2 lines", "<mark>NEEDLE</mark>", testid("previous-hit"), testid("later"), testid("tail"), `value="needle"`)
	if strings.Contains(last.body, testid("next-hit")) || strings.Contains(last.body, "<b>one") {
		t.Errorf("the last hit offers a next one, or lines bring markup")
	}
	first := admin.has(path+"?find=needle&hit=1", http.StatusOK, "1 of 2 lines", "<mark>Needle</mark> &amp; &lt;b&gt;one&lt;/b&gt;", testid("next-hit"))
	if strings.Contains(first.body, "file 700") {
		t.Error("the whole log is sent for one hit")
	}
	admin.has(path+"?step=1&host=web-1&find=needle", http.StatusOK, "2 of 2 lines", `name="host" value="web-1"`)
	admin.has(path+"?find=nowhere", http.StatusOK, "no line", testid("log-raw"))
	admin.has(path+"?find="+strings.Repeat("x", 300), http.StatusOK, "1 to 200 bytes")
	admin.has(path+"?find=needle&hit=99999999999999999999", http.StatusOK, "2 of 2 lines")
	admin.has(path+"?step=1&host=%3Cscript%3E", http.StatusOK, "Only step Deploy web app to Nginx.")
}

func TestTheLogIsATextFile(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	d := k.push("1.0.1")
	k.print(d.ID, "one", "two\r", "<script>three</script>")
	admin := k.browser("admin")
	for _, path := range []string{"/log.txt", "/log.txt?step=1", "/log.txt?step=1&host=web-1"} {
		got := admin.has("/deployments/"+d.ID+path, http.StatusOK, "\tweb-1\tDeploy web app to Nginx\tout\tone\n", "\tout\ttwo\n", "<script>three</script>\n")
		if kind, as := got.header.Get("Content-Type"), got.header.Get("Content-Disposition"); !strings.HasPrefix(kind, "text/plain") || !strings.HasPrefix(as, "attachment;") {
			t.Errorf("%s is sent as %s, %s", path, kind, as)
		}
	}
	if got := admin.get("/deployments/" + d.ID + "/log.txt?step=2"); got.status != http.StatusOK || got.body != "" {
		t.Errorf("a step that put nothing out: %d, %q", got.status, got.body)
	}
	k.browser("guest").has("/deployments/"+d.ID+"/log.txt", http.StatusForbidden)
	k.browser("").has("/deployments/"+d.ID+"/log.txt", http.StatusSeeOther)
}

func TestFoundInKeepsEveryLetter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, find string }{
		{"Needle in a needle stack", "NEEDLE"}, {"aaaa", "aa"}, {"Straße", "SSE"}, {"İstanbul İ", "i"}, {"K kelvin", "k"}, {"\xff\xfe needle", "needle"}, {"", "x"}, {"x", "x"},
	} {
		pieces := foundIn(c.text, c.find)
		if pieces != nil && (strings.Join(pieces, "") != c.text || len(pieces)%2 != 1) {
			t.Errorf("foundIn(%q, %q) = %q, which is another text", c.text, c.find, pieces)
		}
	}
}

// BenchmarkTail is the page of a deployment whose log has a million lines.
func BenchmarkTail(b *testing.B) {
	k := newTutorial(b, "")
	d := k.push("1.0.1")
	texts := make([]string, 1_000_000)
	for i := range texts {
		texts[i] = fmt.Sprintf("copied file %d of the application to its folder", i)
	}
	k.print(d.ID, texts...)
	admin := k.browser("admin")
	b.Run("tail", func(b *testing.B) {
		for b.Loop() {
			admin.has("/deployments/"+d.ID, http.StatusOK, "copied file 999999 of")
		}
	})
	b.Run("find", func(b *testing.B) {
		for b.Loop() {
			admin.has("/deployments/"+d.ID+"?find=file+500000+of", http.StatusOK, "1 of 1 line")
		}
	})
}
