package diskblobs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"slipway/runner/blobs"
	"slipway/runner/blobstest"
)

func TestBlobs(t *testing.T) {
	t.Parallel()
	blobstest.Run(t,
		func(t *testing.T) blobs.Blobs { return mustOpen(t, t.TempDir()) },
		blobstest.Reopen(func(t *testing.T, b blobs.Blobs) blobs.Blobs { return mustOpen(t, b.(*Store).dir) }))
}

func mustOpen(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mustPut(t testing.TB, s *Store, name, content string) {
	t.Helper()
	if _, err := s.Put(context.Background(), name, strings.NewReader(content)); err != nil {
		t.Fatal(err)
	}
}

func TestOpenMakesFoldersAndClearsAway(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data", "blobs")
	s := mustOpen(t, dir)
	mustPut(t, s, "kept", "content")
	leftover := filepath.Join(dir, unfinished, "put-1")
	if err := os.WriteFile(leftover, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	wantNames(t, s, "kept")
	s = mustOpen(t, dir)
	wantNames(t, s, "kept")
	if _, err := os.Stat(leftover); !absent(err) {
		t.Errorf("what a crash left is still there: %v", err)
	}
}

func wantNames(t *testing.T, s *Store, want ...string) {
	t.Helper()
	infos, err := s.List(t.Context(), "", "", 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, i := range infos {
		names = append(names, i.Name)
	}
	if !slices.Equal(names, want) {
		t.Errorf("List: got %q, want %q", names, want)
	}
}

func TestPutAndDeleteLeaveNothing(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, t.TempDir())
	mustPut(t, s, "a/b/c/d", "content")
	mustPut(t, s, "a/e", "content")
	for _, name := range []string{"a/b/c/d", "a/e"} {
		if err := s.Delete(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := os.ReadDir(s.dir)
	if err != nil || len(entries) != 1 || entries[0].Name() != unfinished {
		t.Errorf("the folder has %v and %v, want only %s", entries, err, unfinished)
	}
	if entries, err = os.ReadDir(filepath.Join(s.dir, unfinished)); err != nil || len(entries) != 0 {
		t.Errorf("%s has %v and %v, want nothing", unfinished, entries, err)
	}
}

func TestGetNoticesDamage(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, t.TempDir())
	content := strings.Repeat("content", 1000)
	for name, damage := range map[string]func(path string, whole []byte) error{
		"flipped":   func(path string, whole []byte) error { whole[3] ^= 1; return os.WriteFile(path, whole, 0o600) },
		"truncated": func(path string, whole []byte) error { return os.WriteFile(path, whole[:100], 0o600) },
		"emptied":   func(path string, _ []byte) error { return os.WriteFile(path, nil, 0o600) },
		"extended":  func(path string, whole []byte) error { return os.WriteFile(path, append(whole, 'x'), 0o600) },
		"cut out": func(path string, whole []byte) error {
			return os.WriteFile(path, slices.Delete(whole, 10, 20), 0o600)
		},
	} {
		mustPut(t, s, name[:3], content)
		path, err := s.path(name[:3])
		if err != nil {
			t.Fatal(err)
		}
		whole, err := os.ReadFile(path)
		if err := errors.Join(err, damage(path, whole)); err != nil {
			t.Fatal(err)
		}
		r, _, err := s.Get(t.Context(), name[:3])
		if err == nil {
			_, err = io.ReadAll(r)
			err = errors.Join(err, r.Close())
		}
		if err == nil || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("Get of a blob that was %s: got %v, want an error that says so", name, err)
		}
	}
}

// TestKilledWhilePutting kills a process that puts without end and looks at what it left: everything
// it has reported, and nothing that is not whole.
func TestKilledWhilePutting(t *testing.T) {
	t.Parallel()
	if dir := os.Getenv("PUT_WITHOUT_END_INTO"); dir != "" {
		putWithoutEnd(dir)
	}
	dir := t.TempDir()
	for round := range 5 {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledWhilePutting$")
		child.Env = append(os.Environ(), "PUT_WITHOUT_END_INTO="+dir)
		out, err := child.StdoutPipe()
		if err := errors.Join(err, child.Start()); err != nil {
			t.Fatal(err)
		}
		var reported []string
		for lines := bufio.NewScanner(out); len(reported) < 20+round*7 && lines.Scan(); {
			reported = append(reported, lines.Text())
		}
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = child.Wait() // it was killed
		s := mustOpen(t, dir)
		for _, name := range reported {
			wantWhole(t, s, name)
		}
		infos, err := s.List(t.Context(), "", "", 0)
		if err != nil || len(infos) < len(reported) {
			t.Fatalf("List: got %d blobs and %v, want at least %d", len(infos), err, len(reported))
		}
		for _, info := range infos {
			wantWhole(t, s, info.Name)
			if err := s.Delete(t.Context(), info.Name); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func putWithoutEnd(dir string) {
	s, err := Open(dir)
	for i := 0; err == nil; i++ {
		name := fmt.Sprintf("folder-%d/%d", i%3, i)
		if _, err = s.Put(context.Background(), name, strings.NewReader(strings.Repeat(name, 10000))); err == nil {
			fmt.Println(name)
		}
	}
	fmt.Println("error:", err)
	os.Exit(1)
}

func wantWhole(t *testing.T, s *Store, name string) {
	t.Helper()
	r, _, err := s.Get(t.Context(), name)
	if err != nil {
		t.Fatalf("Get(%s) after a kill: %v", name, err)
	}
	content, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil || string(content) != strings.Repeat(name, 10000) {
		t.Fatalf("Get(%s) after a kill: %d bytes and %v, want what was put", name, len(content), err)
	}
}

// BenchmarkPut is about chunks of logs: 2 KB each, into one folder, beside a plain write and sync of a file.
func BenchmarkPut(b *testing.B) {
	chunk := strings.Repeat("x", 2<<10)
	b.Run("Put", func(b *testing.B) {
		s := mustOpen(b, b.TempDir())
		for i := 0; b.Loop(); i++ {
			mustPut(b, s, fmt.Sprintf("log/%09d", i), chunk)
		}
	})
	b.Run("Put/parallel", func(b *testing.B) {
		s := mustOpen(b, b.TempDir())
		b.SetParallelism(16)
		b.RunParallel(func(pb *testing.PB) {
			for i := 0; pb.Next(); i++ {
				mustPut(b, s, fmt.Sprintf("log/%p/%09d", pb, i), chunk)
			}
		})
	})
	b.Run("plain file and sync", func(b *testing.B) {
		dir := b.TempDir()
		for i := 0; b.Loop(); i++ {
			f, err := os.Create(filepath.Join(dir, fmt.Sprint(i)))
			if err != nil {
				b.Fatal(err)
			}
			_, err = f.WriteString(chunk)
			if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
				b.Fatal(err)
			}
		}
	})
}
