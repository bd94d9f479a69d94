package install

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/pipelines/task"
)

// item is an entry of a test archive.
type item struct {
	name, text string
	mode       fs.FileMode // 0: made where files have no mode
	link       string      // symbolic link
	hard       string      // hard link, tar only
}

func zipOf(t testing.TB, items ...item) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, i := range items {
		h := &zip.FileHeader{Name: i.name, Method: zip.Deflate, Modified: time.Date(2020, 5, 6, 7, 8, 10, 0, time.UTC)}
		if i.link != "" {
			h.SetMode(fs.ModeSymlink | 0o777)
			i.text = i.link
		} else if i.mode != 0 {
			h.SetMode(i.mode)
		}
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		f.Write([]byte(i.text))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func tgzOf(t testing.TB, items ...item) []byte {
	t.Helper()
	var b bytes.Buffer
	packed := gzip.NewWriter(&b)
	w := tar.NewWriter(packed)
	for _, i := range items {
		h := &tar.Header{Name: i.name, Mode: int64(i.mode), Size: int64(len(i.text)), Typeflag: tar.TypeReg}
		switch {
		case i.mode.IsDir():
			h.Typeflag, h.Mode = tar.TypeDir, 0o755
		case i.link != "":
			h.Typeflag, h.Linkname = tar.TypeSymlink, i.link
		case i.hard != "":
			h.Typeflag, h.Linkname = tar.TypeLink, i.hard
		}
		if i.mode&fs.ModeDevice != 0 {
			h.Typeflag = tar.TypeFifo
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(i.text))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	packed.Close()
	return b.Bytes()
}

// order delivers the bytes as a package.
func order(t testing.TB, fileName string, body []byte) Order {
	t.Helper()
	sum := sha256.Sum256(body)
	o := Order{
		Package:      task.Package{ID: "RandomQuotes", Version: "1.0.1", FileName: fileName, SHA256: hex.EncodeToString(sum[:]), Size: int64(len(body))},
		Packages:     t.TempDir(),
		Applications: filepath.Join(t.TempDir(), "Applications"),
		Environment:  "Dev",
	}
	if err := os.WriteFile(filepath.Join(o.Packages, o.Package.SHA256), body, 0o600); err != nil {
		t.Fatal(err)
	}
	return o
}

// tree lists what is below a folder, with modes.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		fmt.Fprintf(&b, "%s %s\n", info.Mode(), filepath.ToSlash(rel))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestInstall(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, file string
		body       []byte
		want       string
		skipped    int
	}{
		{"nupkg", "RandomQuotes.1.0.1.nupkg", zipOf(t,
			item{name: "RandomQuotes.nuspec", text: "x"}, item{name: "_rels/.rels", text: "x"}, item{name: "[Content_Types].xml", text: "x"},
			item{name: "package/services/metadata/core-properties/1.psmdcp", text: "x"}, item{name: "lib/a%20b.txt", text: "x"}, item{name: "empty/"}),
			"drwxr-xr-x empty\ndrwxr-xr-x lib\n-rw-r--r-- lib/a b.txt\n", 0},
		{"zip modes", "a.1.zip", zipOf(t,
			item{name: "bin/run", mode: 0o755}, item{name: "suid", mode: fs.ModeSetuid | fs.ModeSetgid | 0o755}, item{name: "closed", mode: 0o400}, item{name: "open", mode: 0o666},
			item{name: "x.nuspec", text: "kept in a zip"}, item{name: "link", link: "bin/run"}),
			"drwxr-xr-x bin\n-rwxr-xr-x bin/run\n-rw------- closed\nLrwxrwxrwx link\n-rw-rw-rw- open\n-rwxr-xr-x suid\n-rw-r--r-- x.nuspec\n", 0},
		{"tar", "a.1.tar.gz", tgzOf(t,
			item{name: "d/", mode: fs.ModeDir | 0o700}, item{name: "d/f", text: "x", mode: 0o4750}, item{name: "d/l", link: "../d/f"}, item{name: "h", hard: "d/f"}, item{name: "fifo", mode: fs.ModeDevice}),
			"drwxr-xr-x d\n-rwxr-x--- d/f\nLrwxrwxrwx d/l\n-rwxr-x--- h\n", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if runtime.GOOS == "windows" && strings.Contains(tt.want, "Lrwx") {
				return // links are refused there, as another test says
			}
			o := order(t, tt.file, tt.body)
			got, err := Install(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			if want := filepath.Join(o.Applications, "Dev", "RandomQuotes", "1.0.1"); got.Dir != want || len(got.Skipped) != tt.skipped {
				t.Errorf("Install = %+v, want %s and %d skipped", got, want, tt.skipped)
			}
			if found := tree(t, got.Dir); modes(found) != modes(tt.want) {
				t.Errorf("installed:\n%swant\n%s", found, tt.want)
			}
		})
	}
}

func TestHostilePackages(t *testing.T) {
	t.Parallel()
	lying := zipOf(t, item{name: "big", text: strings.Repeat("0", 150<<20)})
	for _, tt := range []struct {
		name, file string
		body       []byte
		message    string
	}{
		{"up", "a.1.zip", zipOf(t, item{name: "../x"}), "outside"},
		{"up inside", "a.1.zip", zipOf(t, item{name: "a/../../x"}), "outside"},
		{"absolute", "a.1.zip", zipOf(t, item{name: "/etc/x"}), "outside"},
		{"backslash", "a.1.zip", zipOf(t, item{name: `..\x`}), "outside"},
		{"encoded", "a.1.nupkg", zipOf(t, item{name: "%2e%2e/x"}), "outside"},
		{"drive", "a.1.zip", zipOf(t, item{name: "C:/x"}), "outside"},
		{"twice", "a.1.zip", zipOf(t, item{name: "x", text: "1"}, item{name: "x", text: "2"}), "twice"},
		{"file and folder", "a.1.zip", zipOf(t, item{name: "x"}, item{name: "x/y"}), "x"},
		{"link out", "a.1.zip", zipOf(t, item{name: "l", link: "../../x"}), "outside"},
		{"link absolute", "a.1.tar.gz", tgzOf(t, item{name: "l", link: "/etc"}), "outside"},
		{"through a link", "a.1.tar.gz", tgzOf(t, item{name: "l", link: "d"}, item{name: "l/x", text: "y", mode: 0o644}), "l"},
		{"link below a link", "a.1.tar.gz", tgzOf(t, item{name: "l", link: "."}, item{name: "l/m", link: ".."}), "link"},
		{"hard link out", "a.1.tar.gz", tgzOf(t, item{name: "l", hard: "../../x"}), "outside"},
		{"grows", "a.1.zip", lying, "times its size"},
		{"no zip", "a.1.zip", []byte("hello"), "no zip"},
		{"no tar", "a.1.tar", []byte(strings.Repeat("hello", 200)), "no tar"},
		{"cut off", "a.1.zip", zipOf(t, item{name: "x", text: "y"})[:30], "no zip"},
		{"unknown ending", "a.1.exe", []byte("MZ"), "exe"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := order(t, tt.file, tt.body)
			if runtime.GOOS == "windows" && strings.Contains(tt.name, "link") && !strings.Contains(tt.name, "hard") {
				tt.message = "link" // whatever it leads to
			}
			got, err := Install(t.Context(), o)
			if err == nil || !strings.Contains(err.Error(), tt.message) {
				t.Errorf("Install = %+v, %v, want an error with %q", got, err, tt.message)
			}
			if left := tree(t, filepath.Dir(o.Applications)); strings.Count(left, "\n") > 3 {
				t.Errorf("left behind:\n%s", left)
			}
		})
	}
}

func TestDamagedOrMissingDelivery(t *testing.T) {
	t.Parallel()
	o := order(t, "a.1.zip", zipOf(t, item{name: "x"}))
	path := filepath.Join(o.Packages, o.Package.SHA256)
	if err := os.WriteFile(path, []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Install(t.Context(), o); err == nil || !strings.Contains(err.Error(), "SHA-256") {
		t.Errorf("Install of damaged bytes = %v", err)
	}
	os.Remove(path)
	if _, err := Install(t.Context(), o); err == nil || !strings.Contains(err.Error(), "not been delivered") {
		t.Errorf("Install of nothing = %v", err)
	}
	if _, err := os.Stat(o.Applications); err == nil {
		t.Error("a folder was made for nothing")
	}
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	o := order(t, "a.1.zip", zipOf(t, item{name: "x", text: "some"}))
	o.FreeBytes, o.Reserve = func(string) int64 { return 1 << 20 }, Reserve
	if _, err := Install(t.Context(), o); err == nil || !strings.Contains(err.Error(), "free") {
		t.Errorf("Install = %v, want too little room", err)
	}
}

func TestNeverIntoAFolderThatIsThere(t *testing.T) {
	t.Parallel()
	o := order(t, "a.1.zip", zipOf(t, item{name: "x", text: "y"}))
	o.Environment, o.Package.Version = "Pre Prod", "1.0.1-beta:2+m"
	dirs := make(chan string, 8)
	var all sync.WaitGroup
	for range cap(dirs) {
		all.Go(func() {
			done, err := Install(t.Context(), o)
			if err != nil {
				t.Error(err)
			}
			dirs <- done.Dir
		})
	}
	all.Wait()
	close(dirs)
	seen := map[string]bool{}
	for dir := range dirs {
		seen[filepath.Base(dir)] = true
		if filepath.Base(filepath.Dir(filepath.Dir(dir))) != "Pre-Prod" {
			t.Errorf("installed in %s", dir)
		}
	}
	if len(seen) != 8 || !seen["1.0.1-beta%3A2+m"] || !seen["1.0.1-beta%3A2+m_7"] {
		t.Errorf("folders = %v, want eight", seen)
	}
}

func TestStoppedInstallationLeavesNothing(t *testing.T) {
	t.Parallel()
	o := order(t, "a.1.zip", zipOf(t, item{name: "x", text: "y"}))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Install(ctx, o); err == nil {
		t.Error("Install went on after its end")
	}
	if left := tree(t, filepath.Join(o.Applications, "Dev", "RandomQuotes")); left != "" {
		t.Errorf("left behind:\n%s", left)
	}
}

func BenchmarkTenThousandEntries(b *testing.B) {
	items := make([]item, 10_000)
	for i := range items {
		items[i] = item{name: fmt.Sprintf("vendor/gem-%d/lib/file-%d.rb", i/50, i), text: strings.Repeat("puts 1\n", 200)}
	}
	o := order(b, "a.1.zip", zipOf(b, items...))
	for b.Loop() {
		if _, err := Install(b.Context(), o); err != nil {
			b.Fatal(err)
		}
	}
}
