package s3blobs

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"

	"slipway/runner/blobs"
	"slipway/test/emulators/s3"
)

// arrive puts an object as `aws s3 cp` does, and returns its version.
func arrive(t *testing.T, b *s3.Bucket, key string, content []byte) string {
	t.Helper()
	c := awss3.NewFromConfig(b.Config(), func(o *awss3.Options) { o.UsePathStyle = true })
	out, err := c.PutObject(t.Context(), &awss3.PutObjectInput{Bucket: &b.Name, Key: &key, Body: bytes.NewReader(content)})
	if err != nil {
		t.Fatal(err)
	}
	return aws.ToString(out.VersionId)
}

func mustOpen(t *testing.T, a *Arrivals, key, version string) *Object {
	t.Helper()
	o, err := a.Open(t.Context(), key, version)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	return o
}

func text(t *testing.T, o *Object) string {
	t.Helper()
	text, err := io.ReadAll(io.NewSectionReader(o, 0, o.Size()))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestArrivalsUnderAnyName(t *testing.T) {
	t.Parallel()
	bucket := s3.Need(t)
	b := open(bucket)
	for i, key := range []string{"packages/plain.zip", "packages/red flower.zip", "packages/für +50%.zip", "packages/🚀 a&b=c?d#e.nupkg", "packages/a/b//c.zip", "packages/a'b(c)!*.zip", "packages/%2F.zip"} {
		version := arrive(t, bucket, key, []byte("content of "+key))
		o := mustOpen(t, b.Arrivals(), key, version)
		if got := text(t, o); got != "content of "+key || o.Version != version || o.Size() != int64(len(got)) || o.Modified.IsZero() {
			t.Errorf("%s: got %q of %+v", key, got, o)
		}
		name := fmt.Sprint("packages/", i)
		info, err := b.Arrivals().Copy(t.Context(), o, name, hashOf("content of "+key))
		if err != nil || info.Name != name || info.Size != o.Size() || info.SHA256 != hashOf("content of "+key) || info.Modified.IsZero() {
			t.Errorf("Copy of %s: got %+v and %v", key, info, err)
		}
		r, there, err := b.Get(t.Context(), name)
		if err != nil || there.SHA256 != info.SHA256 {
			t.Fatalf("Get of the copy: got %+v and %v", there, err)
		}
		_ = r.Close()
		if got := content(t, b, name); got != "content of "+key {
			t.Errorf("copy of %s: got %q", key, got)
		}
	}
}

func TestAnArrivalIsOneVersion(t *testing.T) {
	t.Parallel()
	bucket := s3.Need(t)
	b := open(bucket)
	a := b.Arrivals()
	if _, err := a.Open(t.Context(), "packages/a", ""); !errors.Is(err, blobs.ErrNotFound) {
		t.Errorf("Open of what is absent: got %v, want ErrNotFound", err)
	}
	first := arrive(t, bucket, "packages/a", []byte("first"))
	pinned, current := mustOpen(t, a, "packages/a", first), mustOpen(t, a, "packages/a", "")
	arrive(t, bucket, "packages/a", []byte("other"))
	for _, o := range []*Object{pinned, current, mustOpen(t, a, "packages/a", first)} {
		if got := text(t, o); got != "first" {
			t.Errorf("got %q, want the version that was opened", got)
		}
	}
	if got := text(t, mustOpen(t, a, "packages/a", "")); got != "other" {
		t.Errorf("got %q, want the current version", got)
	}
	if _, err := a.Copy(t.Context(), pinned, "copy", hashOf("first")); err != nil {
		t.Error(err)
	}
	if got := content(t, b, "copy"); got != "first" {
		t.Errorf("copy: got %q, want the version that was opened", got)
	}
	c := awss3.NewFromConfig(bucket.Config(), func(o *awss3.Options) { o.UsePathStyle = true })
	if _, err := c.DeleteObject(t.Context(), &awss3.DeleteObjectInput{Bucket: &bucket.Name, Key: aws.String("packages/a")}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Open(t.Context(), "packages/a", ""); !errors.Is(err, blobs.ErrNotFound) {
		t.Errorf("Open of what was deleted: got %v, want ErrNotFound", err)
	}
	if got := text(t, mustOpen(t, a, "packages/a", first)); got != "first" {
		t.Errorf("the version before the deletion: got %q", got)
	}
}

func TestCopyKeepsToTheRules(t *testing.T) {
	t.Parallel()
	bucket := s3.Need(t)
	b := open(bucket)
	a := b.Arrivals()
	o := mustOpen(t, a, "packages/a", arrive(t, bucket, "packages/a", []byte("content")))
	if _, err := b.Put(t.Context(), "taken", strings.NewReader("theirs")); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Copy(t.Context(), o, "taken", hashOf("content")); !errors.Is(err, blobs.ErrExists) {
		t.Errorf("Copy to a taken name: got %v, want ErrExists", err)
	}
	if _, err := a.Copy(t.Context(), o, "wrong", hashOf("other")); err == nil || !strings.Contains(err.Error(), "nothing was kept") {
		t.Errorf("Copy with another hash: got %v", err)
	}
	if got := content(t, b, "wrong"); !strings.Contains(got, blobs.ErrNotFound.Error()) {
		t.Errorf("after it: got %q", got)
	}
	if _, err := a.Copy(t.Context(), o, "../out", hashOf("content")); !errors.Is(err, blobs.ErrInvalid) {
		t.Errorf("Copy to a bad name: got %v, want ErrInvalid", err)
	}
	if _, err := a.carry(t.Context(), o, "carried", hashOf("content")); err != nil || content(t, b, "carried") != "content" {
		t.Errorf("what S3 cannot copy at once: %v", err)
	}
	if _, err := a.carry(t.Context(), o, "carried-wrongly", hashOf("other")); err == nil {
		t.Error("carried with another hash")
	}
	if _, _, err := b.Get(t.Context(), "carried-wrongly"); !errors.Is(err, blobs.ErrNotFound) {
		t.Errorf("after it: got %v", err)
	}
}

// TestReadingAnArchiveTakesFewRequests reads as package arrivals are read: the directory, some files, then all for the hash.
func TestReadingAnArchiveTakesFewRequests(t *testing.T) {
	t.Parallel()
	bucket := s3.Own(t)
	var gets atomic.Int64
	bucket.Make(func(_ http.ResponseWriter, r *http.Request, _ http.Handler) bool {
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			gets.Add(1)
		}
		return false
	})
	for _, size := range []int{100, 500_000, 3 << 20, 6 << 20, 30 << 20} {
		archive := zipOf(t, size)
		key := fmt.Sprint("packages/", size)
		version := arrive(t, bucket, key, archive)
		gets.Store(0)
		o := mustOpen(t, open(bucket).Arrivals(), key, version)
		z, err := zip.NewReader(o, o.Size())
		if err != nil {
			t.Fatal(err)
		}
		f, err := z.Open("app.nuspec")
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(f); err != nil || string(text) != "<package/>" {
			t.Errorf("app.nuspec: got %q and %v", text, err)
		}
		sum := sha256.New()
		if n, err := io.Copy(sum, io.NewSectionReader(o, 0, o.Size())); err != nil || n != o.Size() {
			t.Fatalf("hash: %d bytes and %v", n, err)
		}
		if want := sha256.Sum256(archive); hex.EncodeToString(sum.Sum(nil)) != hex.EncodeToString(want[:]) {
			t.Errorf("%d bytes: wrong hash", size)
		}
		t.Logf("%d bytes: %d requests", len(archive), gets.Load())
		if most := int64(len(archive)/(8<<20) + 4); gets.Load() > most {
			t.Errorf("%d bytes: %d requests, want at most %d", len(archive), gets.Load(), most)
		}
	}
}

func zipOf(t *testing.T, size int) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	noise := rand.NewChaCha8([32]byte{1})
	for i := range 300 {
		f, err := w.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("content/file-%03d", i), Method: zip.Store})
		if err == nil {
			_, err = io.CopyN(f, noise, int64(size/300))
		}
		if err != nil {
			t.Fatal(err)
		}
		if i == 150 {
			f, err := w.Create("app.nuspec")
			if err == nil {
				_, err = io.WriteString(f, "<package/>")
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestReadAtAgainstThePlainBytes reads at random, with a server that cuts streams now and then.
func TestReadAtAgainstThePlainBytes(t *testing.T) {
	t.Parallel()
	bucket := s3.Own(t)
	random := rand.New(rand.NewPCG(1, 2))
	plain := make([]byte, 7<<20+123)
	for i := range plain {
		plain[i] = byte(random.Uint32())
	}
	version := arrive(t, bucket, "packages/a", plain)
	bucket.Make(func(w http.ResponseWriter, r *http.Request, on http.Handler) bool {
		if !strings.HasSuffix(r.Header.Get("Range"), "-") {
			return false
		}
		on.ServeHTTP(&stopping{w, 300_000}, r) // a stream
		return true
	})
	o := mustOpen(t, open(bucket).Arrivals(), "packages/a", version)
	at := int64(0)
	for range 400 {
		if random.IntN(4) == 0 {
			at = random.Int64N(o.Size() + 10)
		}
		p := make([]byte, random.IntN(100_000))
		n, err := o.ReadAt(p, at)
		want := plain[min(at, o.Size()):min(at+int64(len(p)), o.Size())]
		if !bytes.Equal(p[:n], want) || (n < len(p)) != (err == io.EOF) || err != nil && err != io.EOF {
			t.Fatalf("ReadAt(%d bytes, %d): got %d bytes and %v, want %d", len(p), at, n, err, len(want))
		}
		at += int64(n)
	}
	if _, err := o.ReadAt(make([]byte, 1), -1); err == nil {
		t.Error("ReadAt(-1): no error")
	}
	if err := o.Close(); err != nil {
		t.Error(err)
	}
	if _, err := o.ReadAt(make([]byte, 1), 0); err == nil {
		t.Error("ReadAt after Close: no error")
	}
}

func TestKept(t *testing.T) {
	t.Parallel()
	bucket := s3.Need(t)
	b := open(bucket)
	k := b.Kept()
	if all, err := k.List(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("List of nothing: got %v and %v", all, err)
	}
	keys := []string{"aws/lambda/ESM/1/2026/11/22/a b", "aws/lambda/async/runner/2026/11/22/T03.04.05Z-1"}
	for _, key := range keys {
		arrive(t, bucket, key, []byte("event "+key))
	}
	arrive(t, bucket, "packages/secret", []byte("secret"))
	all, err := k.List(t.Context())
	var got []string
	for _, e := range all {
		got = append(got, e.Key)
		if e.At.IsZero() || e.Size != int64(len("event "+e.Key)) {
			t.Errorf("List: got %+v", e)
		}
	}
	if err != nil || !slices.Equal(got, keys) {
		t.Fatalf("List: got %q and %v", got, err)
	}
	if text, err := k.Get(t.Context(), keys[0]); err != nil || string(text) != "event "+keys[0] {
		t.Errorf("Get: got %q and %v", text, err)
	}
	for range 2 {
		if err := k.Delete(t.Context(), keys[0]); err != nil {
			t.Error(err)
		}
	}
	if _, err := k.Get(t.Context(), keys[0]); !errors.Is(err, blobs.ErrNotFound) {
		t.Errorf("Get of what was deleted: got %v, want ErrNotFound", err)
	}
	for _, key := range []string{"", "packages/secret", "aws/lambda/", "aws/lambda", "store/a"} {
		if text, err := k.Get(t.Context(), key); !errors.Is(err, blobs.ErrInvalid) {
			t.Errorf("Get(%q): got %q and %v, want ErrInvalid", key, text, err)
		}
		if err := k.Delete(t.Context(), key); !errors.Is(err, blobs.ErrInvalid) {
			t.Errorf("Delete(%q): got %v, want ErrInvalid", key, err)
		}
	}
}
