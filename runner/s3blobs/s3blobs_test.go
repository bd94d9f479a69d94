package s3blobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"slipway/runner/blobs"
	"slipway/runner/blobstest"
	"slipway/test/emulators/s3"
)

func open(b *s3.Bucket) *Blobs { return New(b.Config(), Settings{Bucket: b.Name, Prefix: "store/"}) }

// TestBlobs runs on a real server, whose files and folders are the names.
func TestBlobs(t *testing.T) {
	t.Parallel()
	bucket := s3.Need(t)
	blobstest.Run(t,
		func(t *testing.T) blobs.Blobs { return open(bucket) },
		blobstest.Reopen(func(t *testing.T, _ blobs.Blobs) blobs.Blobs { return open(bucket) }),
		blobstest.Folders())
}

// TestBlobsInMemory runs on a server in this process, which knows no folders, so any names go, and needs nothing installed.
// It looks at no signature, so signing is not for it, and keeps no hashes.
func TestBlobsInMemory(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(gofakes3.New(s3mem.New()).Server())
	t.Cleanup(server.Close)
	cfg := aws.Config{Region: s3.Region, BaseEndpoint: &server.URL, Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "key", SecretAccessKey: "secret"}, nil
	})}
	open := func() *Blobs { return New(cfg, Settings{Bucket: "bucket", Prefix: "store/"}) }
	if _, err := open().client.CreateBucket(t.Context(), &awss3.CreateBucketInput{Bucket: aws.String("bucket")}); err != nil {
		t.Fatal(err)
	}
	blobstest.Run(t,
		func(t *testing.T) blobs.Blobs { return struct{ blobs.Blobs }{open()} },
		blobstest.Reopen(func(t *testing.T, _ blobs.Blobs) blobs.Blobs { return open() }))
}

// TestAStreamIsNeverInMemory puts and gets more than may be in memory at once.
func TestAStreamIsNeverInMemory(t *testing.T) {
	b := open(s3.Need(t))
	const size = 100 << 20
	var most, before uint64
	look := func() {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		if before == 0 {
			runtime.GC()
			runtime.ReadMemStats(&m)
			before = m.HeapInuse
		}
		most = max(most, m.HeapInuse)
	}
	look()
	n := 0
	if _, err := b.Put(t.Context(), "large", &watched{r: io.LimitReader(zeros{}, size), look: look, n: &n}); err != nil {
		t.Fatal(err)
	}
	r, info, err := b.Get(t.Context(), "large")
	if err != nil || info.Size != size {
		t.Fatal(info, err)
	}
	got, err := io.Copy(io.Discard, &watched{r: r, look: look, n: &n})
	if err := errors.Join(err, r.Close()); err != nil || got != size {
		t.Fatal(got, err)
	}
	t.Logf("at most %d MB more than before, for %d MB", (most-before)>>20, size>>20)
	if most-before > 48<<20 {
		t.Errorf("at most %d MB more than before, want about one part of 8 MB and what the client needs", (most-before)>>20)
	}
}

type watched struct {
	r    io.Reader
	look func()
	n    *int
}

func (w *watched) Read(p []byte) (int, error) {
	if *w.n++; *w.n%20 == 0 {
		w.look()
	}
	return w.r.Read(p)
}

func BenchmarkPut(b *testing.B) {
	for _, size := range []int{2 << 10, 1 << 20, 20 << 20} {
		b.Run(fmt.Sprint(size>>10, "KB"), func(b *testing.B) {
			store, text := open(s3.Need(b)), strings.Repeat("x", size)
			b.SetBytes(int64(size))
			for i := 0; b.Loop(); i++ {
				if _, err := store.Put(b.Context(), fmt.Sprint("a/", i), strings.NewReader(text)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkGet(b *testing.B) {
	for _, size := range []int{2 << 10, 1 << 20, 20 << 20} {
		b.Run(fmt.Sprint(size>>10, "KB"), func(b *testing.B) {
			store := open(s3.Need(b))
			if _, err := store.Put(b.Context(), "a", strings.NewReader(strings.Repeat("x", size))); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(size))
			for b.Loop() {
				r, _, err := store.Get(b.Context(), "a")
				if err != nil {
					b.Fatal(err)
				}
				if _, err := io.Copy(io.Discard, r); err != nil {
					b.Fatal(err)
				}
				_ = r.Close()
			}
		})
	}
}

func BenchmarkSign(b *testing.B) {
	store := New(aws.Config{Region: s3.Region, Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "key", SecretAccessKey: "secret"}, nil
	})}, Settings{Bucket: "bucket", Prefix: "store/"})
	b.Run("get", func(b *testing.B) {
		for b.Loop() {
			if _, err := store.SignGet(b.Context(), "a", 1); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("form", func(b *testing.B) {
		for b.Loop() {
			if _, err := store.SignForm(b.Context(), "a/", 1, 1); err != nil {
				b.Fatal(err)
			}
		}
	})
}
