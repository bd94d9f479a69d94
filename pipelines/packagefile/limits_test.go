package packagefile

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
)

// An archive that says its content is huge is refused on its word.
func TestBombsByDirectory(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what string
		size uint32
		want string
	}{
		{"1 GiB from a few bytes", 1 << 30, "more than 200 times its own size"},
		{"9 GiB in three entries", 3 << 30, "more than 8 GiB"},
	} {
		content := zipOf(t, file("a", "x"), file("b", "x"), file("c", "x"))
		if c.size > 1<<30 { // well packed for its size, so that only the sum counts
			content = append(make([]byte, 64<<20), content...)
		}
		setSizes(content, c.size)
		_, err := identify("App.1.0.zip", content)
		checkRefusal(t, c.what, err, c.want)
	}
}

// setSizes overwrites the unpacked size of each entry in a zip's directory.
func setSizes(content []byte, size uint32) {
	for at := 0; ; at += 4 {
		next := bytes.Index(content[at:], []byte("PK\x01\x02"))
		if next < 0 {
			return
		}
		at += next
		binary.LittleEndian.PutUint32(content[at+24:], size)
	}
}

func TestBombInTar(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	packed := gzip.NewWriter(&b)
	w := tar.NewWriter(packed)
	must(t, w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "zeros", Size: RatioFrom + 1<<20}))
	_, err := io.CopyN(w, zeros{}, RatioFrom+1<<20)
	must(t, err)
	must(t, w.Close())
	must(t, packed.Close())
	_, err = identify("App.1.0.tgz", b.Bytes())
	checkRefusal(t, "zeros in a tar", err, "more than 200 times its own size")
}

// The zeros stand behind the end of the archive, where no entry tells of them.
func TestBombBehindTar(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	packed := gzip.NewWriter(&b)
	_, err := packed.Write(tarOf(t, file("a", "x")))
	must(t, err)
	_, err = io.CopyN(packed, zeros{}, RatioFrom+1<<20)
	must(t, err)
	must(t, packed.Close())
	_, err = identify("App.1.0.tgz", b.Bytes())
	checkRefusal(t, "zeros behind a tar", err, "more than 200 times its own size")
}

func TestTooManyEntries(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := range MaxEntries + 1 {
		_, err := w.CreateRaw(&zip.FileHeader{Name: fmt.Sprint(i)})
		must(t, err)
	}
	must(t, w.Close())
	_, err := identify("App.1.0.zip", b.Bytes())
	checkRefusal(t, "many entries", err, "more than 100000 entries")
}

// Deep paths that share nothing make far more folders than entries.
func TestTooManyFolders(t *testing.T) {
	t.Parallel()
	var entries []entry
	for i := range MaxEntries/1000 + 1 {
		entries = append(entries, file(fmt.Sprint(i)+strings.Repeat("/d", 1000), ""))
	}
	_, err := identify("App.1.0.zip", zipOf(t, entries...))
	checkRefusal(t, "many folders", err, "more than 100000 folders")
}

// A directory can be huge with few entries: their comments count, too.
func TestHugeDirectory(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	comment := string(make([]byte, math.MaxUint16))
	for i := range maxDirectorySize/math.MaxUint16 + 1 {
		_, err := w.CreateRaw(&zip.FileHeader{Name: fmt.Sprint(i), Comment: comment})
		must(t, err)
	}
	must(t, w.Close())
	_, err := identify("App.1.0.zip", b.Bytes())
	checkRefusal(t, "huge directory", err, "list of entries is longer than 32 MiB")
}

func TestRatioOfSmallPackages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		unpacked, packed int64
		refused          bool
	}{
		{RatioFrom, 1, false},
		{RatioFrom + 1, 1, true},
		{400 << 20, 2 << 20, false},
		{401 << 20, 2 << 20, true},
	} {
		if err := checkRatio(c.unpacked, c.packed); (err != nil) != c.refused {
			t.Errorf("checkRatio(%d, %d) = %v, want refused: %t", c.unpacked, c.packed, err, c.refused)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func BenchmarkIdentify10000(b *testing.B) {
	entries := []entry{file("a.nuspec", spec)}
	for i := range 10_000 {
		entries = append(entries, file(fmt.Sprintf("vendor/bundle/ruby/3.1.0/gems/gem-%d/lib/some/folder/file-%d.rb", i%300, i), "puts 'hello'\n"))
	}
	nupkg := zipOf(b, entries...)
	tgz := gzipped(b, tarOf(b, entries...))
	for name, content := range map[string][]byte{"App.nupkg": nupkg, "App.1.0.tgz": tgz} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := identify(name, content); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
