package packagefile

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"

	"slipway/pipelines"
)

const spec = `<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
  <metadata minClientVersion="2.8">
    <id> RandomQuotes </id><version>1.0.01+meta</version><authors>us</authors>
    <title>Random &amp; Quotes</title><description>Quotes
of people</description><releaseNotes>* fixed</releaseNotes>
  </metadata>
</package>`

func TestIdentifyNupkg(t *testing.T) {
	t.Parallel()
	got, err := identify("whatever.nupkg", zipOf(t,
		file("_rels/.rels", "x"), file("RandomQuotes.nuspec", "\ufeff"+spec),
		file("[Content_Types].xml", "x"), file("lib/my%20app.rb", "puts 1"), entry{name: "tmp/", mode: fs.ModeDir | 0o755}))
	want := Identity{ID: "RandomQuotes", Version: "1.0.01+meta", Format: Nupkg, Title: "Random & Quotes", Description: "Quotes\nof people",
		ReleaseNotes: "* fixed", Entries: 5, UnpackedSize: int64(len(spec)) + 3 + 8}
	if got != want || err != nil {
		t.Errorf("Identify = %+v, %v\n            want %+v", got, err, want)
	}
}

func TestIdentifyByName(t *testing.T) {
	t.Parallel()
	link := entry{name: "current", body: "lib", mode: fs.ModeSymlink | 0o777}
	zipped := zipOf(t, file("lib/a", "12345"), link)
	tarred := tarOf(t, file("./lib/a", "12345"), link)
	for _, c := range []struct {
		file   string
		bytes  []byte
		format string
		size   int64
	}{
		{"in/App.1.0.7.zip", zipped, Zip, 8},
		{"App.1.0.7.whl", zipped, Zip, 8},
		{"App.1.0.7.war", zipped, Jar, 8},
		{"App.1.0.7.tar", tarred, Tar, 5},
		{"App.1.0.7.tar.gz", gzipped(t, tarred), TarGz, 5},
		{"App.1.0.7.tgz", gzipped(t, tarred), TarGz, 5},
		{"App@S1.0.7@0123.tgz", gzipped(t, tarred), TarGz, 5},
	} {
		got, err := identify(c.file, c.bytes)
		want := Identity{ID: "App", Version: "1.0.7", Format: c.format, Entries: 2, UnpackedSize: c.size}
		if got != want || err != nil {
			t.Errorf("Identify(%s) = %+v, %v, want %+v", c.file, got, err, want)
		}
	}
}

// Go reads bzip2 but does not write it: this is a tar with the file lib/a.
const bzipped = "QlpoOTFBWSZTWUl/adYAAHH7gMmAAAJAAP8AAAhwJB4ACAggAFRCnqMm1MEzRo0EUiDQAAH21xJEM6kRMOtKFd9LUEgIOMpjOBN5IE9o2iiFbs+jIE2ulVmYxEQDgu5IpwoSCS/tOsA="

func TestIdentifyBzip2(t *testing.T) {
	t.Parallel()
	content, err := base64.StdEncoding.DecodeString(bzipped)
	must(t, err)
	got, err := identify("App.1.0.7.tbz", content)
	if want := (Identity{ID: "App", Version: "1.0.7", Format: TarBz2, Entries: 1, UnpackedSize: 5}); got != want || err != nil {
		t.Errorf("Identify = %+v, %v, want %+v", got, err, want)
	}
	_, err = identify("App.1.0.tar.bz2", []byte("BZh9no"))
	checkRefusal(t, "broken bzip2", err, "no complete tar.bz2 archive")
}

// Old packers on Windows write backslashes, for folders too.
func TestBackslashes(t *testing.T) {
	t.Parallel()
	got, err := identify("App.1.0.zip", zipOf(t, file(`lib\`, ""), file(`lib\a`, "x"), file(`lib\b`, "x")))
	if err != nil || got.Entries != 3 {
		t.Errorf("Identify = %+v, %v, want 3 entries", got, err)
	}
	_, err = identify("App.1.0.zip", zipOf(t, file(`lib\a`, "x"), file("lib/a", "x")))
	checkRefusal(t, "the same with a backslash", err, `entry "lib/a" is in the package twice`)
}

func TestGitArchive(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	must(t, w.WriteHeader(&tar.Header{Typeflag: tar.TypeXGlobalHeader, Name: "pax_global_header", PAXRecords: map[string]string{"comment": "abc"}}))
	must(t, w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "a", Mode: 0o644}))
	must(t, w.WriteHeader(&tar.Header{Typeflag: tar.TypeLink, Name: "b", Linkname: "./a"}))
	must(t, w.Close())
	if got, err := identify("App.1.0.tar", b.Bytes()); err != nil || got.Entries != 2 {
		t.Errorf("Identify = %+v, %v, want 2 entries", got, err)
	}
}

func TestNuspecRefusals(t *testing.T) {
	t.Parallel()
	with := func(old, new string) string { return strings.Replace(spec, old, new, 1) }
	for _, c := range []struct {
		what, want string
		entries    []entry
	}{
		{"no nuspec", `"App.nupkg" has no .nuspec in its root folder`, []entry{file("a", "")}},
		{"nuspec in a folder", "has no .nuspec in its root folder", []entry{file("a/b.nuspec", spec)}},
		{"two nuspecs", "two descriptions, a.nuspec and b.nuspec", []entry{file("a.nuspec", spec), file("b.nuspec", spec)}},
		{"no id", "has no <id> in a.nuspec", []entry{file("a.nuspec", with("<id> RandomQuotes </id>", ""))}},
		{"empty id", "has no <id>", []entry{file("a.nuspec", with(" RandomQuotes ", " "))}},
		{"no version", "has no <version> in a.nuspec", []entry{file("a.nuspec", with("<version>1.0.01+meta</version>", ""))}},
		{"bad version", `package RandomQuotes: "$version$" is no version`, []entry{file("a.nuspec", with("1.0.01+meta", "$version$"))}},
		{"id of a path", `package id "../RandomQuotes"`, []entry{file("a.nuspec", with(" RandomQuotes", "../RandomQuotes"))}},
		{"no XML", "description a.nuspec that cannot be read", []entry{file("a.nuspec", "hello")}},
		{"other XML", "description a.nuspec that cannot be read", []entry{file("a.nuspec", "<project/>")}},
		{"long nuspec", "longer than 1048576 bytes", []entry{file("a.nuspec", strings.Repeat(" ", 1<<20+1))}},
	} {
		_, err := identify("App.nupkg", zipOf(t, c.entries...))
		checkRefusal(t, c.what, err, c.want)
	}
}

func TestEntryRefusals(t *testing.T) {
	t.Parallel()
	link := func(name, target string) entry {
		return entry{name: name, body: target, mode: fs.ModeSymlink | 0o777}
	}
	for _, c := range []struct {
		what, want string
		entries    []entry
	}{
		{"no entries", "holds nothing", nil},
		{"leads out", `entry "../evil" of the package leads outside`, []entry{file("../evil", "")}},
		{"leads out from a folder", `entry "a/../../evil"`, []entry{file("a/b", ""), file("a/../../evil", "")}},
		{"absolute", `entry "/etc/cron.d/x" of the package is an absolute path`, []entry{file("/etc/cron.d/x", "")}},
		{"twice", `entry "a" is in the package twice`, []entry{file("a", "1"), file("./a", "2")}},
		{"file and folder", `entry "a" of the package is a file or link, and a folder`, []entry{file("a", ""), file("a/b", "")}},
		{"folder and file", `entry "a" of the package is a file or link, and a folder`, []entry{file("a/b/c", ""), file("a", "")}},
		{"through a link", `entry "l" of the package is a file or link, and a folder`, []entry{link("l", "d"), file("l/x", "")}},
		{"link out", `entry "l" of the package is a symbolic link to "../../etc"`, []entry{link("l", "../../etc")}},
		{"absolute link", `symbolic link to "/etc"`, []entry{link("a/l", "/etc")}},
		{"the root as a file", "is the target folder itself", []entry{file("a/..", "")}},
	} {
		_, err := identify("App.1.0.zip", zipOf(t, c.entries...))
		checkRefusal(t, "zip: "+c.what, err, c.want)
		_, err = identify("App.1.0.tgz", gzipped(t, tarOf(t, c.entries...)))
		checkRefusal(t, "tar: "+c.what, err, c.want)
	}
}

// What is harmless in the archive may lead out, or meet another, once decoded.
func TestDecodedEntryRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ entry, want string }{
		{"%2e%2e/evil", `entry "../evil"`},
		{"..%2Fevil", `entry "../evil"`},
		{"%2Fetc%2Fpasswd", "absolute path"},
		{"a%00", "zero byte"},
		{"my%20file", `entry "my file" is in the package twice`},
	} {
		_, err := identify("App.nupkg", zipOf(t, file("a.nuspec", spec), file("my file", ""), file(c.entry, "")))
		checkRefusal(t, c.entry, err, c.want)
	}
}

// A link counts from where it is written, not from where it seems to be.
func TestLinkWithDecodedName(t *testing.T) {
	t.Parallel()
	_, err := identify("App.nupkg", zipOf(t, file("a.nuspec", spec), entry{name: "a/%2e%2e/l", body: "../etc", mode: fs.ModeSymlink | 0o777}))
	checkRefusal(t, "link", err, `entry "l" of the package is a symbolic link to "../etc"`)
}

func TestDamagedArchives(t *testing.T) {
	t.Parallel()
	zipped := zipOf(t, file("a.nuspec", spec), file("b", "12345"))
	tarred := tarOf(t, file("a", strings.Repeat("x", 5000)))
	packed := gzipped(t, tarred)
	page := []byte("<html>404 not found</html>")
	encrypted := bytes.Clone(zipped)
	encrypted[bytes.LastIndex(encrypted, []byte("PK\x01\x02"))+8] |= 1
	method := bytes.Clone(zipped)
	method[bytes.LastIndex(method, []byte("PK\x01\x02"))+10] = 14
	nuspecAway := bytes.Clone(zipped)
	copy(nuspecAway, "XXXX")
	for _, c := range []struct {
		what, file string
		bytes      []byte
		want       string
	}{
		{"web page", "App.nupkg", page, `"App.nupkg" is no complete zip archive`},
		{"web page", "App.1.0.tgz", page, "is no complete tar.gz archive"},
		{"web page", "App.1.0.tar", page, "is no complete tar archive"},
		{"nothing", "App.nupkg", nil, "is no complete zip archive"},
		{"nothing", "App.1.0.tar", nil, "holds nothing"},
		{"end missing", "App.nupkg", zipped[:len(zipped)-30], "is no complete zip archive"},
		{"end missing", "App.1.0.tgz", packed[:len(packed)-10], "is no complete tar.gz archive"},
		{"checksum wrong", "App.1.0.tgz", append(bytes.Clone(packed[:len(packed)-8]), 0, 0, 0, 0, 0, 0, 0, 0), "is no complete tar.gz archive"},
		{"entry gone", "App.nupkg", nuspecAway, `entry "a.nuspec" of the package cannot be read`},
		{"encrypted", "App.nupkg", encrypted, `entry "b" of the package is encrypted`},
		{"unknown method", "App.nupkg", method, `entry "b" of the package is compressed by a method`},
		{"no name", "App.zip", zipped, "does not say its id and version"},
		{"no extension", "App", zipped, "no file extension"},
	} {
		_, err := identify(c.file, c.bytes)
		checkRefusal(t, c.what+" as "+c.file, err, c.want)
	}
}

func TestSpecialFilesAreRefused(t *testing.T) {
	t.Parallel()
	for _, h := range []tar.Header{
		{Typeflag: tar.TypeChar, Name: "dev/null"},
		{Typeflag: tar.TypeFifo, Name: "pipe"},
	} {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		must(t, w.WriteHeader(&h))
		must(t, w.Close())
		_, err := identify("App.1.0.tar", b.Bytes())
		checkRefusal(t, h.Name, err, fmt.Sprintf("entry %q of the package is no file, folder or link", h.Name))
	}
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	must(t, w.WriteHeader(&tar.Header{Typeflag: tar.TypeLink, Name: "passwords", Linkname: "/etc/shadow"}))
	must(t, w.Close())
	_, err := identify("App.1.0.tar", b.Bytes())
	checkRefusal(t, "hard link", err, `entry "passwords" of the package is a second name of "/etc/shadow"`)

	_, err = identify("App.1.0.zip", zipOf(t, entry{name: "pipe", mode: fs.ModeNamedPipe | 0o644}))
	checkRefusal(t, "zipped pipe", err, `entry "pipe" of the package is no file, folder or link`)
}

// A failing disk is not a broken package.
func TestReadErrorsAreOurs(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk on fire")
	for _, name := range []string{"App.nupkg", "App.1.0.tgz", "App.1.0.tar"} {
		if _, err := Identify(name, failing{broken}, 5000); !errors.Is(err, broken) || pipelines.CodeOf(err) != "" {
			t.Errorf("Identify(%s) = %v, want the disk's own error", name, err)
		}
	}
}

type failing struct{ err error }

func (f failing) ReadAt([]byte, int64) (int, error) { return 0, f.err }

func FuzzIdentify(f *testing.F) {
	zipped := zipOf(f, file("a.nuspec", spec), file("b", "12345"), entry{name: "l", body: "b", mode: fs.ModeSymlink})
	tarred := tarOf(f, file("a", "x"))
	f.Add("App.nupkg", zipped)
	f.Add("App.1.0.zip", zipped)
	f.Add("App.1.0.tar", tarred)
	f.Add("App.1.0.tgz", gzipped(f, tarred))
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		got, err := identify(name, content)
		if err != nil {
			if pipelines.CodeOf(err) != pipelines.Invalid || got != (Identity{}) {
				t.Errorf("Identify = %+v, %v, want nothing and an error of code invalid", got, err)
			}
			return
		}
		if CheckID(got.ID) != nil || got.Entries < 1 || got.Entries > MaxEntries || got.UnpackedSize < 0 || got.UnpackedSize > MaxUnpackedSize {
			t.Errorf("Identify accepts %+v", got)
		}
	})
}

// entry is one line of an archive under test.
type entry struct {
	name, body string
	mode       fs.FileMode
}

func file(name, body string) entry { return entry{name: name, body: body, mode: 0o644} }

func identify(name string, content []byte) (Identity, error) {
	return Identify(name, bytes.NewReader(content), int64(len(content)))
}

func zipOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		h.SetMode(e.mode)
		out, err := w.CreateHeader(h)
		must(t, err)
		_, err = io.WriteString(out, e.body)
		must(t, err)
	}
	must(t, w.Close())
	return b.Bytes()
}

func tarOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: e.name, Size: int64(len(e.body)), Mode: int64(e.mode.Perm())}
		switch e.mode.Type() {
		case fs.ModeDir:
			h.Typeflag = tar.TypeDir
		case fs.ModeSymlink:
			h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, e.body, 0
		}
		must(t, w.WriteHeader(h))
		if h.Size > 0 {
			_, err := io.WriteString(w, e.body)
			must(t, err)
		}
	}
	must(t, w.Close())
	return b.Bytes()
}

func gzipped(t testing.TB, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(content)
	must(t, err)
	must(t, w.Close())
	return b.Bytes()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
