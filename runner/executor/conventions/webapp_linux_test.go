package conventions

import (
	"archive/zip"
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"slipway/pipelines/task"
)

// webApp makes packages like those of an ASP.NET site: many scripts and
// styles, some large libraries, and configuration of several kinds. They are
// the same at every run, and deflate makes them about half as large.
type webApp struct {
	*rand.Rand
	words  []string
	pieces [][]byte // what machine code repeats
}

func newWebApp() *webApp {
	w := &webApp{Rand: rand.New(rand.NewPCG(6, 50))}
	for range 3000 {
		word := make([]byte, 2+w.IntN(9))
		for i := range word {
			word[i] = "eeeetttaaooinnshrdlucmfwyp_"[w.IntN(27)]
		}
		w.words = append(w.words, string(word))
	}
	for range 6000 {
		piece := make([]byte, 3+w.IntN(12))
		for i := range piece {
			piece[i] = byte(w.Uint32())
		}
		w.pieces = append(w.pieces, piece)
	}
	return w
}

// often picks the first of a list more often than the last.
func (w *webApp) often(n int) int { return int(float64(n) * w.Float64() * w.Float64() * w.Float64()) }

func (w *webApp) text(size int) []byte {
	var b bytes.Buffer
	for b.Len() < size {
		b.WriteString(strings.Repeat("  ", w.IntN(4)))
		for range 3 + w.IntN(8) {
			b.WriteString(w.words[w.often(len(w.words))])
			b.WriteString([]string{" ", " = ", "(", ").", "; ", " {"}[w.IntN(6)])
		}
		b.WriteString("\r\n")
	}
	return b.Bytes()
}

func (w *webApp) binary(size int) []byte {
	b := []byte("MZ\x90\x00\x03\x00\x00\x00")
	for len(b) < size {
		b = append(b, w.pieces[w.often(len(w.pieces))]...)
		if w.IntN(4) == 0 {
			b = append(b, byte(w.Uint32()), 0, 0, byte(w.Uint32()))
		}
	}
	return b
}

const (
	webConfigs  = 199 // beside Web.config: with its transform there are 201 files called *.config
	jsonConfigs = 10
	settings    = 40
)

func (w *webApp) config(n int) []byte {
	var b strings.Builder
	b.WriteString("\ufeff<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<!-- #{Octopus.Environment.Name} -->\r\n<configuration>\r\n  <appSettings>\r\n")
	for i := range n {
		fmt.Fprintf(&b, "    <add key=\"Setting%d\" value=\"%s\" />\r\n", i, w.words[i])
	}
	b.WriteString("  </appSettings>\r\n  <connectionStrings>\r\n    <add name=\"Main\" connectionString=\"Server=.;Database=Shop\" />\r\n  </connectionStrings>\r\n")
	b.WriteString("  <system.web>\r\n    <compilation debug=\"true\" targetFramework=\"4.8\" />\r\n    <customErrors mode=\"Off\" />\r\n  </system.web>\r\n")
	fmt.Fprintf(&b, "  <shop url=\"#{Url}\" replica=\"#{Replica | ToLower}\">#{if Green}green#{/if}</shop>\r\n")
	for range n {
		fmt.Fprintf(&b, "  <assembly name=\"%s\" version=\"1.0.%d\" />\r\n", w.words[w.IntN(len(w.words))], w.IntN(100))
	}
	return []byte(b.String() + "</configuration>\r\n")
}

const releaseTransform = `<?xml version="1.0"?>
<configuration xmlns:xdt="http://schemas.microsoft.com/XML-Document-Transform">
  <appSettings><add key="Setting150" value="released" xdt:Transform="SetAttributes" xdt:Locator="Match(key)" /></appSettings>
  <system.web>
    <compilation xdt:Transform="RemoveAttributes(debug)" />
    <customErrors mode="On" xdt:Transform="Replace" />
  </system.web>
</configuration>
`

// files are count names with size bytes in all.
func (w *webApp) files(count, size int) (names []string, contents [][]byte) {
	add := func(name string, content []byte) {
		names, contents = append(names, name), append(contents, content)
		size -= len(content)
	}
	add("Web.config", w.config(200))
	add("Web.Release.config", []byte(releaseTransform))
	for i := range webConfigs {
		add(fmt.Sprintf("Areas/Area%d/Web.config", i), w.config(8))
	}
	for i := range jsonConfigs {
		add(fmt.Sprintf("App_Data/appsettings%d.json", i), fmt.Appendf(nil, `{"Url": "http://localhost", "Logging": {"Level": "Debug"}, "Words": %q}`, w.text(4000)))
	}
	const libraries = 120
	for i, each := 0, size*6/10/libraries; i < libraries; i++ {
		add(fmt.Sprintf("bin/Shop.Part%d.dll", i), w.binary(each/4+w.IntN(each*3/2)))
	}
	for left := count - len(names); left > 0; left-- {
		content := w.text(max(1, size/left/4+w.IntN(max(1, size/left*3/2))))
		add(fmt.Sprintf("Content/lib%d/file%d.%s", left/40, left, []string{"js", "css", "cshtml", "js"}[left%4]), content)
	}
	return names, contents
}

// nupkg packs them as NuGet does.
func (w *webApp) nupkg(b *testing.B, count, size int) []byte {
	b.Helper()
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	names, contents := w.files(count, size)
	names, contents = append(names, "Shop.nuspec", "_rels/.rels"), append(contents, []byte("<package/>"), []byte("<Relationships/>"))
	for i, name := range names {
		to, err := z.Create(name)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := to.Write(contents[i]); err != nil {
			b.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		b.Fatal(err)
	}
	return packed.Bytes()
}

// asked is what a step that deploys it would ask for.
func (w *webApp) asked(b *bench) {
	b.want = task.Installation{
		SubstituteIn: []string{"**/*.config", "App_Data/*.json"}, Transforms: &task.Transforms{Automatic: true},
		ConfigVariables: true, StructuredIn: []string{"App_Data/appsettings*.json"},
	}
	for i := range settings {
		b.set(fmt.Sprintf("Setting%d", i), fmt.Sprintf("value %d for #{Octopus.Environment.Name}", i))
	}
	for name, value := range map[string]string{
		"Octopus.Environment.Name": "Prod", "Url": "https://shop.example", "Replica": "SECOND", "Green": "True", "Logging:Level": "Warning",
	} {
		b.set(name, value)
	}
	b.secret("Main", "Server=db;Database=Shop;Password=aVerySecretWord")
}
