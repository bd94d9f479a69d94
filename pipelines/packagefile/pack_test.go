package packagefile

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"slipway/pipelines"
)

var update = flag.Bool("update", false, "write golden files")

func input(format string) PackInput {
	return PackInput{ID: "Random.Quotes", Version: "1.0.7-beta+x", Format: format, Authors: "A & B", Title: "Quotes <now>", Files: tree()}
}

func tree() fstest.MapFS {
	return fstest.MapFS{
		"config.ru":             {Data: []byte("run App\n"), Mode: 0o640, ModTime: time.Unix(1e9, 0)},
		"bin/start":             {Data: []byte("#!/bin/sh\n"), Mode: 0o700, ModTime: time.Unix(2e9, 0)},
		"lib/a b/ü+100%.txt":    {Data: []byte("odd name"), Mode: 0o444},
		"lib/[x]/.gitkeep":      {Mode: 0o600},
		"lib/a.rb":              {Data: []byte("puts 1\n"), Mode: 0o666},
		"lib-x/a.RB":            {Data: []byte("puts 2\n"), Mode: 0o644},
		"tmp/sockets":           {Mode: fs.ModeDir | 0o700},
		"x.tar.gz":              {Data: bytes.Repeat([]byte("z"), 70_000), Mode: 0o644},
		"lib/" + longPath + "y": {Data: []byte("long"), Mode: 0o644},
	}
}

var longPath = strings.Repeat("deeper/", 40)

// What goes in comes out, under its name, with the bit that matters.
func TestPackRoundTrip(t *testing.T) {
	t.Parallel()
	for _, format := range []string{Nupkg, Zip, TarGz} {
		content := pack(t, input(format))
		identity, err := identify(FileName("Random.Quotes", "1.0.7-beta+x", format), content)
		if err != nil {
			t.Errorf("%s: %v", format, err)
			continue
		}
		if identity.ID != "Random.Quotes" || identity.Version != "1.0.7-beta+x" {
			t.Errorf("%s is identified as %s %s", format, identity.ID, identity.Version)
		}
		got := installed(t, format, content)
		want := map[string]string{
			"config.ru": "-rw-r--r-- run App\n", "bin/start": "-rwxr-xr-x #!/bin/sh\n",
			"lib/a b/ü+100%.txt": "-rw-r--r-- odd name", "lib/[x]/.gitkeep": "-rw-r--r-- ",
			"lib/a.rb": "-rw-r--r-- puts 1\n", "lib-x/a.RB": "-rw-r--r-- puts 2\n", "tmp/sockets": "drwxr-xr-x ",
			"x.tar.gz": "-rw-r--r-- " + strings.Repeat("z", 70_000), "lib/" + longPath + "y": "-rw-r--r-- long",
		}
		for name := range want {
			if got[name] != want[name] {
				t.Errorf("%s: %s comes out as %.60q, want %.60q", format, name, got[name], want[name])
			}
			delete(got, name)
		}
		if len(got) > 0 {
			t.Errorf("%s: comes out, but did not go in: %v", format, got)
		}
	}
}

// The same content gives the same bytes, whatever times and modes the disk
// had, today and after a change of this code: sums are kept in a golden file.
func TestPackIsBitIdentical(t *testing.T) {
	t.Parallel()
	var sums strings.Builder
	for _, format := range []string{Nupkg, Zip, TarGz} {
		first := pack(t, input(format))
		touched := input(format)
		for name, f := range touched.Files.(fstest.MapFS) {
			f.ModTime = time.Unix(int64(len(name)), 0)
			f.Mode |= 0o022
		}
		if second := pack(t, touched); !bytes.Equal(first, second) {
			t.Errorf("%s: two packages of the same content differ", format)
		}
		changed := input(format)
		changed.Files.(fstest.MapFS)["config.ru"].Mode = 0o744
		if bytes.Equal(first, pack(t, changed)) {
			t.Errorf("%s: a file that may be run now makes no difference", format)
		}
		fmt.Fprintf(&sums, "%s %x\n", format, sha256.Sum256(first))
	}
	golden(t, "sums.txt", sums.String())
}

// The files by which NuGet's clients read a package.
func TestNupkgWrapping(t *testing.T) {
	t.Parallel()
	content := pack(t, input(Nupkg))
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	must(t, err)
	var text strings.Builder
	for i, f := range z.File {
		if i < 3 {
			fmt.Fprintf(&text, "== %s\n%s", f.Name, read(t, f))
			var any struct{ XMLName xml.Name }
			if err := xml.Unmarshal([]byte(read(t, f)), &any); err != nil {
				t.Errorf("%s is no XML: %v", f.Name, err)
			}
			continue
		}
		fmt.Fprintf(&text, "== %s %s\n", f.Name, f.Mode())
	}
	golden(t, "wrapping.txt", text.String())
}

// NuGet refuses a package without authors or description.
func TestNuspecDefaults(t *testing.T) {
	t.Parallel()
	got := description(PackInput{ID: "App", Version: "1.0"})
	for _, want := range []string{"<authors>App</authors>", "<description>App 1.0</description>"} {
		if !strings.Contains(got, want) {
			t.Errorf("description without authors and description is\n%s\nwant %s in it", got, want)
		}
	}
}

func TestPackRefusals(t *testing.T) {
	t.Parallel()
	with := func(change func(*PackInput)) PackInput {
		p := input(Nupkg)
		change(&p)
		return p
	}
	files := func(format, name string) PackInput {
		return PackInput{ID: "App", Version: "1.0", Format: format, Files: fstest.MapFS{name: {Data: []byte("x")}}}
	}
	for _, c := range []struct {
		what, want string
		input      PackInput
	}{
		{"id", `package id "a b"`, with(func(p *PackInput) { p.ID = "a b" })},
		{"version", `package Random.Quotes: "latest" is no version`, with(func(p *PackInput) { p.Version = "latest" })},
		{"format", `package format "rar"`, with(func(p *PackInput) { p.Format = "rar" })},
		{"ambiguous name", "App.2.1.0.zip would be read as App 2.1.0", with(func(p *PackInput) { p.ID, p.Version, p.Format = "App.2", "1.0", Zip })},
		{"empty", "there is nothing to pack", with(func(p *PackInput) { p.Files = fstest.MapFS{} })},
		{"nuspec inside", `"lib/x.nuspec" cannot go into a nupkg`, files(Nupkg, "lib/x.nuspec")},
		{"backslash", `"a\\b" cannot go into a zip: hosts would unpack it as "a/b"`, files(Zip, `a\b`)},
		{"backslash in a nupkg", `cannot go into a nupkg: hosts would unpack it as "a/b"`, files(Nupkg, `a\b`)},
		{"backslash that leads out", "leads outside", files(TarGz, `..\x`)},
		{"socket", `"s" cannot be packed`, with(func(p *PackInput) { p.Files = fstest.MapFS{"s": {Mode: fs.ModeSocket}} })},
	} {
		var b bytes.Buffer
		checkRefusal(t, c.what, Pack(&b, c.input), c.want)
		if b.Len() > 0 {
			t.Errorf("%s: refused after %d bytes were written, want none", c.what, b.Len())
		}
	}
	if err := Pack(io.Discard, files(Zip, "lib/x.nuspec")); err != nil {
		t.Errorf("nuspec in a zip: %v, want it packed", err)
	}
}

func TestLinksArePackedAsFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "real"), []byte("content"), 0o755))
	if err := os.Symlink("real", filepath.Join(dir, "link")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	p := PackInput{ID: "App", Version: "1.0", Format: Zip, Files: os.DirFS(dir)}
	if got := installed(t, Zip, pack(t, p))["link"]; got != "-rwxr-xr-x content" {
		t.Errorf("the link is packed as %q, want the file it leads to", got)
	}
	must(t, os.Symlink(".", filepath.Join(dir, "folder")))
	checkRefusal(t, "link to a folder", Pack(io.Discard, p), `"folder" cannot be packed: it is no file, or a link to a folder`)
}

func TestFileChangesWhilePacked(t *testing.T) {
	t.Parallel()
	for _, format := range []string{Nupkg, TarGz} {
		for _, body := range []string{"shorter", "longer than it was announced to be"} {
			p := PackInput{ID: "App", Version: "1.0", Format: format, Files: growing{fstest.MapFS{"log": {Data: []byte("twelve bytes")}}, body}}
			err := Pack(io.Discard, p)
			if pipelines.CodeOf(err) != pipelines.Conflict || !strings.Contains(err.Error(), `"log" changed while it was packed`) {
				t.Errorf("%s: Pack = %v, want it to say that log changed", format, err)
			}
		}
	}
}

// growing opens every file with another content than was announced.
type growing struct {
	fstest.MapFS
	body string
}

func (g growing) Open(name string) (fs.File, error) {
	return fstest.MapFS{name: {Data: []byte(g.body)}}.Open(name)
}

func pack(t testing.TB, p PackInput) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, Pack(&b, p))
	return b.Bytes()
}

func read(t *testing.T, f *zip.File) string {
	t.Helper()
	r, err := f.Open()
	must(t, err)
	defer r.Close()
	content, err := io.ReadAll(r)
	must(t, err)
	return string(content)
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		must(t, os.MkdirAll("testdata", 0o755))
		must(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if got != string(want) {
		t.Errorf("%s:\n%s\nwant:\n%s", name, got, want)
	}
}

func BenchmarkPack10000(b *testing.B) {
	files := fstest.MapFS{}
	for i := range 10_000 {
		files[fmt.Sprintf("vendor/gem-%d/file-%d.rb", i%300, i)] = &fstest.MapFile{Data: []byte("puts 'hello'\n")}
	}
	p := PackInput{ID: "App", Version: "1.0", Format: Nupkg, Files: files}
	for b.Loop() {
		must(b, Pack(io.Discard, p))
	}
}
