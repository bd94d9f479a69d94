package s3blobs

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"slipway/runner/awscalls"
	"slipway/runner/blobs"
	"slipway/test/emulators/s3"
)

func TestGetNoticesDamage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	server, err := startIn(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	b := open(s3.MakeBucket(t, server))
	b.part = 5 << 20
	for name, size := range map[string]int{"small": 1000, "parts": 11 << 20} {
		if _, err := b.Put(t.Context(), name, strings.NewReader(strings.Repeat("x", size))); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, "data", b.bucket, "store", name)
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err == nil {
			_, err = f.WriteAt([]byte("y"), int64(size/2))
		}
		if err := errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
		if got := content(t, b, name); !strings.Contains(got, "damaged") && !strings.Contains(got, "checksum") {
			t.Errorf("%s: got %.100q (%d bytes), want an error", name, got, len(got))
		}
	}
}

func startIn(t *testing.T, dir string) (*s3.Server, error) {
	t.Helper()
	if _, err := os.Stat(s3.Tool()); err != nil {
		t.Skipf("no S3 server: versitygw is not at %s; test/emulators/s3/install.sh puts it there", s3.Tool())
	}
	server, err := s3.Start(s3.Settings{Dir: dir, Log: t.Logf})
	if err == nil {
		t.Cleanup(func() { _ = server.Stop() })
	}
	return server, err
}

func TestKilledServerLosesNothingAndShowsNothingHalf(t *testing.T) {
	t.Parallel()
	bucket := s3.Own(t)
	b := hasty(bucket)
	b.part = 5 << 20
	if _, err := b.Put(t.Context(), "whole", strings.NewReader("content")); err != nil {
		t.Fatal(err)
	}
	r, w := io.Pipe()
	done := make(chan error)
	go func() {
		_, err := b.Put(t.Context(), "half", r)
		_ = r.CloseWithError(err)
		done <- err
	}()
	part := strings.Repeat("x", 5<<20)
	for range 2 {
		if _, err := io.WriteString(w, part); err != nil {
			t.Fatal(err)
		}
	}
	bucket.Kill()
	_, _ = io.WriteString(w, part)
	_ = w.Close()
	if err := <-done; err == nil || errors.Is(err, blobs.ErrExists) {
		t.Errorf("Put to a killed server: got %v", err)
	}
	if err := bucket.Restart(); err != nil {
		t.Fatal(err)
	}
	wantOnly(t, b, "whole")
	if n, err := bucket.AbortUnfinished(t.Context(), bucket.Name); err != nil || n != 1 {
		t.Errorf("the lifecycle rule found %d unfinished uploads and %v, want 1", n, err)
	}
	if _, err := b.Put(t.Context(), "half", strings.NewReader(part+part+part)); err != nil {
		t.Errorf("Put after the restart: %v", err)
	}
}

func wantOnly(t *testing.T, b *Blobs, name string) {
	t.Helper()
	infos, err := b.List(t.Context(), "", "", 0)
	if err != nil || len(infos) != 1 || infos[0].Name != name {
		t.Errorf("List: got %v and %v, want only %s", infos, err, name)
	}
}

// TestKilledWhilePutting kills a process of ours in the middle of an upload in parts.
func TestKilledWhilePutting(t *testing.T) {
	t.Parallel()
	if endpoint := os.Getenv("PUT_WITHOUT_END_TO"); endpoint != "" {
		putWithoutEnd(endpoint, os.Getenv("PUT_INTO_BUCKET"))
	}
	bucket := s3.Own(t)
	parts := make(chan struct{}, 100)
	bucket.Make(func(w http.ResponseWriter, r *http.Request, on http.Handler) bool {
		on.ServeHTTP(w, r)
		if r.Method == http.MethodPut && r.URL.Query().Has("partNumber") {
			parts <- struct{}{}
		}
		return true
	})
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledWhilePutting$")
	child.Env = append(os.Environ(), "PUT_WITHOUT_END_TO="+bucket.URL(), "PUT_INTO_BUCKET="+bucket.Name)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		<-parts
	}
	_ = child.Process.Kill()
	_ = child.Wait() // it was killed
	b := open(bucket)
	if infos, err := b.List(t.Context(), "", "", 0); err != nil || len(infos) != 0 {
		t.Errorf("List: got %v and %v, want nothing", infos, err)
	}
	if n, err := bucket.AbortUnfinished(t.Context(), bucket.Name); err != nil || n != 1 {
		t.Errorf("the lifecycle rule found %d unfinished uploads and %v, want 1", n, err)
	}
}

func putWithoutEnd(endpoint, bucket string) {
	account, err := awscalls.Open(func(name string) (string, bool) {
		v, ok := map[string]string{"AWS_REGION": s3.Region, "AWS_ACCESS_KEY_ID": s3.AccessKey, "AWS_SECRET_ACCESS_KEY": s3.SecretKey, "AWS_ENDPOINT_URL_S3": endpoint}[name]
		return v, ok
	})
	if err == nil {
		_, _ = New(account.For("S3"), Settings{Bucket: bucket, Prefix: "store/"}).Put(context.Background(), "endless", zeros{})
	}
	os.Exit(1)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }
