package feeds_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/feeds"
)

// bucketOf is a bucket for a test; an object's content is its key unless it
// says otherwise.
type bucketOf struct {
	keys  []string
	sizes map[string]int64
	err   error
	hangs bool
}

func (b bucketOf) List(ctx context.Context, bucket, prefix string) ([]feeds.Object, error) {
	if b.hangs {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	var found []feeds.Object
	for _, key := range b.keys {
		size, said := b.sizes[key]
		if !said {
			size = int64(len(key))
		}
		found = append(found, feeds.Object{Key: key, Size: size, Modified: monday()})
	}
	return found, b.err
}

func (b bucketOf) Get(_ context.Context, bucket, key string) (io.ReadCloser, error) {
	if bucket != "acme" {
		return nil, errors.New("no such bucket")
	}
	if strings.Contains(key, "Stalls") {
		from, _ := io.Pipe()
		return from, nil
	}
	return io.NopCloser(strings.NewReader(key)), nil
}

func TestBucket(t *testing.T) {
	t.Parallel()
	b := bucketOf{keys: []string{
		"releases/RandomQuotes.1.0.9.zip", "releases/RandomQuotes.1.0.10.zip", "releases/sub/RandomQuotes.1.0.11-beta.tar.gz",
		"releases/randomquotes.tools.2.0.0.nupkg", "releases/notes.txt", "releases/", "releases/Twice.1.0.0.zip", "releases/old/Twice.1.0.nupkg",
		"releases-old/RandomQuotes.9.9.9.zip", "releases/Lies.1.0.0.zip", "releases/Stalls.1.0.0.zip",
	}, sizes: map[string]int64{"releases/Lies.1.0.0.zip": 99}}
	source, err := feeds.OpenWithin(pipelines.Feed{Name: "Artifactory", Type: pipelines.FeedS3, URL: "s3://acme/releases"}, feeds.Access{S3: b}, time.Minute, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	checkStore(t, source, "releases/RandomQuotes.1.0.10.zip")
	_, err = source.Fetch(t.Context(), "Twice", "1.0.0", io.Discard)
	if err != nil {
		t.Errorf("the better name of two: %v", err)
	}
	_, err = source.Fetch(t.Context(), "Twice", "1.0.0.0", io.Discard)
	if err == nil || pipelines.CodeOf(err) != pipelines.Conflict || !strings.Contains(err.Error(), "more than once, as releases/Twice.1.0.0.zip and releases/old/Twice.1.0.nupkg") {
		t.Errorf("a package that lies there twice: %v", err)
	}
	_, err = source.Fetch(t.Context(), "Lies", "1.0.0", io.Discard)
	if err == nil || !strings.Contains(err.Error(), "the feed promised 99 bytes and sent only") {
		t.Errorf("a size that is not true: %v", err)
	}
}

func TestBucketThatFails(t *testing.T) {
	t.Parallel()
	for want, b := range map[string]bucketOf{
		"AccessDenied":              {err: errors.New("AccessDenied: you may not list")},
		"has not answered within":   {hangs: true},
		"more than 100000 objects ": {keys: make([]string, 100_001)},
	} {
		limit := time.Minute
		if b.hangs {
			limit = 100 * time.Millisecond
		}
		source, err := feeds.OpenWithin(pipelines.Feed{Name: "Releases", Type: pipelines.FeedS3, URL: "s3://acme/"}, feeds.Access{S3: b}, limit, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		_, err = source.Versions(t.Context(), "RandomQuotes")
		if err == nil || !strings.HasPrefix(err.Error(), "feed Releases (s3://acme/): ") || !strings.Contains(err.Error(), want) {
			t.Errorf("Versions = %v, want %q", err, want)
		}
	}
	stalls := bucketOf{keys: []string{"Stalls.1.0.0.zip"}}
	source, err := feeds.OpenWithin(pipelines.Feed{Name: "Releases", Type: pipelines.FeedS3, URL: "s3://acme"}, feeds.Access{S3: stalls}, time.Minute, 50*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	_, err = source.Fetch(t.Context(), "Stalls", "1.0.0", io.Discard)
	if err == nil || !strings.Contains(err.Error(), "has sent nothing for 50ms") {
		t.Errorf("bytes that stop: %v", err)
	}
}

// checkStore looks for the same packages in a bucket and in a folder.
func checkStore(t *testing.T, source feeds.Source, content string) {
	t.Helper()
	found, err := source.Versions(t.Context(), "randomquotes")
	if got, want := names(found), "1.0.11-beta 1.0.10 1.0.9"; err != nil || got != want {
		t.Fatalf("Versions = %s, %v, want %s", got, err, want)
	}
	if !found[0].Published.Equal(monday()) || found[0].Size == 0 {
		t.Errorf("the newest is %+v, want time and size of its file", found[0])
	}
	ids, err := source.Search(t.Context(), "quotes", 10)
	if got, want := strings.Join(ids, " "), "RandomQuotes randomquotes.tools"; err != nil || got != want {
		t.Errorf("Search = %s, %v, want %s", got, err, want)
	}
	var got bytes.Buffer
	fetched, err := source.Fetch(t.Context(), "RandomQuotes", "1.0.10", &got)
	if err != nil || got.String() != content || fetched.FileName != "RandomQuotes.1.0.10.zip" || fetched.Size != int64(len(content)) || len(fetched.SHA256) != 64 {
		t.Errorf("Fetch = %+v, %v, %q, want %q", fetched, err, got.String(), content)
	}
	if _, err := source.Fetch(t.Context(), "RandomQuotes", "3.0", io.Discard); pipelines.CodeOf(err) != pipelines.NotFound {
		t.Errorf("Fetch of what is not there: %v", err)
	}
	if _, err := source.Versions(t.Context(), "../x"); pipelines.CodeOf(err) != pipelines.Invalid {
		t.Errorf("Versions of an id that is none: %v", err)
	}
}

func TestFolder(t *testing.T) {
	t.Parallel()
	outside, dir := t.TempDir(), t.TempDir()
	deep := filepath.Join(append([]string{dir}, strings.Split(strings.Repeat("d/", 12), "/")...)...)
	for _, path := range []string{
		filepath.Join(dir, "RandomQuotes.1.0.9.zip"), filepath.Join(dir, "RandomQuotes.1.0.10.zip"), filepath.Join(dir, "sub", "RandomQuotes.1.0.11-beta.tar.gz"),
		filepath.Join(dir, "randomquotes.tools.2.0.0.nupkg"), filepath.Join(dir, "notes.txt"), filepath.Join(outside, "RandomQuotes.6.6.6.zip"),
		filepath.Join(deep, "RandomQuotes.5.5.5.zip"),
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("content"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, monday(), monday()); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "RandomQuotes.4.4.4.zip"), 0o755); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" { // where links need a right of their own
		for link, to := range map[string]string{"RandomQuotes.6.6.6.zip": filepath.Join(outside, "RandomQuotes.6.6.6.zip"), "out": outside, "RandomQuotes.7.7.7.zip": "../" + filepath.Base(outside) + "/RandomQuotes.6.6.6.zip", "RandomQuotes.8.8.8.zip": "nothing"} {
			if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
				t.Fatal(err)
			}
		}
	}
	source := mustOpen(t, pipelines.Feed{Type: pipelines.FeedFolder, URL: dir}, feeds.Access{})
	checkStore(t, source, "content")
	source = mustOpen(t, pipelines.Feed{Type: pipelines.FeedFolder, URL: filepath.Join(dir, "missing")}, feeds.Access{})
	_, err := source.Versions(t.Context(), "RandomQuotes")
	checkTroubleOf(t, err, fmt.Sprintf("feed Artifactory (%s): there is no such folder", filepath.Join(dir, "missing")))
}

func checkTroubleOf(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) || pipelines.CodeOf(err) != pipelines.Unavailable {
		t.Errorf("the error is %v, want %q", err, want)
	}
}

// What goes wrong on our side is no error of the feed.
func TestAFullDiskIsNotTheFeed(t *testing.T) {
	t.Parallel()
	full := errors.New("no space left")
	source := mustOpen(t, pipelines.Feed{Type: pipelines.FeedS3, URL: "s3://acme"}, feeds.Access{S3: bucketOf{keys: []string{"RandomQuotes.1.0.0.zip"}}})
	_, err := source.Fetch(t.Context(), "RandomQuotes", "1.0.0", refusing{full})
	if !errors.Is(err, full) || pipelines.CodeOf(err) != "" {
		t.Errorf("Fetch to a full disk = %v, want it as it is", err)
	}
}

type refusing struct{ error }

func (r refusing) Write([]byte) (int, error) { return 0, r.error }
