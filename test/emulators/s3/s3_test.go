package s3

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
)

func client(s *Server) *s3.Client {
	return s3.NewFromConfig(s.Config(), func(o *s3.Options) { o.UsePathStyle = true })
}

// put puts an object and returns its version.
func put(t *testing.T, b *Bucket, key, content string, change ...func(*s3.PutObjectInput)) string {
	t.Helper()
	in := &s3.PutObjectInput{Bucket: &b.Name, Key: &key, Body: strings.NewReader(content)}
	for _, c := range change {
		c(in)
	}
	out, err := client(b.Server).PutObject(t.Context(), in)
	if err != nil {
		t.Fatalf("put %s: %v", key, err)
	}
	return aws.ToString(out.VersionId)
}

// event is AWS's, as its page "Event message structure" shows it.
type event struct {
	Records []struct {
		EventName, EventSource string
		S3                     struct {
			Bucket struct{ Name string }
			Object struct {
				Key, ETag, VersionID, Sequencer string
				Size                            int64
			}
		}
	}
}

// listen has the bucket's events sent into a channel.
func listen(t *testing.T, b *Bucket, prefixes ...string) <-chan event {
	t.Helper()
	all := make(chan event, 100)
	b.Notify(b.Name, prefixes, func(text []byte) {
		var e event
		if err := json.Unmarshal(text, &e); err != nil {
			t.Errorf("event %s: %v", text, err)
		}
		all <- e
	})
	return all
}

func next(t *testing.T, all <-chan event) event {
	t.Helper()
	select {
	case e := <-all:
		return e
	case <-time.After(20 * time.Second):
		t.Fatal("no event within 20 s")
		return event{}
	}
}

func TestEventsAreOfAWSsForm(t *testing.T) {
	t.Parallel()
	b := Need(t)
	all := listen(t, b, "packages/", "store/reports/")
	put(t, b, "elsewhere/quiet", "x")
	before := ""
	for _, key := range []string{"packages/plain.zip", "packages/red flower.jpg", "packages/für+50%.zip", "packages/🚀 a&b=c?.nupkg", "store/reports/a/b c"} {
		for _, content := range []string{"first", "second!"} { // the same name again: another version
			version := put(t, b, key, content)
			r := next(t, all).Records[0]
			got, err := url.QueryUnescape(r.S3.Object.Key)
			if err != nil || got != key || strings.ContainsAny(r.S3.Object.Key, " ü") {
				t.Errorf("event of %q: got the key %q", key, r.S3.Object.Key)
			}
			o := r.S3.Object
			if r.EventName != "ObjectCreated:Put" || r.EventSource != "aws:s3" || r.S3.Bucket.Name != b.Name || o.VersionID != version || o.Size != int64(len(content)) || strings.Contains(o.ETag, `"`) {
				t.Errorf("event of %q: got %+v, want the version %s and the size %d", key, r, version, len(content))
			}
			if len(o.Sequencer) != 18 || o.Sequencer <= before {
				t.Errorf("event of %q: sequencer %s after %s", key, o.Sequencer, before)
			}
			before = o.Sequencer
		}
	}
}

func TestEventsOfPartsAndCopies(t *testing.T) {
	t.Parallel()
	b := Need(t)
	all := listen(t, b)
	c, key := client(b.Server), "packages/in parts"
	begun, err := c.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: &b.Name, Key: &key, ChecksumAlgorithm: types.ChecksumAlgorithmSha256})
	if err != nil {
		t.Fatal(err)
	}
	part, err := c.UploadPart(t.Context(), &s3.UploadPartInput{Bucket: &b.Name, Key: &key, UploadId: begun.UploadId, PartNumber: aws.Int32(1), Body: strings.NewReader("only part"), ChecksumAlgorithm: types.ChecksumAlgorithmSha256})
	if err != nil {
		t.Fatal(err)
	}
	done, err := c.CompleteMultipartUpload(t.Context(), &s3.CompleteMultipartUploadInput{
		Bucket: &b.Name, Key: &key, UploadId: begun.UploadId,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{{ETag: part.ETag, PartNumber: aws.Int32(1), ChecksumSHA256: part.ChecksumSHA256}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := func(name, key, version string) {
		t.Helper()
		r := next(t, all).Records[0]
		if r.EventName != name || r.S3.Object.Key != url.QueryEscape(key) || r.S3.Object.VersionID != version || r.S3.Object.Size != 9 {
			t.Errorf("got %+v, want %s of %s, version %s, 9 bytes", r, name, key, version)
		}
	}
	want("ObjectCreated:CompleteMultipartUpload", key, aws.ToString(done.VersionId))
	copied, err := c.CopyObject(t.Context(), &s3.CopyObjectInput{Bucket: &b.Name, Key: aws.String("copy"), CopySource: aws.String(b.Name + "/" + url.PathEscape(key))})
	if err != nil {
		t.Fatal(err)
	}
	want("ObjectCreated:Copy", "copy", aws.ToString(copied.VersionId))
}

func TestConditionalWrites(t *testing.T) {
	t.Parallel()
	b := Need(t)
	c := client(b.Server)
	absent := func(in *s3.PutObjectInput) { in.IfNoneMatch = aws.String("*") }
	put(t, b, "a", "first", absent)
	if _, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &b.Name, Key: aws.String("a"), Body: strings.NewReader("second"), IfNoneMatch: aws.String("*")}); code(err) != "PreconditionFailed" {
		t.Errorf("put of a taken name: %v", err)
	}
	copyTo := func(key string) error {
		_, err := c.CopyObject(t.Context(), &s3.CopyObjectInput{Bucket: &b.Name, Key: &key, CopySource: aws.String(b.Name + "/a"), IfNoneMatch: aws.String("*")})
		return err
	}
	if err := copyTo("b"); err != nil {
		t.Errorf("copy to a free name: %v", err)
	}
	if err := copyTo("b"); code(err) != "PreconditionFailed" {
		t.Errorf("copy to a taken name: %v", err)
	}
	for range 2 { // a deletion, and one of what is deleted
		if _, err := c.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &b.Name, Key: aws.String("a")}); err != nil {
			t.Fatal(err)
		}
	}
	put(t, b, "a", "after the deletion", absent)
}

func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

func TestKilledAndRestarted(t *testing.T) {
	t.Parallel()
	b := Own(t)
	version := put(t, b, "a", "content")
	b.Kill()
	c := s3.NewFromConfig(b.Config(), func(o *s3.Options) { o.UsePathStyle, o.RetryMaxAttempts = true, 1 })
	get := &s3.GetObjectInput{Bucket: &b.Name, Key: aws.String("a"), VersionId: &version}
	if _, err := c.GetObject(t.Context(), get); err == nil {
		t.Error("a killed server answers")
	}
	if err := b.Restart(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.GetObject(t.Context(), get); err != nil {
		t.Errorf("after a restart: %v", err)
	}
	all := listen(t, b)
	put(t, b, "b", "x")
	if r := next(t, all).Records[0]; r.S3.Object.Key != "b" {
		t.Errorf("event after a restart: %+v", r)
	}
}

func TestTrouble(t *testing.T) {
	t.Parallel()
	b := Own(t)
	b.Make(func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
		Fail(w, http.StatusForbidden, "AccessDenied", "no <way>")
		return true
	})
	_, err := client(b.Server).GetObject(t.Context(), &s3.GetObjectInput{Bucket: &b.Name, Key: aws.String("a")})
	if code(err) != "AccessDenied" || !strings.Contains(err.Error(), "no <way>") {
		t.Errorf("got %v", err)
	}
	b.Make(nil)
	put(t, b, "a", "x")
}
