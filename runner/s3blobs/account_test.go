package s3blobs

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"slipway/pipelines"
	"slipway/runner/awscalls"
	"slipway/runner/spend"
	"slipway/test/emulators/s3"
)

func account(t *testing.T, b *s3.Bucket) aws.Config {
	t.Helper()
	env := b.Env()
	a, err := awscalls.Open(func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	if err != nil {
		t.Fatal(err)
	}
	return a.For("S3")
}

func TestAMissingPermissionIsNamed(t *testing.T) {
	t.Parallel()
	bucket := s3.Own(t)
	b := New(account(t, bucket), Settings{Bucket: bucket.Name, Prefix: "store/"})
	bucket.Make(func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
		s3.Fail(w, http.StatusForbidden, "AccessDenied", `User: arn:aws:sts::123456789012:assumed-role/web/web is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::bucket/store/a" because no identity-based policy allows the s3:PutObject action`)
		return true
	})
	_, err := b.Put(t.Context(), "a", strings.NewReader("x"))
	var people *pipelines.Error
	if !errors.As(err, &people) || !strings.Contains(people.Message, `"Action": "s3:PutObject", "Resource": "arn:aws:s3:::bucket/store/a"`) {
		t.Errorf("Put: got %v", err)
	}
	_, err = b.Arrivals().Open(t.Context(), "packages/a", "") // HEAD: an answer without words
	if !errors.As(err, &people) || !strings.Contains(people.Message, "s3:GetObject") {
		t.Errorf("Open: got %v", err)
	}
}

func TestRequestsAreCounted(t *testing.T) {
	t.Parallel()
	bucket := s3.Need(t)
	b := New(account(t, bucket), Settings{Bucket: bucket.Name, Prefix: "store/"})
	var meter spend.Meter
	ctx := spend.With(t.Context(), &meter)
	want := func(what string, puts, gets float64) {
		t.Helper()
		if got := meter.Take(); got[spend.BlobPut] != puts || got[spend.BlobGet] != gets {
			t.Errorf("%s: got %v, want %v puts and %v gets", what, got, puts, gets)
		}
	}
	if _, err := b.Put(ctx, "a", strings.NewReader("content")); err != nil {
		t.Fatal(err)
	}
	want("Put", 1, 0)
	r, _, err := b.Get(ctx, "a")
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Close()
	want("Get", 0, 1)
	if _, err := b.Put(ctx, "large", strings.NewReader(strings.Repeat("x", 9<<20))); err != nil {
		t.Fatal(err)
	}
	want("Put of 9 MB", 4, 0) // begin, two parts, end
	for _, sign := range []func() error{
		func() error { _, err := b.SignGet(ctx, "a", time.Minute); return err },
		func() error { _, err := b.SignPut(ctx, "a", "", time.Minute); return err },
		func() error { _, err := b.SignForm(ctx, "a/", 1, time.Minute); return err },
	} {
		if err := sign(); err != nil {
			t.Error(err)
		}
	}
	want("signing", 0, 0)
}
