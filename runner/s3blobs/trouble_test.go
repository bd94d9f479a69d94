package s3blobs

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"

	"slipway/runner/blobs"
	"slipway/test/emulators/s3"
)

// hasty is a store that waits less between its tries.
func hasty(b *s3.Bucket, change ...func(*aws.Config)) *Blobs {
	cfg := b.Config()
	cfg.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts, o.MaxBackoff = 5, time.Millisecond })
	}
	for _, c := range change {
		c(&cfg)
	}
	return New(cfg, Settings{Bucket: b.Name, Prefix: "store/"})
}

// times makes the first n requests of a method end in trouble.
func times(n int64, method string, trouble s3.Trouble) s3.Trouble {
	var seen atomic.Int64
	return func(w http.ResponseWriter, r *http.Request, on http.Handler) bool {
		return r.Method == method && seen.Add(1) <= n && trouble(w, r, on)
	}
}

func refuse(status int, code string) s3.Trouble {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
		_, _ = io.Copy(io.Discard, r.Body)
		s3.Fail(w, status, code, "trouble for a test")
		return true
	}
}

// lose lets the server do it and cuts the connection instead of the answer.
func lose(w http.ResponseWriter, r *http.Request, on http.Handler) bool {
	on.ServeHTTP(discard{http.Header{}}, r)
	cut(w)
	return true
}

// cut closes the connection without a word.
func cut(w http.ResponseWriter) {
	if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = c.Close()
	}
}

type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}

func TestTriesAgain(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]s3.Trouble{
		"throttled":   refuse(http.StatusServiceUnavailable, "SlowDown"),
		"own trouble": refuse(http.StatusInternalServerError, "InternalError"),
		"conflict":    refuse(http.StatusConflict, "ConditionalRequestConflict"),
		"answer lost": lose,
		"cut at once": func(w http.ResponseWriter, _ *http.Request, _ http.Handler) bool { cut(w); return true },
		"cut in a part": func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
			_, _ = io.CopyN(io.Discard, r.Body, 100)
			cut(w)
			return true
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bucket := s3.Own(t)
			b := hasty(bucket)
			bucket.Make(times(2, http.MethodPut, trouble))
			info, err := b.Put(t.Context(), "a", strings.NewReader(strings.Repeat("content", 1000)))
			if err != nil || info.Size != 7000 || info.SHA256 != hashOf(strings.Repeat("content", 1000)) || info.Modified.IsZero() {
				t.Errorf("Put: got %+v and %v", info, err)
			}
			bucket.Make(times(2, http.MethodGet, trouble))
			if got := content(t, b, "a"); got != strings.Repeat("content", 1000) {
				t.Errorf("Get: got %.100q", got)
			}
			bucket.Make(times(2, http.MethodDelete, trouble))
			if err := b.Delete(t.Context(), "a"); err != nil {
				t.Errorf("Delete: %v", err)
			}
		})
	}
}

func TestALostAnswerOfALoserIsExists(t *testing.T) {
	t.Parallel()
	bucket := s3.Own(t)
	b := hasty(bucket)
	if _, err := b.Put(t.Context(), "a", strings.NewReader("theirs")); err != nil {
		t.Fatal(err)
	}
	bucket.Make(times(1, http.MethodPut, lose))
	if _, err := b.Put(t.Context(), "a", strings.NewReader("ours")); !errors.Is(err, blobs.ErrExists) {
		t.Errorf("got %v, want ErrExists", err)
	}
	bucket.Make(func(w http.ResponseWriter, r *http.Request, on http.Handler) bool {
		return r.Method == http.MethodPost && r.URL.Query().Has("uploadId") && lose(w, r, on)
	})
	b.part = 5 << 20
	large := strings.Repeat("x", 6<<20)
	if info, err := b.Put(t.Context(), "large", strings.NewReader(large)); err == nil {
		t.Errorf("Put whose every answer is lost: got %+v", info)
	}
	bucket.Make(nil)
	if _, err := b.Put(t.Context(), "large", strings.NewReader(large)); !errors.Is(err, blobs.ErrExists) {
		t.Errorf("Put again: got %v, want ErrExists: the first was done, only nobody heard", err)
	}
}

func TestALostAnswerToTheLastOfManyParts(t *testing.T) {
	t.Parallel()
	bucket := s3.Own(t)
	b := hasty(bucket)
	b.part = 5 << 20
	first := true
	bucket.Make(func(w http.ResponseWriter, r *http.Request, on http.Handler) bool {
		if r.Method != http.MethodPost || !r.URL.Query().Has("uploadId") || !first {
			return false
		}
		first = false
		return lose(w, r, on)
	})
	large := strings.Repeat("x", 6<<20)
	if info, err := b.Put(t.Context(), "large", strings.NewReader(large)); err != nil || info.SHA256 != hashOf(large) {
		t.Errorf("got %+v and %v", info, err)
	}
}

func TestAServerThatIsSilentIsNoAnswer(t *testing.T) {
	t.Parallel()
	bucket := s3.Own(t)
	b := hasty(bucket, func(c *aws.Config) {
		c.HTTPClient = &http.Client{Transport: &http.Transport{ResponseHeaderTimeout: 50 * time.Millisecond}}
	})
	silent := make(chan struct{})
	t.Cleanup(func() { close(silent) })
	bucket.Make(func(_ http.ResponseWriter, r *http.Request, _ http.Handler) bool { <-silent; return true })
	_, err := b.Put(t.Context(), "a", strings.NewReader("x"))
	_, _, errGet := b.Get(t.Context(), "a")
	for _, err := range []error{err, errGet} {
		if err == nil || errors.Is(err, blobs.ErrNotFound) || errors.Is(err, blobs.ErrExists) || errors.Is(err, blobs.ErrInvalid) {
			t.Errorf("got %v, want the store's trouble", err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := b.Delete(ctx, "a"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Delete past its deadline: got %v", err)
	}
}

func TestAReadThatIsCutFails(t *testing.T) {
	t.Parallel()
	bucket := s3.Own(t)
	b := hasty(bucket)
	if _, err := b.Put(t.Context(), "a", strings.NewReader(strings.Repeat("content", 100000))); err != nil {
		t.Fatal(err)
	}
	bucket.Make(func(w http.ResponseWriter, r *http.Request, on http.Handler) bool {
		on.ServeHTTP(&stopping{w, 100000}, r)
		return true
	})
	if got := content(t, b, "a"); !strings.Contains(got, "unexpected EOF") {
		t.Errorf("got %.100q (%d bytes), want an error", got, len(got))
	}
}

// stopping writes so much and then cuts.
type stopping struct {
	http.ResponseWriter
	left int
}

func (s *stopping) Write(p []byte) (int, error) {
	if len(p) > s.left {
		_, _ = s.ResponseWriter.Write(p[:s.left])
		panic(http.ErrAbortHandler)
	}
	s.left -= len(p)
	return s.ResponseWriter.Write(p)
}

// TestAWrongClockOfOurs has the server's clock an hour ahead of ours.
func TestAWrongClockOfOurs(t *testing.T) {
	t.Parallel()
	bucket := s3.Own(t)
	b := hasty(bucket)
	bucket.Make(func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
		now := time.Now().Add(time.Hour)
		w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
		at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
		if err != nil || now.Sub(at).Abs() > 15*time.Minute {
			s3.Fail(w, http.StatusForbidden, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.")
			return true
		}
		w.WriteHeader(http.StatusNoContent)
		return true
	})
	if err := b.Delete(t.Context(), "a"); err != nil {
		t.Errorf("Delete: %v", err)
	}
}
